// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "match_evidence.h"
#include "match_time.h"
#include "match_verdict.h"

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

	decision->result.verdict = VERDICT_DROPPED_BY_HOST;
	decision->result.has_other = true;
	decision->result.other = drop;
	decision->result.before_us = us_before(decision, other->packet.time);
	strbuf_addf(decision->because, "%s dropped by this host: event %llu%s%s", what,
		    (unsigned long long)other->packet.number, other->label ? ", " : "",
		    other->label ? other->label : "");
}

static void add_unknown(struct decision *decision, const char *why)
{
	decision->result.verdict = VERDICT_UNKNOWN;
	strbuf_add(decision->because, why);
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
	else
		strbuf_add(decision->because, "outside the time that the wire captures cover");
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
	const struct evidence *evidence = decision->evidence;

	return event->direction != EVENT_OUT && evidence->prev_tx.frame &&
	       evidence->prev_tx_has_tsval && event->packet.has_timestamps &&
	       evidence->prev_tx_tsval == event->packet.tsval;
}

static struct frame_ref matched_frame(const struct evidence *evidence)
{
	return (struct frame_ref){ evidence->matched_frame.number, evidence->matched_wire,
				   evidence->matched_frame.time };
}

static void decide_drop(struct decision *decision)
{
	const struct evidence *evidence = decision->evidence;

	if (is_matched(evidence))
		rest_on_frame(decision, VERDICT_DROPPED_AFTER_WIRE, "", matched_frame(evidence));
	else if (came_otherwise(decision))
		rest_on_frame(decision, VERDICT_DROPPED_AFTER_WIRE, "", evidence->prev_tx);
	else
		decide_absent(decision);
}

/* Whether the frame is the packet of that drop. */
static bool is_packet_of(const struct decision *decision, uint32_t drop, struct frame_ref frame)
{
	const struct evidence *evidence = evidence_of(decision->matcher, drop);

	return is_matched(evidence) && evidence->matched_wire == frame.wire &&
	       evidence->matched_frame.number == frame.frame;
}

/*
 * Whether the event's packet was dropped. If it is on the wire, the drop is of another packet unless
 * that has the same frame.
 */
static bool is_dropped(const struct decision *decision)
{
	const struct evidence *evidence = decision->evidence;
	uint32_t drop = decision->event->packet_drop;

	return drop != NONE &&
	       (!is_matched(evidence) || is_packet_of(decision, drop, matched_frame(evidence)));
}

/* The last drop of the data before this transmission; NONE: there is none. */
static uint32_t previous_drop(const struct decision *decision)
{
	const struct match_event *event = decision->event;

	return event->packet_drop == NONE || is_dropped(decision) ? event->prev_drop
								  : event->packet_drop;
}

/* Whether the previous transmission is that drop, and not one on the wire after it. */
static bool was_dropped(const struct decision *decision, uint32_t drop)
{
	struct frame_ref prev_tx = decision->evidence->prev_tx;

	return !prev_tx.frame || is_packet_of(decision, drop, prev_tx) ||
	       decision->matcher->events[drop].packet.time >= prev_tx.time;
}

/* Whether this host dropped the ACK of the previous transmission. */
static bool was_ack_dropped(const struct decision *decision)
{
	const struct evidence *evidence = decision->evidence;

	if (evidence->ack_drop == NONE)
		return false;
	return !evidence->prev_tx.frame ||
	       decision->matcher->events[evidence->ack_drop].packet.time > evidence->prev_tx.time;
}

/* RFC 3522: the echo in the ACK is older than this retransmission, so it answers an earlier one. */
static bool answers_earlier(const struct decision *decision)
{
	const struct segment_info *packet = &decision->event->packet;
	const struct evidence *evidence = decision->evidence;
	bool known = packet->has_timestamps || evidence->matched_frame.has_timestamps;
	uint32_t tsval = packet->has_timestamps ? packet->tsval : evidence->matched_frame.tsval;

	return evidence->first_ack.frame && evidence->ts_echo_valid && known &&
	       before32(evidence->first_ack_tsecr, tsval);
}

/* It did not leave this host, and an ACK came before the next transmission. */
static bool acked_without(const struct decision *decision)
{
	const struct match_event *event = decision->event;
	const struct evidence *evidence = decision->evidence;
	bool left = !event->failed &&
		    (!is_dropped(decision) || is_matched(evidence) ||
		     decision->matcher->events[event->packet_drop].direction != EVENT_OUT);

	return !left && evidence->first_ack.frame &&
	       (!evidence->next_tx.frame || evidence->first_ack.time < evidence->next_tx.time);
}

static void decide_never_sent(struct decision *decision)
{
	const struct wire *wire = find_witness(decision);

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

static void decide_retransmission(struct decision *decision)
{
	const struct evidence *evidence = decision->evidence;
	uint32_t drop = previous_drop(decision);

	if (evidence->acked.frame && !evidence->acked_by_sack)
		rest_on_frame(decision, VERDICT_SPURIOUS, "acknowledged in ", evidence->acked);
	else if (drop != NONE && was_dropped(decision, drop))
		rest_on_drop(decision, "sent before, and", drop);
	else if (was_ack_dropped(decision))
		rest_on_drop(decision, "its acknowledgement was", evidence->ack_drop);
	else if (evidence->acked.frame)
		rest_on_frame(decision, VERDICT_SPURIOUS, "SACK in ", evidence->acked);
	else if (evidence->dsack.frame)
		rest_on_frame(decision, VERDICT_SPURIOUS, "DSACK in ", evidence->dsack);
	else if (answers_earlier(decision))
		rest_on_frame(decision, VERDICT_SPURIOUS,
			      "an earlier transmission is answered, by its timestamp, in ",
			      evidence->first_ack);
	else if (acked_without(decision))
		rest_on_frame(decision, VERDICT_SPURIOUS,
			      "it did not leave, and the data is acknowledged in ",
			      evidence->first_ack);
	else if (evidence->prev_tx.frame)
		rest_on_frame(decision, VERDICT_LOST_BEYOND_HOST,
			      "sent before and not answered: ", evidence->prev_tx);
	else
		decide_never_sent(decision);
}

struct match_result verdict_decide(const struct matcher *matcher, size_t index,
				   struct strbuf *because)
{
	bool joined = is_joined(&matcher->events[index]);
	size_t sent_as = joined ? matcher->events[index].sent_as : index;
	const struct match_event *event = &matcher->events[sent_as];
	const struct evidence *evidence = evidence_of(matcher, sent_as);
	struct decision decision = {
		.matcher = matcher,
		.event = event,
		.evidence = evidence,
		.result = {
			.verdict = VERDICT_UNKNOWN,
			.has_matched_frame = !joined && is_matched(evidence),
			.matched_wire = evidence->matched_wire,
			.matched_frame = evidence->matched_frame.number,
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
