// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "match_assign.h"
#include "match_evidence.h"
#include "match_report.h"
#include "match_time.h"
#include "match_verdict.h"

#define LOOK_BACK 64	  /* retransmissions that are looked at for one that no capture has */
#define SENT_NS	  2000000 /* at most, from a retransmission's frame to its event */

static const char *const names[VERDICT_COUNT] = {
	[VERDICT_DROPPED_AFTER_WIRE] = "dropped-after-wire",
	[VERDICT_DROPPED_BEFORE_WIRE] = "dropped-before-wire",
	[VERDICT_LOST_BEYOND_HOST] = "lost-beyond-host",
	[VERDICT_DROPPED_BY_HOST] = "dropped-by-host",
	[VERDICT_SPURIOUS] = "spurious",
	[VERDICT_UNKNOWN] = "unknown",
};

const char *verdict_name(enum verdict verdict)
{
	return names[verdict];
}

/* A verdict that is being reached. */
struct decision {
	const struct matcher *matcher;
	const struct match_event *event;
	const struct evidence *evidence; /* the event's */
	const struct tx_evidence *tx;
	const struct tx_links *links;
	uint32_t index;
	struct match_result result;
	struct strbuf *because;
};

static int64_t us_before(const struct decision *decision, int64_t time)
{
	return time_apart(decision->event->packet.time, time) / 1000;
}

/* The verdict, with the frame that it rests on. */
static void rest_on_frame(struct decision *decision, enum verdict verdict, const char *how,
			  struct frame_ref frame)
{
	long long us = us_before(decision, frame.time);

	decision->result.verdict = verdict;
	decision->result.has_frame = true;
	decision->result.wire = frame.wire;
	decision->result.frame = frame.frame;
	decision->result.before_us = us;
	strbuf_addf(decision->because, "%sframe %llu of %s, %lld us %s", how,
		    (unsigned long long)frame.frame, decision->matcher->wires[frame.wire].name,
		    llabs(us), us < 0 ? "after" : "before");
}

/* This host dropped it, by an event of its own. */
static void rest_on_drop(struct decision *decision, const char *what, uint32_t drop)
{
	const struct match_event *other = &decision->matcher->events[drop];
	const char *label = labels_find(&decision->matcher->labels, other->label);

	decision->result.verdict = VERDICT_DROPPED_BY_HOST;
	decision->result.has_other = true;
	decision->result.other = drop;
	decision->result.before_us = us_before(decision, other->packet.time);
	strbuf_addf(decision->because, "%s dropped by this host: event %llu%s%s", what,
		    (unsigned long long)other->packet.number, label ? ", " : "",
		    label ? label : "");
}

static void add_unknown(struct decision *decision, const char *why)
{
	decision->result.verdict = VERDICT_UNKNOWN;
	strbuf_add(decision->because, why);
}

/* Whether the clock of a wire capture could be compared with that of the events. */
static bool has_clock(const struct matcher *matcher)
{
	for (uint32_t i = 0; i < matcher->wire_count; i++) {
		if (matcher->wires[i].offset.matches)
			return true;
	}
	return !matcher->wire_count;
}

/*
 * Returns a whole capture that was running at the time of the event, so that the packet's absence
 * proves something; NULL, and the sentence says why: there is none.
 */
static const struct wire *find_witness(struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;
	const struct wire *incomplete = NULL, *cut = NULL;
	int64_t time = decision->event->packet.time;

	for (uint32_t i = 0; i < matcher->wire_count; i++) {
		const struct wire *wire = &matcher->wires[i];

		if (wire->cut && (!wire->has_frames || time > wire->last))
			cut = wire;
		if (!wire_covers(wire, time))
			continue;
		if (!wire->missing)
			return wire;
		incomplete = wire;
	}
	if (incomplete)
		strbuf_addf(decision->because, "not in %s, but %llu of its packets %s",
			    incomplete->name, (unsigned long long)incomplete->missing,
			    incomplete->why_missing);
	else if (cut)
		strbuf_addf(decision->because, "after the damage of %s, which is read up to there",
			    cut->name);
	else if (has_clock(matcher))
		strbuf_add(decision->because, "outside the time that the wire captures cover");
	else
		strbuf_add(decision->because,
			   "outside the time that the wire captures cover, but no "
			   "frame shows how far the clocks are apart");
	return NULL;
}

static void decide_absent(struct decision *decision)
{
	const struct wire *wire = find_witness(decision);

	if (!wire)
		return;
	if (decision->event->witness)
		wire = &decision->matcher->wires[decision->event->witness - 1];
	if (decision->event->direction == EVENT_OUT && !decision->event->witness &&
	    !decision->event->before_tap) {
		strbuf_addf(decision->because,
			    "no packet of its connection is in %s: captured elsewhere, with a "
			    "filter, or with translated addresses (NAT)",
			    wire->name);
		return;
	}
	if (decision->event->direction == EVENT_OUT) {
		decision->result.verdict = VERDICT_DROPPED_BEFORE_WIRE;
		strbuf_addf(decision->because, "not in %s, which covers its time", wire->name);
		return;
	}
	strbuf_addf(decision->because,
		    "not in %s, which covers its time: captured elsewhere, or with a filter",
		    wire->name);
}

/* The data came in other segments than the wire shows: its timestamp is that of one of them. */
static bool came_otherwise(const struct decision *decision)
{
	const struct match_event *event = decision->event;
	const struct tx_evidence *tx = decision->tx;

	return event->direction != EVENT_OUT && tx->prev_tx.frame && tx->prev_tx_has_tsval &&
	       event->packet.has_timestamps && tx->prev_tx_tsval == event->packet.tsval;
}

static void decide_drop(struct decision *decision)
{
	const struct evidence *evidence = decision->evidence;

	if (is_matched(evidence))
		rest_on_frame(decision, VERDICT_DROPPED_AFTER_WIRE, "", evidence->matched);
	else if (came_otherwise(decision))
		rest_on_frame(decision, VERDICT_DROPPED_AFTER_WIRE, "", decision->tx->prev_tx);
	else
		decide_absent(decision);
}

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

	if (tx->ack_drop == NONE)
		return false;
	came = came_at(matcher, tx->ack_drop);
	if (tx->acked.frame && tx->acked.time > came && was_acked_before(decision))
		return false;
	return !tx->prev_tx.frame || (came > tx->prev_tx.time &&
				      !is_older(decision, &matcher->events[tx->ack_drop].packet));
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
	wire = find_witness(decision);

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

/* Sent before and not answered, as far as the wire captures have what was sent. */
static void decide_not_answered(struct decision *decision)
{
	struct frame_ref prev_tx = decision->tx->prev_tx;
	uint32_t unseen = prev_tx.frame
				  ? find_unseen(decision, time_move(prev_tx.time, SENT_NS), NONE)
				  : NONE;

	if (unseen == NONE && is_part_dropped(decision))
		rest_on_drop(decision, "sent before, and a part of it", decision->links->part_drop);
	else if (unseen == NONE && prev_tx.frame)
		rest_on_frame(decision, VERDICT_LOST_BEYOND_HOST,
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

static void decide_retransmission(struct decision *decision)
{
	const struct tx_evidence *tx = decision->tx;
	uint32_t drop = previous_drop(decision);

	if (tx->acked.frame && !tx->acked_by_sack &&
	    (was_acked_before(decision) || !was_ack_dropped(decision)))
		rest_on_frame(decision, VERDICT_SPURIOUS, "acknowledged in ", tx->acked);
	else if (drop != NONE && was_previous(decision, drop))
		rest_on_drop(decision, "sent before, and", drop);
	else if (was_ack_dropped(decision))
		rest_on_drop(decision, "its acknowledgement was", tx->ack_drop);
	else if (tx->acked.frame)
		rest_on_frame(decision, VERDICT_SPURIOUS, "SACK in ", tx->acked);
	else if (tx->dsack.frame)
		rest_on_frame(decision, VERDICT_SPURIOUS, "DSACK in ", tx->dsack);
	else if (tx->answers_earlier)
		rest_on_frame(decision, VERDICT_SPURIOUS,
			      "an earlier transmission is answered, by its timestamp, in ",
			      tx->first_ack);
	else if (tx->acked_without && tx->acked_in_gap)
		add_acked_in_gap(decision);
	else if (tx->acked_without)
		rest_on_frame(decision, VERDICT_SPURIOUS,
			      "it did not leave, and the data is acknowledged in ", tx->first_ack);
	else
		decide_not_answered(decision);
}

struct match_result verdict_decide(const struct matcher *matcher, size_t index,
				   struct strbuf *because)
{
	static const struct tx_links no_links = { NONE, NONE, NONE, NONE, NONE, NONE };
	bool joined = matcher->events[index].is_joined;
	size_t sent_as = joined ? matcher->events[index].sent_as : index;
	const struct match_event *event = &matcher->events[sent_as];
	const struct evidence *evidence = evidence_of(matcher, sent_as);
	struct decision decision = {
		.matcher = matcher,
		.event = event,
		.evidence = evidence,
		.tx = tx_evidence_of(matcher, sent_as),
		.links = matcher->links && has_tx(event) ? links_of(matcher, (uint32_t)sent_as)
							     : &no_links,
		.index = (uint32_t)sent_as,
		.result = {
			.verdict = VERDICT_UNKNOWN,
			.has_matched_frame = !joined && is_matched(evidence),
			.matched_wire = evidence->matched.wire,
			.matched_frame = evidence->matched.frame,
		},
		.because = because,
	};

	if (event->kind == EVENT_KIND_COUNT)
		add_unknown(&decision, "an event that this version does not know");
	else if (event->kind == EVENT_STATE || event->kind == EVENT_LIFE)
		add_unknown(&decision, "a change of state has no packet");
	else if (!event->has_tcp)
		add_unknown(&decision, "its packet has no TCP header");
	else if (event->kind == EVENT_DROP)
		decide_drop(&decision);
	else if (event->kind == EVENT_RESET)
		add_unknown(&decision, "a reset is neither a drop nor a retransmission");
	else
		decide_retransmission(&decision);
	return decision.result;
}
