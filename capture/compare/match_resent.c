// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "match_answer.h"
#include "match_assign.h"
#include "match_decision.h"
#include "match_evidence.h"
#include "match_no_answer.h"
#include "match_previous.h"
#include "match_time.h"

#define OWN_NS	 50000	   /* at most, from the drop of a retransmission to its event */
#define TAKEN_NS 100000000 /* at most, from the frame of an ACK to the moment TCP has taken it */

static void add_acked_in_gap(struct decision *decision)
{
	struct frame_ref ack = decision->tx->first_ack;

	strbuf_addf(decision->because,
		    "it did not leave, and frame %llu of %s acknowledges the data, but no whole "
		    "capture shows whether it was sent again before that",
		    (unsigned long long)ack.frame, decision->matcher->wires[ack.wire].name);
}

/* The data had come, and this host dropped the ACK too late to be why it was sent again. */
static void rest_on_late_ack(struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;
	uint32_t drop = decision->tx->ack_drop;

	decision_rest_on_frame(decision, VERDICT_SPURIOUS, "acknowledged in ",
			       evidence_of(matcher, drop)->matched);
	strbuf_addf(decision->because, ", which this host dropped afterwards: event %llu",
		    (unsigned long long)matcher->events[drop].packet.number);
}

static bool decide_by_dropped_ack(struct decision *decision);

/* The same by one that this host dropped before it was sent. */
static bool decide_by_earlier_ack(struct decision *decision)
{
	const struct tx_evidence *tx = decision->tx;
	struct tx_evidence earlier = *tx;
	bool is_decided;

	earlier.ack_drop = answer_find_earlier(decision);
	decision->tx = &earlier;
	is_decided = decide_by_dropped_ack(decision);
	decision->tx = tx;
	return is_decided;
}

/* Returns whether a dropped acknowledgement decides it. */
static bool decide_by_dropped_ack(struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;
	uint32_t drop = decision->tx->ack_drop;

	switch (answer_of_previous(decision)) {
	case ANSWER_DROPPED:
		decision_rest_on_drop(decision, "its acknowledgement was", drop);
		return true;
	case ANSWER_LATE:
		if (!decide_by_earlier_ack(decision))
			rest_on_late_ack(decision);
		return true;
	case ANSWER_DOUBTFUL:
		strbuf_addf(decision->because,
			    "event %llu dropped an acknowledgement of it, but perhaps not that of "
			    "its last transmission",
			    (unsigned long long)matcher->events[drop].packet.number);
		return true;
	default:
		return false;
	}
}

/* By what came after it was sent: an earlier transmission had arrived. */
static bool decide_by_proof(struct decision *decision)
{
	const struct tx_evidence *tx = decision->tx;

	if (tx->dsack.frame)
		decision_rest_on_frame(decision, VERDICT_SPURIOUS, "DSACK in ", tx->dsack);
	else if (tx->answers_earlier)
		decision_rest_on_frame(decision, VERDICT_SPURIOUS,
				       "an earlier transmission is answered, by its timestamp, in ",
				       tx->first_ack);
	else if (tx->acked_without && tx->acked_in_gap)
		add_acked_in_gap(decision);
	else if (tx->acked_without)
		decision_rest_on_frame(decision, VERDICT_SPURIOUS,
				       "it did not leave, and the data is acknowledged in ",
				       tx->first_ack);
	else
		return false;
	return true;
}

static void add_order_unknown(struct decision *decision, uint32_t drop)
{
	struct frame_ref prev_tx = decision->tx->prev_tx;

	strbuf_addf(decision->because,
		    "frame %llu of %s, which sent it, and its drop, event %llu, are nearer to each "
		    "other than the clocks are known",
		    (unsigned long long)prev_tx.frame, decision->matcher->wires[prev_tx.wire].name,
		    (unsigned long long)decision->matcher->events[drop].packet.number);
}

/* TCP had not taken an ACK that came long before: it was dropped, and that event was lost. */
static bool is_ack_lost(const struct decision *decision)
{
	return is_acked(decision->tx) && decision_lost_since(decision, decision->tx->acked.time) &&
	       time_apart(decision->event->packet.time, decision->tx->acked.time) > TAKEN_NS;
}

static void add_ack_lost(struct decision *decision)
{
	struct frame_ref ack = decision->tx->acked;

	strbuf_addf(decision->because,
		    "frame %llu of %s acknowledges it long before, and was dropped perhaps by one "
		    "of the events that were lost",
		    (unsigned long long)ack.frame, decision->matcher->wires[ack.wire].name);
}

/* drop: the last drop of the data before this transmission, NONE. */
static void decide_after(struct decision *decision, uint32_t drop)
{
	const struct tx_evidence *tx = decision->tx;

	if (is_ack_lost(decision) && answer_of_previous(decision) != ANSWER_DROPPED)
		add_ack_lost(decision);
	else if (is_acked(tx) && !tx->acked_by_sack &&
		 (answer_was_acked_before(decision) || answer_of_previous(decision) == ANSWER_NONE))
		decision_rest_on_frame(decision, VERDICT_SPURIOUS, "acknowledged in ", tx->acked);
	else if (drop != NONE && previous_is_drop(decision, drop) &&
		 previous_has_no_order(decision, drop))
		add_order_unknown(decision, drop);
	else if (drop != NONE && previous_is_drop(decision, drop))
		decision_rest_on_drop(decision, "sent before, and", drop);
	else if (decide_by_dropped_ack(decision))
		return;
	else if (is_acked(tx))
		decision_rest_on_frame(decision, VERDICT_SPURIOUS, "SACK in ", tx->acked);
	else if (!decide_by_proof(decision))
		no_answer_decide(decision);
}

/* Whether it is the drop of the attempt before this one, which failed by it. */
static bool is_of_failed(const struct decision *decision, uint32_t drop)
{
	const struct matcher *matcher = decision->matcher;
	uint32_t sent = decision->links->prev_sent;

	return sent != NONE && matcher->events[sent].failed &&
	       links_of(matcher, sent)->packet_drop == drop;
}

/*
 * Whether a drop may as well be that of the retransmission itself: the two packets are equal, and
 * the frames do not say which of them it is.
 */
static bool may_be_own(const struct decision *decision, uint32_t drop)
{
	const struct segment_info *packet = &decision->event->packet;
	const struct match_event *other = drop != NONE ? &decision->matcher->events[drop] : NULL;
	const struct evidence *evidence = decision->evidence;

	if (!other || segment_has_id(packet) || same_packet(packet, &other->packet) == SAME_NOT)
		return false;
	if (is_matched(evidence) && other->packet.time < evidence->matched.time)
		return false;
	if (drop == decision->links->packet_drop)
		return is_matched(evidence);
	return decision->links->packet_drop == NONE && decision->event->witness &&
	       llabs(time_apart(packet->time, other->packet.time)) <= OWN_NS &&
	       !is_matched(evidence_of(decision->matcher, drop)) && !is_of_failed(decision, drop);
}

/* As if that drop were its own: then the frame is that of the transmission before. */
static void decide_as_own(struct decision *decision, uint32_t drop)
{
	const struct tx_evidence *tx = decision->tx;
	const struct frame_ref *matched = &decision->evidence->matched;
	uint32_t before = decision->links->prev_drop;
	struct tx_evidence other = *tx;

	if (before == drop || (matched->frame && before != NONE &&
			       decision->matcher->events[before].packet.time < matched->time))
		before = NONE;
	if (matched->frame)
		other.prev_tx = *matched;
	decision->tx = &other;
	decide_after(decision, before);
	decision->tx = tx;
}

/* By a frame that is before it if the clocks are the same, which no frame shows. */
static bool is_acked_by_unknown_clock(const struct decision *decision)
{
	return is_acked(decision->tx) && decision->result.verdict == VERDICT_SPURIOUS &&
	       !is_matched(decision->evidence) && !decision_has_clock(decision);
}

/* Whether a frame of its own was to be expected. */
static bool has_left(const struct decision *decision)
{
	const struct match_event *event = decision->event;

	return event->witness && event->kind != EVENT_TLP &&
	       !was_stopped(decision->matcher, decision->matcher->merged, decision->index);
}

static void decide_by_frames(struct decision *decision)
{
	const struct match_result none = decision->result;
	uint32_t drop = previous_drop(decision);
	enum verdict verdict;

	decide_after(decision, drop);
	if (is_acked_by_unknown_clock(decision)) {
		decision->result = none;
		strbuf_clear(decision->because);
		strbuf_add(decision->because,
			   has_left(decision) ? "its own frame is not near it, and none shows how "
						"far the clocks are apart"
					      : "no frame shows how far the clocks are apart");
	}
	if (!may_be_own(decision, drop))
		return;
	verdict = decision->result.verdict;
	decision->result = none;
	strbuf_clear(decision->because);
	decide_as_own(decision, drop);
	if (decision->result.verdict == verdict)
		return;
	decision->result = none;
	strbuf_clear(decision->because);
	strbuf_addf(decision->because,
		    "event %llu dropped it or the transmission before it, which are equal",
		    (unsigned long long)decision->matcher->events[drop].packet.number);
}

/* Why what was taken for its own transmission may be an earlier one; NULL: it is not. */
static const char *doubt_of_parts(const struct decision *decision)
{
	const struct tx_evidence *tx = decision->tx;

	if (tx->has_part && is_matched(decision->evidence))
		return SENT_AS_WHOLE;
	return tx->has_part_twice
		       ? "parts of its data were sent twice just before it, and are equal"
		       : NULL;
}

/* Why the verdict, by the transmission before it or by the ACKs of that, is not certain; NULL. */
static const char *doubt_of(const struct decision *decision)
{
	enum verdict verdict = decision->result.verdict;

	if (verdict != VERDICT_LOST_BEYOND_HOST && verdict != VERDICT_DROPPED_BY_HOST)
		return NULL;
	return decision->tx->acked_perhaps ? "acknowledgements of it without an IP ID came before, "
					     "and this host dropped some of them, perhaps all"
					   : doubt_of_parts(decision);
}

void decide_retransmission(struct decision *decision)
{
	const struct match_result none = decision->result;
	const char *doubt;

	decide_by_frames(decision);
	doubt = doubt_of(decision);
	if (!doubt)
		return;
	decision->result = none;
	strbuf_clear(decision->because);
	strbuf_add(decision->because, doubt);
}
