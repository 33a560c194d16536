// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "match_answer.h"
#include "match_assign.h"
#include "match_decision.h"
#include "match_evidence.h"
#include "match_part_drop.h"
#include "match_previous.h"
#include "match_report.h"
#include "match_time.h"

#define OWN_NS	50000	/* at most, from the drop of a retransmission to its event */
#define SENT_NS 2000000 /* at most, from a retransmission's frame to its event */

static const char sent_as_whole[] = "it was sent as a whole, just after parts of its data that are "
				    "equal to parts of it";

static void add_either(struct decision *decision)
{
	struct frame_ref matched = decision->evidence->matched;

	strbuf_addf(decision->because,
		    "frame %llu of %s is it or its earlier transmission, which are equal",
		    (unsigned long long)matched.frame, decision->matcher->wires[matched.wire].name);
}

static void add_unseen(struct decision *decision, uint32_t sent)
{
	strbuf_addf(decision->because, "event %llu sent it again and is in no wire capture",
		    (unsigned long long)decision->matcher->events[sent].packet.number);
}

/*
 * The capture, which has its connection, has nothing that sent it before. Without an IP ID, its
 * frame may be that of an earlier transmission, though it is near.
 */
static void add_no_earlier(struct decision *decision, const struct wire *wire)
{
	uint32_t unseen = previous_find_unseen(decision, INT64_MIN, NONE);
	struct frame_ref matched = decision->evidence->matched;

	if (unseen != NONE && decision->matcher->events[unseen].kind != EVENT_TLP) {
		add_unseen(decision, unseen);
		return;
	}
	if (decision->tx->has_part && is_matched(decision->evidence)) {
		strbuf_add(decision->because, sent_as_whole);
		return;
	}
	strbuf_addf(decision->because, "its earlier transmission is neither in %s nor an event",
		    wire->name);
	if (is_matched(decision->evidence) && !segment_has_id(&decision->event->packet))
		strbuf_addf(decision->because,
			    ", unless it is frame %llu of %s, which may be its own",
			    (unsigned long long)matched.frame,
			    decision->matcher->wires[matched.wire].name);
	decision_add_doubtful_clock(decision, wire);
	if (decision->event->lost)
		strbuf_addf(decision->because, "; %u events were lost", decision->event->lost);
}

static void decide_never_sent(struct decision *decision)
{
	uint32_t drop = previous_drop(decision);
	const struct wire *wire;

	if (drop != NONE && previous_may_be_resent(decision, drop)) {
		strbuf_addf(decision->because,
			    "event %llu dropped it, but no whole capture shows whether it was sent "
			    "again since",
			    (unsigned long long)decision->matcher->events[drop].packet.number);
		return;
	}
	wire = decision_find_witness(decision);

	if (!wire)
		return;
	if (decision->event->kind == EVENT_TLP)
		strbuf_add(decision->because, "new data, never sent before");
	else if (previous_may_be_earlier(decision))
		add_either(decision);
	else if (!decision->event->witness)
		decision_add_no_connection(decision, wire);
	else
		add_no_earlier(decision, wire);
}

/* Some of it had come, and the rest may be on its way, or not. */
static void add_acked_part(struct decision *decision)
{
	struct frame_ref ack = decision->tx->acked;

	strbuf_addf(decision->because, "frame %llu of %s acknowledges its first bytes, but not all",
		    (unsigned long long)ack.frame, decision->matcher->wires[ack.wire].name);
}

static void add_older_echo(struct decision *decision)
{
	struct frame_ref ack = decision->tx->first_ack;

	strbuf_addf(decision->because,
		    "frame %llu of %s acknowledges it with an older timestamp: that of an earlier "
		    "transmission, or of other data that was missing",
		    (unsigned long long)ack.frame, decision->matcher->wires[ack.wire].name);
}

/* Sent before and not answered, as far as the wire captures have what was sent. */
static void decide_not_answered(struct decision *decision)
{
	struct frame_ref prev_tx = decision->tx->prev_tx;
	uint32_t unseen = prev_tx.frame
				  ? previous_find_unseen(decision, time_move(prev_tx.time, SENT_NS),
							 NONE)
				  : NONE;
	uint32_t part_drop = part_drop_find(decision), rest = part_drop_of_rest(decision);

	if (unseen == NONE && part_drop != NONE)
		decision_rest_on_drop(decision, "sent before, and a part of it", part_drop);
	else if (unseen == NONE && prev_tx.frame && rest != NONE)
		decision_rest_on_drop(decision, "sent before, and a part of it", rest);
	else if (unseen == NONE && prev_tx.frame && answer_of_part_was_dropped(decision))
		decision_rest_on_drop(decision, "the acknowledgement of a part of it was",
				      decision->tx->ack_drop);
	else if (unseen == NONE && prev_tx.frame && decision->tx->acked_of_part)
		add_acked_part(decision);
	else if (unseen == NONE && prev_tx.frame && decision->tx->dsack_doubtful)
		strbuf_add(decision->because, "a DSACK reports it or a later transmission, "
					      "whose event was lost");
	else if (unseen == NONE && prev_tx.frame && decision->tx->dsack_unsure)
		strbuf_add(decision->because,
			   "DSACKs report it, or other retransmissions of the same data");
	else if (unseen == NONE && prev_tx.frame && decision->tx->echoes_earlier)
		add_older_echo(decision);
	else if (unseen == NONE && prev_tx.frame && part_drop_doubt(decision))
		strbuf_add(decision->because, part_drop_doubt(decision));
	else if (unseen == NONE && prev_tx.frame && previous_is_drop_or_earlier(decision))
		add_either(decision);
	else if (unseen == NONE && prev_tx.frame)
		decision_rest_on_frame(decision, VERDICT_LOST_BEYOND_HOST,
				       "sent before and not answered: ", prev_tx);
	else if (unseen == NONE)
		decide_never_sent(decision);
	else
		add_unseen(decision, unseen);
}

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

/* drop: the last drop of the data before this transmission, NONE. */
static void decide_after(struct decision *decision, uint32_t drop)
{
	const struct tx_evidence *tx = decision->tx;

	if (is_acked(tx) && !tx->acked_by_sack &&
	    (answer_was_acked_before(decision) || answer_of_previous(decision) != ANSWER_DROPPED))
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
		decide_not_answered(decision);
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

/* Equal ACKs of it came, of which this host dropped some: the verdict must not depend on which. */
static bool depends_on_equal(const struct decision *decision)
{
	return decision->tx->acked_perhaps &&
	       (decision->result.verdict == VERDICT_LOST_BEYOND_HOST ||
		decision->result.verdict == VERDICT_DROPPED_BY_HOST);
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

/* It was on the wire as a whole: what was taken for a part of it was sent before it. */
static bool depends_on_part(const struct decision *decision)
{
	return decision->tx->has_part && is_matched(decision->evidence) &&
	       (decision->result.verdict == VERDICT_LOST_BEYOND_HOST ||
		decision->result.verdict == VERDICT_DROPPED_BY_HOST);
}

void decide_retransmission(struct decision *decision)
{
	const struct match_result none = decision->result;
	bool is_equal;

	decide_by_frames(decision);
	is_equal = depends_on_equal(decision);
	if (!is_equal && !depends_on_part(decision))
		return;
	decision->result = none;
	strbuf_clear(decision->because);
	strbuf_add(decision->because,
		   is_equal ? "acknowledgements of it without an IP ID came before, and this host "
			      "dropped some of them, perhaps all"
			    : sent_as_whole);
}
