// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "match_types.h"

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

/* A verdict under way. */
struct decision {
	const struct matcher *matcher;
	const struct match_event *event;
	struct match_result result;
	struct strbuf *because;
};

static void rest_on_place(struct decision *decision, enum verdict verdict,
			  const struct frame_ref *place)
{
	decision->result.verdict = verdict;
	decision->result.has_frame = true;
	decision->result.wire = place->wire;
	decision->result.frame = place->frame;
	decision->result.before_us = (decision->event->packet.time - place->time) / 1000;
}

static void add_place(struct decision *decision, const struct frame_ref *place)
{
	long long us = (decision->event->packet.time - place->time) / 1000;

	strbuf_addf(decision->because, "frame %llu of %s, %lld us %s",
		    (unsigned long long)place->frame, decision->matcher->wires[place->wire].name,
		    llabs(us), us < 0 ? "after" : "before");
}

static void rest_on_event(struct decision *decision, const char *what, uint32_t index)
{
	const struct match_event *other = &decision->matcher->events[index];

	decision->result.verdict = VERDICT_DROPPED_BY_HOST;
	decision->result.has_other = true;
	decision->result.other = index;
	decision->result.before_us = (decision->event->packet.time - other->packet.time) / 1000;
	strbuf_addf(decision->because, "%s dropped by this host: event %llu%s%s", what,
		    (unsigned long long)other->number, other->label ? ", " : "",
		    other->label ? other->label : "");
}

static void add_unknown(struct decision *decision, const char *why)
{
	decision->result.verdict = VERDICT_UNKNOWN;
	strbuf_add(decision->because, why);
}

/* Whether the capture would have what happened at that time. */
static bool covers(const struct wire *wire, int64_t time)
{
	return wire->has_frames && wire->first <= time && time <= wire->last;
}

/*
 * A capture in which a packet of that time would stand; else why absence from all proves nothing.
 */
static const struct wire *find_witness(struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;
	const struct wire *unsound = NULL;

	for (uint32_t i = 0; i < matcher->wire_count; i++) {
		const struct wire *wire = &matcher->wires[i];

		if (!covers(wire, decision->event->packet.time))
			continue;
		if (!wire->missing)
			return wire;
		unsound = wire;
	}
	if (unsound)
		strbuf_addf(decision->because, "not in %s, but %llu of its packets %s",
			    unsound->name, (unsigned long long)unsound->missing,
			    unsound->why_missing);
	else
		strbuf_add(decision->because, "outside the time that the wire captures cover");
	return NULL;
}

static void decide_absent(struct decision *decision)
{
	const struct wire *wire = find_witness(decision);

	if (!wire)
		return;
	if (decision->event->direction == EVENT_OUT) {
		decision->result.verdict = VERDICT_DROPPED_BEFORE_WIRE;
		strbuf_addf(decision->because, "not in %s, which covers its time", wire->name);
		return;
	}
	strbuf_addf(decision->because,
		    "not in %s, which covers its time: taken elsewhere, or with a filter",
		    wire->name);
}

/* Data that came in other segments than the wire shows: the timestamp is that of one of them. */
static bool came_otherwise(const struct match_event *event)
{
	const struct evidence *all = &event->all;

	return event->direction != EVENT_OUT && all->attempt.seen && all->attempt_has_tsval &&
	       event->packet.has_timestamps && all->attempt_tsval == event->packet.tsval;
}

static void decide_drop(struct decision *decision)
{
	const struct evidence *all = &decision->event->all;
	const struct frame_ref *place = all->own.seen ? &all->own : &all->attempt;

	if (!all->own.seen && !came_otherwise(decision->event)) {
		decide_absent(decision);
		return;
	}
	rest_on_place(decision, VERDICT_DROPPED_AFTER_WIRE, place);
	add_place(decision, place);
}

static bool is_drop_of(const struct match_event *drop, const struct frame_ref *place)
{
	return drop->all.own.seen && drop->all.own.wire == place->wire &&
	       drop->all.own.frame == place->frame;
}

/* Whether the earlier transmission is that drop, and not one on the wire after it. */
static bool was_dropped(const struct decision *decision, uint32_t index)
{
	const struct frame_ref *attempt = &decision->event->all.attempt;
	const struct match_event *drop = &decision->matcher->events[index];

	return !attempt->seen || is_drop_of(drop, attempt) || drop->packet.time >= attempt->time;
}

static bool was_answered_here(const struct decision *decision)
{
	const struct match_event *event = decision->event;
	const struct frame_ref *attempt = &event->all.attempt;

	if (event->all.ack_drop == NONE)
		return false;
	return !attempt->seen ||
	       decision->matcher->events[event->all.ack_drop].packet.time > attempt->time;
}

/* RFC 3522: the answer's echo is older than this retransmission, so it answers an earlier one. */
static bool answers_earlier(const struct match_event *event)
{
	const struct evidence *all = &event->all;
	bool known = event->packet.has_timestamps || all->own_has_tsval;
	uint32_t tsval = event->packet.has_timestamps ? event->packet.tsval : all->own_tsval;

	return all->answer.seen && all->answer_tells && known && before32(all->answer_tsecr, tsval);
}

/* It did not leave this host, and an answer came before the next one did. */
static bool answered_without(const struct decision *decision)
{
	const struct match_event *event = decision->event;
	const struct evidence *all = &event->all;
	bool left = !event->failed &&
		    (event->own_drop == NONE || all->own.seen ||
		     decision->matcher->events[event->own_drop].direction != EVENT_OUT);

	return !left && all->answer.seen &&
	       (!all->again.seen || all->answer.time < all->again.time);
}

static bool decide_spurious(struct decision *decision, const char *how,
			    const struct frame_ref *place)
{
	if (!place->seen)
		return false;
	rest_on_place(decision, VERDICT_SPURIOUS, place);
	strbuf_add(decision->because, how);
	add_place(decision, place);
	return true;
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
		strbuf_addf(decision->because, "; %llu events were lost",
			    (unsigned long long)decision->event->lost);
}

static void decide_sent(struct decision *decision)
{
	const struct match_event *event = decision->event;
	const struct evidence *all = &event->all;
	static const struct frame_ref nowhere;

	if (decide_spurious(decision, "acknowledged in ", &all->acked))
		return;
	if (event->drop_before != NONE && was_dropped(decision, event->drop_before)) {
		rest_on_event(decision, "sent before, and", event->drop_before);
		return;
	}
	if (was_answered_here(decision)) {
		rest_on_event(decision, "its acknowledgement was", event->all.ack_drop);
		return;
	}
	if (decide_spurious(decision, "SACK in ", &all->sacked) ||
	    decide_spurious(decision, "DSACK in ", &all->dsack) ||
	    decide_spurious(decision, "an earlier transmission is what its timestamp answers in ",
			    answers_earlier(event) ? &all->answer : &nowhere) ||
	    decide_spurious(decision, "it did not leave, and the data is acknowledged in ",
			    answered_without(decision) ? &all->answer : &nowhere))
		return;
	if (all->attempt.seen) {
		rest_on_place(decision, VERDICT_LOST_BEYOND_HOST, &all->attempt);
		strbuf_add(decision->because, "sent before and not answered: ");
		add_place(decision, &all->attempt);
		return;
	}
	decide_never_sent(decision);
}

struct match_result matcher_result(const struct matcher *matcher, size_t index,
				   struct strbuf *because)
{
	const struct match_event *event = &matcher->events[index];
	struct decision decision = {
		.matcher = matcher,
		.event = event,
		.result = {
			.verdict = VERDICT_UNKNOWN,
			.has_own = event->all.own.seen,
			.own_wire = event->all.own.wire,
			.own_frame = event->all.own.frame,
		},
		.because = because,
	};

	strbuf_clear(because);
	if (event->kind == EVENT_KIND_COUNT)
		add_unknown(&decision, "not an event that this version knows");
	else if (!event->has_tcp)
		add_unknown(&decision, "its packet has no TCP header");
	else if (event->kind == EVENT_DROP)
		decide_drop(&decision);
	else if (event->kind == EVENT_RESET)
		add_unknown(&decision, "a reset is neither a drop nor a retransmission");
	else
		decide_sent(&decision);
	return decision.result;
}
