// SPDX-License-Identifier: GPL-2.0-or-later
#include "sim_claim.h"
#include "sim_clock.h"

#define SLACK	(1 * MS) /* by which the program may be wrong about a clock */
#define NEAR_NS (2 * MS) /* an event and its frame are nearer */

/* Whether the capture ran at the time of the event; slack is added at both of its ends. */
static bool covers(const struct claim *claim, const struct wire *wire, int64_t slack)
{
	int64_t time = claim->inquiry.event->time;

	return wire->count && wire->first - slack <= time && time <= wire->last + slack;
}

/* A time of the capture's clock, of which the reader believes that it is that of the events. */
static int64_t by_its_clock(const struct wire *wire, int64_t time)
{
	return time + wire->plan->offset + time / 1000 * wire->plan->drift_ppm / 1000;
}

static bool covers_by_its_clock(const struct claim *claim, const struct wire *wire)
{
	int64_t time = claim->inquiry.event->time;

	return wire->count && by_its_clock(wire, wire->first) < time - SLACK &&
	       time + SLACK < by_its_clock(wire, wire->last);
}

/* Whether the frame has the packet as the event has it, or with other addresses. */
static bool is_translated(const struct claim *claim, uint32_t observation)
{
	return claim->inquiry.world->situation.nat &&
	       claim->inquiry.world->observations[observation].tap !=
		       claim->inquiry.event->translated;
}

/* Returns how the capture has the segment, NULL: it does not. */
static const char *find_in(const struct claim *claim, const struct wire *wire, uint32_t segment)
{
	const char *found = NULL;

	for (uint32_t i = 0; i < claim->inquiry.world->observation_count; i++) {
		if (!wire->has[i] || !claim_is_of(claim, i, segment))
			continue;
		if (!is_translated(claim, i))
			return "the packet is in the capture";
		found = "the packet is in the capture, with translated addresses";
	}
	return found;
}

/* Whether the packet of an event, which is not in the capture, is equal: any of them may be it. */
static bool has_equal_absent(const struct claim *claim, const struct wire *wire, uint32_t segment)
{
	const struct world *world = claim->inquiry.world;

	for (uint32_t i = 0; i < claim->recording->event_count; i++) {
		uint32_t other = world->events[claim->recording->order[i]].segment;

		if (is_equal(world, &world->segments[segment], &world->segments[other]) &&
		    !find_in(claim, wire, other))
			return true;
	}
	return false;
}

/* What should be in the capture: the packet of a drop, or the earlier transmission. */
static uint32_t find_expected(const struct claim *claim)
{
	return claim->inquiry.event->kind == EVENT_DROP ? claim->inquiry.event->segment
							: find_previous(&claim->inquiry);
}

/* The capture ran, and does not have the packet. */
static const char *find_present(const struct claim *claim)
{
	const struct wire *wire = &claim->recording->wires[claim->wire];
	uint32_t expected = find_expected(claim);

	if (!covers(claim, wire, SLACK))
		return "the capture does not cover its time";
	return expected == NONE || has_equal_absent(claim, wire, expected)
		       ? NULL
		       : find_in(claim, wire, expected);
}

const char *claim_outside(const struct claim *claim)
{
	for (uint32_t i = 0; i < claim->recording->wire_count; i++) {
		if (covers(claim, &claim->recording->wires[i], -SLACK))
			return "a capture covers its time";
	}
	return NULL;
}

const char *claim_no_clock(const struct claim *claim)
{
	for (uint32_t i = 0; i < claim->recording->wire_count; i++) {
		if (clock_is_known(&claim->recording->wires[i], claim->inquiry.world))
			return "frames show how far the clocks are apart";
	}
	return NULL;
}

const char *claim_outside_unknown_clock(const struct claim *claim)
{
	for (uint32_t i = 0; i < claim->recording->wire_count; i++) {
		if (covers_by_its_clock(claim, &claim->recording->wires[i]))
			return "a capture covers its time, if the clocks are the same";
	}
	return claim_no_clock(claim);
}

const char *claim_frames_lost(const struct claim *claim)
{
	if (claim->count != claim->recording->wires[claim->wire].plan->lost)
		return "the capture did not lose as many";
	return find_present(claim);
}

const char *claim_frames_cut(const struct claim *claim)
{
	if (claim->count != claim->recording->wires[claim->wire].cut)
		return "not as many are cut";
	return find_present(claim);
}

const char *claim_frames_unreadable(const struct claim *claim)
{
	const struct wire *wire = &claim->recording->wires[claim->wire];

	if (wire->plan->link != LINK_UNREADABLE || claim->count != wire->count)
		return "not as many have a link type that cannot be read";
	return find_present(claim);
}

/* Why the capture has none of the packets of a connection while it runs. */
static bool is_kept_out(const struct claim *claim, const struct wire *wire)
{
	uint32_t connection = claim->inquiry.segment->connection;

	return (wire->plan->misses_a_connection && !connection) ||
	       (wire->plan->netns && wire->plan->netns - 1 != connection) ||
	       claim->inquiry.world->situation.nat;
}

static bool has_connection(const struct claim *claim, const struct wire *wire)
{
	const struct world *world = claim->inquiry.world;

	for (uint32_t i = 0; i < world->observation_count; i++) {
		const struct segment *segment = &world->segments[world->observations[i].segment];

		if (wire->has[i] && segment->connection == claim->inquiry.segment->connection &&
		    !is_translated(claim, i))
			return true;
	}
	return false;
}

const char *claim_no_connection(const struct claim *claim)
{
	const struct wire *wire = &claim->recording->wires[claim->wire];

	if (has_connection(claim, wire))
		return "a packet of its connection is in the capture";
	return is_kept_out(claim, wire) ? NULL : "nothing keeps its connection out of the capture";
}

/* What was on a tap of a whole capture that ran is there: it was on none of its taps. */
const char *claim_elsewhere(const struct claim *claim)
{
	if (!claim->recording->wires[claim->wire].whole)
		return "packets are missing from the capture";
	return find_present(claim);
}

/* Whether the file of the events says that the segment was dropped, or sent again. */
static bool is_event(const struct claim *claim, uint32_t segment)
{
	const struct world *world = claim->inquiry.world;

	for (uint32_t i = 0; i < claim->recording->event_count; i++) {
		const struct host_event *event = &world->events[claim->recording->order[i]];

		if (event != claim->inquiry.event && event->kind != EVENT_TLP &&
		    (event->segment == segment ||
		     event->segment == world->segments[segment].parent))
			return true;
	}
	return false;
}

const char *claim_no_earlier(const struct claim *claim)
{
	uint32_t earlier = find_previous(&claim->inquiry);

	if (!covers(claim, &claim->recording->wires[claim->wire], SLACK))
		return "the capture does not cover its time";
	/* That of another namespace looks like it. */
	if (!claim->inquiry.world->situation.same_addresses &&
	    !has_connection(claim, &claim->recording->wires[claim->wire]))
		return "no packet of its connection is in the capture";
	if (earlier == NONE)
		return NULL;
	if (is_event(claim, earlier))
		return "its earlier transmission is an event";
	for (uint32_t i = 0; i < claim->recording->wire_count; i++) {
		const char *found = find_in(claim, &claim->recording->wires[i], earlier);

		if (found)
			return found;
	}
	return NULL;
}

/* The frame is the event's packet, or equal to it: then it may be the earlier transmission. */
const char *claim_no_earlier_but(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;
	uint32_t earlier = find_previous(&claim->inquiry), frame = claim->observation;

	if (frame == NONE || !is_equal(world, claim->inquiry.segment,
				       &world->segments[world->observations[frame].segment]))
		return "the frame is not equal to it";
	return earlier != NONE && claim_is_of(claim, frame, earlier) ? NULL
								     : claim_no_earlier(claim);
}

/* Whether the capture has the packet of a retransmission, with all that identifies it. */
static bool has_retransmission(const struct claim *claim, const struct wire *wire)
{
	const struct world *world = claim->inquiry.world;

	for (uint32_t i = 0; i < claim->recording->event_count; i++) {
		const struct host_event *event = &world->events[claim->recording->order[i]];

		for (uint32_t j = 0;
		     event->retransmit && !event->synthesized && j < world->observation_count;
		     j++) {
			if (wire->has[j] && world->observations[j].segment == event->segment)
				return true;
		}
	}
	return false;
}

const char *claim_doubtful_clock(const struct claim *claim)
{
	for (uint32_t i = 0; i < claim->recording->wire_count; i++) {
		if (!has_retransmission(claim, &claim->recording->wires[i]))
			return NULL;
	}
	return "retransmissions show how far the clocks are apart";
}

/* Whether the event's packet is near its time in the capture, if the clocks are the same. */
static bool has_own_near(const struct claim *claim, const struct wire *wire)
{
	const struct world *world = claim->inquiry.world;

	for (uint32_t i = 0; i < world->observation_count; i++) {
		int64_t apart = by_its_clock(wire, world->observations[i].time) -
				claim->inquiry.event->time;

		if (wire->has[i] && claim_is_of(claim, i, claim->inquiry.event->segment) &&
		    apart < NEAR_NS && apart > -NEAR_NS)
			return true;
	}
	return false;
}

const char *claim_own_frame_not_near(const struct claim *claim)
{
	for (uint32_t i = 0; i < claim->recording->wire_count; i++) {
		if (has_own_near(claim, &claim->recording->wires[i]))
			return "its own frame is near it";
	}
	return claim_no_clock(claim);
}

const char *claim_not_near(const struct claim *claim)
{
	return has_own_near(claim, &claim->recording->wires[claim->wire]) ? "its frame is near it"
									  : NULL;
}

/* Since the event before it in the file. */
const char *claim_events_lost(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;
	uint64_t lost = 0;

	for (uint32_t i = 0; i < world->event_count; i++)
		lost += world->events[i].forgotten &&
			world->events[i].time <= claim->inquiry.event->time;
	return claim->count && claim->count <= lost ? NULL : "not as many were lost";
}
