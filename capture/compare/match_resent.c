// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "match_assign.h"
#include "match_decision.h"
#include "match_evidence.h"
#include "match_report.h"
#include "match_time.h"

#define LATE_NS	  100000  /* by which an event may be older than what it was sent after */
#define LOOK_BACK 64	  /* retransmissions that are looked at for one that no capture has */
#define SENT_NS	  2000000 /* at most, from a retransmission's frame to its event */

/* Whether the frame is the packet of that drop. */
static bool is_packet_of(const struct decision *decision, uint32_t drop, struct frame_ref frame)
{
	const struct evidence *evidence = evidence_of(decision->matcher, drop);

	return is_matched(evidence) && evidence->matched.wire == frame.wire &&
	       evidence->matched.frame == frame.frame;
}

static bool is_dropped(const struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;

	return matcher->merged && was_dropped(matcher, matcher->merged, decision->index);
}

/* The last drop of the data before this transmission; NONE: there is none. */
static uint32_t previous_drop(const struct decision *decision)
{
	const struct tx_links *links = decision->links;

	return links->packet_drop == NONE || is_dropped(decision) ? links->prev_drop
								  : links->packet_drop;
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
		    is_part_of(&matcher->events[sent].packet, &matcher->events[drop].packet))
			return NONE;
		if (!was_stopped(matcher, matcher->merged, sent))
			return sent;
		sent = links_of(matcher, sent)->prev_sent;
	}
	return sent;
}

/* Whether a whole capture of the connection has what was sent between that time and the event. */
static bool is_covered_since(const struct decision *decision, int64_t time)
{
	const struct matcher *matcher = decision->matcher;

	for (uint32_t i = 0; decision->event->witness && i < matcher->wire_count; i++) {
		if (!matcher->wires[i].missing && wire_covers(&matcher->wires[i], time))
			return true;
	}
	return false;
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
	       !is_covered_since(decision, drop->packet.time);
}

/* Whether the previous transmission is that drop, and not one on the wire after it. */
static bool was_previous(const struct decision *decision, uint32_t drop)
{
	struct frame_ref prev_tx = decision->tx->prev_tx;
	int64_t time = decision->matcher->events[drop].packet.time;

	return (!prev_tx.frame || is_packet_of(decision, drop, prev_tx) || time >= prev_tx.time) &&
	       find_unseen(decision, time, drop) == NONE && !may_be_resent(decision, drop);
}

/* When the packet of a drop came, as far as a capture shows it. */
static int64_t came_at(const struct matcher *matcher, uint32_t drop)
{
	const struct evidence *evidence = evidence_of(matcher, drop);

	return is_matched(evidence) ? evidence->matched.time : matcher->events[drop].packet.time;
}

/* Whether the previous transmission is that of a retransmission before this one. */
static bool is_prev_resent(const struct decision *decision)
{
	uint32_t sent = decision->links->prev_sent;
	const struct evidence *evidence = sent != NONE ? evidence_of(decision->matcher, sent)
						       : NULL;

	return evidence && is_matched(evidence) &&
	       decision->tx->prev_tx.time >= evidence->matched.time;
}

/*
 * Whether the dropped ACK was sent before the previous transmission came: a receiver keeps the
 * timestamp of data below its ACK, unless it has a later one (RFC 7323). What was sent for the
 * first time is not below it.
 */
static bool is_older(const struct decision *decision, const struct segment_info *ack)
{
	const struct tx_evidence *tx = decision->tx;

	return tx->prev_tx_has_tsval && ack->has_timestamps && is_prev_resent(decision) &&
	       !before32(ack->ack, segment_end(&decision->event->packet)) &&
	       before32(ack->tsecr, tx->prev_tx_tsval);
}

/* Whether the ACK had come when it was sent, and not while a qdisc held it. */
static bool was_acked_before(const struct decision *decision)
{
	return decision->tx->acked.time <= decision->event->packet.time;
}

/* Whether this host dropped the ACK of the previous transmission, and got no SACK since. */
static bool was_ack_dropped(const struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;
	const struct tx_evidence *tx = decision->tx;
	int64_t came;

	if (tx->ack_drop == NONE || tx->ack_drop_of_part)
		return false;
	came = came_at(matcher, tx->ack_drop);
	if (came > time_move(decision->event->packet.time, LATE_NS))
		return false;
	if (tx->acked.frame && tx->acked.time > came && was_acked_before(decision))
		return false;
	return !tx->prev_tx.frame || (came > tx->prev_tx.time &&
				      !is_older(decision, &matcher->events[tx->ack_drop].packet));
}

/* The same of a part of the previous transmission, whose other parts nothing answers. */
static bool is_part_ack_dropped(const struct decision *decision)
{
	const struct tx_evidence *tx = decision->tx;

	return tx->ack_drop != NONE && tx->ack_drop_of_part &&
	       came_at(decision->matcher, tx->ack_drop) > tx->prev_tx.time &&
	       !is_prev_resent(decision);
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
	strbuf_addf(decision->because, "its earlier transmission is neither in %s nor an event",
		    wire->name);
	if (decision->event->lost)
		strbuf_addf(decision->because, "; %u events were lost", decision->event->lost);
}

/* Whether this host dropped a part of it, which is not known to have been sent since. */
static bool is_part_dropped(const struct decision *decision)
{
	const struct match_event *events = decision->matcher->events;
	uint32_t drop = decision->links->part_drop, sent = decision->links->prev_sent;

	return drop != NONE && drop != decision->links->part_resent &&
	       is_covered_since(decision, events[drop].packet.time) &&
	       (sent == NONE || events[sent].packet.time < events[drop].packet.time);
}

/* Whether a retransmission of that data, after the drop, was sent before the event. */
static bool was_sent_since(const struct decision *decision, uint32_t drop, uint32_t start,
			   uint32_t end)
{
	const struct matcher *matcher = decision->matcher;
	const struct match_event *event = decision->event;
	const struct flow *flow = &matcher->flows.flows[event->flow];
	struct run_walk walk = index_walk_runs(&matcher->index, flow, event->packet.side, start,
					       end - start);
	const struct seq_run *run;

	while ((run = run_walk_next(&walk))) {
		struct event_range events = index_run_events(&matcher->index, run);
		int64_t time = matcher->events[drop].packet.time;
		uint32_t at = index_count_before(matcher->events, events, time + 1);

		if (at < index_count_before(matcher->events, events, event->packet.time))
			return true;
	}
	return walk.stopped;
}

/* Whether the retransmission is the first transmission after the drop. */
static bool follows(const struct decision *decision, uint32_t sent, uint32_t drop)
{
	struct frame_ref prev_tx = tx_evidence_of(decision->matcher, sent)->prev_tx;

	return !prev_tx.frame || is_packet_of(decision, drop, prev_tx) ||
	       prev_tx.time <= decision->matcher->events[drop].packet.time;
}

/*
 * Whether the last drop of its first byte was of more data than the retransmission that sent this
 * byte after it, and nothing has sent the rest since.
 */
static bool is_rest_dropped(const struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;
	const struct match_event *event = decision->event;
	uint32_t drop = decision->links->prev_drop, sent = decision->links->prev_sent, start, end;

	if (drop == NONE || sent == NONE || was_stopped(matcher, matcher->merged, sent) ||
	    matcher->events[sent].packet.time < matcher->events[drop].packet.time ||
	    links_of(matcher, sent)->prev_sent != NONE || !follows(decision, sent, drop))
		return false;
	start = segment_end(&matcher->events[sent].packet);
	end = segment_end(&matcher->events[drop].packet);
	if (before32(segment_end(&event->packet), end))
		end = segment_end(&event->packet);
	return before32(start, end) && before32(event->packet.seq, start) &&
	       is_covered_since(decision, matcher->events[drop].packet.time) &&
	       !was_sent_since(decision, drop, start, end);
}

/* Sent before and not answered, as far as the wire captures have what was sent. */
static void decide_not_answered(struct decision *decision)
{
	struct frame_ref prev_tx = decision->tx->prev_tx;
	uint32_t unseen = prev_tx.frame
				  ? find_unseen(decision, time_move(prev_tx.time, SENT_NS), NONE)
				  : NONE;

	if (unseen == NONE && is_part_dropped(decision))
		decision_rest_on_drop(decision, "sent before, and a part of it",
				      decision->links->part_drop);
	else if (unseen == NONE && prev_tx.frame && is_rest_dropped(decision))
		decision_rest_on_drop(decision, "sent before, and a part of it",
				      decision->links->prev_drop);
	else if (unseen == NONE && prev_tx.frame && is_part_ack_dropped(decision))
		decision_rest_on_drop(decision, "the acknowledgement of a part of it was",
				      decision->tx->ack_drop);
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

void decide_retransmission(struct decision *decision)
{
	const struct tx_evidence *tx = decision->tx;
	uint32_t drop = previous_drop(decision);

	if (tx->acked.frame && !tx->acked_by_sack &&
	    (was_acked_before(decision) || !was_ack_dropped(decision)))
		decision_rest_on_frame(decision, VERDICT_SPURIOUS, "acknowledged in ", tx->acked);
	else if (drop != NONE && was_previous(decision, drop))
		decision_rest_on_drop(decision, "sent before, and", drop);
	else if (was_ack_dropped(decision))
		decision_rest_on_drop(decision, "its acknowledgement was", tx->ack_drop);
	else if (tx->acked.frame)
		decision_rest_on_frame(decision, VERDICT_SPURIOUS, "SACK in ", tx->acked);
	else if (tx->dsack.frame)
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
		decide_not_answered(decision);
}
