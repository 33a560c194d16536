// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "match_answer.h"
#include "match_assign.h"
#include "match_decision.h"
#include "match_evidence.h"
#include "match_part_drop.h"
#include "match_report.h"
#include "match_time.h"

#define LOOK_BACK 64	  /* retransmissions that are looked at for one that no capture has */
#define OWN_NS	  50000	  /* at most, from the drop of a retransmission to its event */
#define SENT_NS	  2000000 /* at most, from a retransmission's frame to its event */

static bool is_dropped(const struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;

	return matcher->merged && was_dropped(matcher, matcher->merged, decision->index);
}

/* The last drop of the data before this transmission; NONE: there is none. */
static uint32_t previous_drop(const struct decision *decision)
{
	const struct match_event *events = decision->matcher->events;
	uint32_t drop = decision->links->packet_drop, before = decision->links->prev_drop;

	if (drop == NONE || is_dropped(decision) ||
	    (before != NONE && events[before].packet.time > events[drop].packet.time))
		return before;
	return drop;
}

/*
 * Returns the last retransmission before this one that left TCP, was not dropped and is in no wire
 * capture, if it is later than that time and the drop is not of a part of it: its fate is unknown.
 * NONE: there is none.
 */
static uint32_t find_unseen(const struct decision *decision, int64_t time, uint32_t drop)
{
	const struct matcher *matcher = decision->matcher;
	uint32_t sent = decision->links->prev_sent;

	for (int i = 0; i < LOOK_BACK && sent != NONE; i++) {
		if (matcher->events[sent].packet.time <= time || is_matched(&matcher->merged[sent]))
			return NONE;
		if (drop != NONE &&
		    is_own_part(&matcher->events[sent], &matcher->events[drop].packet))
			return NONE;
		if (!was_stopped(matcher, matcher->merged, sent))
			return sent;
		sent = links_of(matcher, sent)->prev_sent;
	}
	return sent;
}

/*
 * TCP learns of most drops before the tap, and sends what was never sent before once more without
 * an event: only a capture shows that. It does not learn of what a qdisc drops later, and a SYN
 * that it could not send counts as sent.
 */
static bool may_be_resent(const struct decision *decision, uint32_t index)
{
	const struct match_event *drop = &decision->matcher->events[index];
	const char *label = labels_find(&decision->matcher->labels, drop->label);

	return drop->before_tap && !drop->has_owner && !(drop->packet.flags & TCP_SYN) &&
	       !(label && strstr(label, "dequeue")) &&
	       !decision_is_covered_since(decision, drop->packet.time);
}

/* Whether its frame is rather that of an equal transmission before it: it is too early. */
static bool may_be_earlier(const struct decision *decision)
{
	return is_matched(decision->evidence) && !segment_has_id(&decision->event->packet) &&
	       time_apart(decision->event->packet.time, decision->evidence->matched.time) > OWN_NS;
}

/* Whether the previous transmission is that drop, and not one on the wire after it. */
static bool was_previous(const struct decision *decision, uint32_t drop)
{
	struct frame_ref prev_tx = decision->tx->prev_tx;
	int64_t time = decision->matcher->events[drop].packet.time;

	return (!prev_tx.frame || decision_is_packet_of(decision, drop, prev_tx) ||
		time >= prev_tx.time) &&
	       !(may_be_earlier(decision) && decision->evidence->matched.time > time) &&
	       find_unseen(decision, time, drop) == NONE && !may_be_resent(decision, drop);
}

static void decide_never_sent(struct decision *decision)
{
	uint32_t drop = previous_drop(decision);
	const struct wire *wire;

	if (drop != NONE && may_be_resent(decision, drop)) {
		strbuf_addf(decision->because,
			    "event %llu dropped it, but no whole capture shows whether it was sent "
			    "again since",
			    (unsigned long long)decision->matcher->events[drop].packet.number);
		return;
	}
	wire = decision_find_witness(decision);

	if (!wire)
		return;
	if (decision->event->kind == EVENT_TLP) {
		strbuf_add(decision->because, "new data, never sent before");
		return;
	}
	if (may_be_earlier(decision)) {
		strbuf_addf(decision->because,
			    "frame %llu of %s is it or its earlier transmission, which are equal",
			    (unsigned long long)decision->evidence->matched.frame,
			    decision->matcher->wires[decision->evidence->matched.wire].name);
		return;
	}
	strbuf_addf(decision->because, "its earlier transmission is neither in %s nor an event",
		    wire->name);
	decision_add_doubtful_clock(decision, wire);
	if (decision->event->lost)
		strbuf_addf(decision->because, "; %u events were lost", decision->event->lost);
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
				  ? find_unseen(decision, time_move(prev_tx.time, SENT_NS), NONE)
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
	else if (unseen == NONE && prev_tx.frame && part_drop_is_doubtful(decision))
		strbuf_add(decision->because, "this host dropped parts of it, but nothing shows "
					      "whether all of them were sent again since");
	else if (unseen == NONE && prev_tx.frame)
		decision_rest_on_frame(decision, VERDICT_LOST_BEYOND_HOST,
				       "sent before and not answered: ", prev_tx);
	else if (unseen == NONE)
		decide_never_sent(decision);
	else
		strbuf_addf(decision->because, "event %llu sent it again and is in no wire capture",
			    (unsigned long long)decision->matcher->events[unseen].packet.number);
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

/* drop: the last drop of the data before this transmission, NONE. */
static void decide_after(struct decision *decision, uint32_t drop)
{
	const struct tx_evidence *tx = decision->tx;

	if (is_acked(tx) && !tx->acked_by_sack &&
	    (answer_was_acked_before(decision) || answer_of_previous(decision) != ANSWER_DROPPED))
		decision_rest_on_frame(decision, VERDICT_SPURIOUS, "acknowledged in ", tx->acked);
	else if (drop != NONE && was_previous(decision, drop))
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

static void decide_by_frames(struct decision *decision)
{
	const struct match_result none = decision->result;
	uint32_t drop = previous_drop(decision);
	enum verdict verdict;

	decide_after(decision, drop);
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

void decide_retransmission(struct decision *decision)
{
	const struct match_result none = decision->result;

	decide_by_frames(decision);
	if (!depends_on_equal(decision))
		return;
	decision->result = none;
	strbuf_clear(decision->because);
	strbuf_add(decision->because, "equal acknowledgements of it came before, and this host "
				      "dropped some of them, perhaps all");
}
