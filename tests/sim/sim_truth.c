// SPDX-License-Identifier: GPL-2.0-or-later
#include "sim_clock.h"
#include "sim_inquiry.h"

const char *truth_verdict_name(unsigned int bit_number)
{
	static const char *const names[TRUTH_VERDICTS] = {
		"dropped-after-wire", "dropped-before-wire",
		"lost-beyond-host",   "dropped-by-host",
		"spurious",	      "unknown",
	};

	return names[bit_number];
}

static void cannot_know(struct inquiry *inquiry, const char *why)
{
	inquiry->truth->knowable = false;
	inquiry->truth->why = why;
}

static uint32_t root_of(const struct world *world, uint32_t index)
{
	return world->segments[index].parent == NONE ? index : world->segments[index].parent;
}

struct seen {
	bool at_all, captured;
	int64_t time; /* of the first captured one */
};

/* A GSO packet is seen whole, or its parts are. */
static struct seen find_seen(const struct inquiry *inquiry, uint32_t segment)
{
	const struct world *world = inquiry->world;
	struct seen seen = { 0 };

	for (uint32_t i = 0; i < world->observation_count; i++) {
		uint32_t which = world->observations[i].segment;

		if (which != segment && which != world->segments[segment].parent)
			continue;
		seen.at_all = true;
		if (!seen.captured && is_captured(inquiry, i)) {
			seen.captured = true;
			seen.time = world->observations[i].time;
		}
	}
	return seen;
}

bool is_covered(const struct inquiry *inquiry, int64_t from, int64_t until)
{
	for (uint32_t i = 0; i < inquiry->wire_count; i++) {
		const struct wire *wire = &inquiry->wires[i];

		if (wire->whole && wire->has_clock && wire->count && wire->first <= from &&
		    until <= wire->last &&
		    !(wire->plan->misses_a_connection && !inquiry->segment->connection) &&
		    (!wire->plan->netns || wire->plan->netns - 1 == inquiry->segment->connection))
			return true;
	}
	return false;
}

static bool has_clock(const struct inquiry *inquiry)
{
	for (uint32_t i = 0; i < inquiry->wire_count; i++) {
		if (inquiry->wires[i].has_clock)
			return true;
	}
	return false;
}

static bool has_tap(const struct inquiry *inquiry, unsigned int tap)
{
	for (uint32_t i = 0; i < inquiry->wire_count; i++) {
		if (inquiry->wires[i].plan->taps & tap)
			return true;
	}
	return false;
}

/* Returns whether another packet, equal byte by byte, is on the wire near the event. */
static bool has_identical(const struct inquiry *inquiry)
{
	const struct world *world = inquiry->world;

	for (uint32_t i = 0; i < world->observation_count; i++) {
		int64_t apart = world->observations[i].time - inquiry->event->time;

		if (apart < 100 * MS && apart > -100 * MS &&
		    is_equal(world, inquiry->segment,
			     &world->segments[world->observations[i].segment]))
			return true;
	}
	return false;
}

/* Another clock than the events', or a translated address, is the reader's to find out. */
static void find_drop(struct inquiry *inquiry)
{
	const struct host_event *event = inquiry->event;
	struct truth *truth = inquiry->truth;
	struct seen seen = find_seen(inquiry, event->segment);

	truth->fate = seen.at_all	       ? "dropped after a tap"
		      : has_identical(inquiry) ? "dropped before the tap, an equal packet near"
					       : "dropped before the tap";
	truth->right = seen.at_all ? TRUTH_AFTER_WIRE : TRUTH_BEFORE_WIRE;
	/* Between the taps: before the wire for who has the outer one alone. */
	if (seen.at_all && !seen.captured && inquiry->segment->side == OURS &&
	    !has_tap(inquiry, TAP_INNER))
		truth->right |= TRUTH_BEFORE_WIRE;
	if (seen.at_all && !has_clock(inquiry))
		cannot_know(inquiry, "too few packets show how far the clocks are apart");
	if (seen.at_all && !seen.captured)
		cannot_know(inquiry, "its frame is in no file");
	else if (inquiry->world->situation.nat && !has_tap(inquiry, TAP_INNER) &&
		 !event->translated)
		cannot_know(inquiry, "the file has translated addresses only");
	if (seen.at_all)
		return;
	if (!is_covered(inquiry, event->time, event->time))
		cannot_know(inquiry, "no whole file covers its time");
	else if (has_identical(inquiry))
		cannot_know(inquiry, "a packet that is equal byte by byte is near");
	else if (inquiry->world->situation.nat && !has_tap(inquiry, TAP_INNER))
		cannot_know(inquiry, "the file has translated addresses only");
}

/* A stretch of an event's data, which one earlier transmission has carried. */
struct stretch {
	uint32_t start, end;
	uint32_t last; /* the last transmission before the event; NONE */
	bool comes;    /* one of all has arrived, or will: the event's is not needed */
};

static bool is_earlier(const struct inquiry *inquiry, uint32_t index)
{
	const struct world *world = inquiry->world;
	const struct segment *other = &world->segments[index];

	return other->connection == inquiry->segment->connection && other->side == OURS &&
	       other->fate != FATE_SPLIT && !(other->flags & TCP_RST) &&
	       segment_end(other) != other->seq &&
	       root_of(world, index) < root_of(world, inquiry->event->segment);
}

static struct stretch find_stretch(const struct inquiry *inquiry, uint32_t start)
{
	const struct world *world = inquiry->world;
	struct stretch stretch = { start, segment_end(inquiry->segment), NONE, false };

	for (uint32_t i = 0; i < world->segment_count; i++) {
		const struct segment *other = &world->segments[i];

		if (!is_earlier(inquiry, i))
			continue;
		if (before(start, other->seq)) {
			if (before(other->seq, stretch.end))
				stretch.end = other->seq;
			continue;
		}
		if (!before(start, segment_end(other)))
			continue;
		if (before(segment_end(other), stretch.end))
			stretch.end = segment_end(other);
		if (stretch.last == NONE || root_of(world, stretch.last) <= root_of(world, i))
			stretch.last = i;
		stretch.comes |= other->fate == FATE_ARRIVED;
	}
	return stretch;
}

uint32_t find_previous(const struct inquiry *inquiry)
{
	return find_stretch(inquiry, inquiry->segment->seq).last;
}

static void blame_host(struct inquiry *inquiry, uint32_t drop)
{
	inquiry->truth->right |= TRUTH_BY_HOST;
	if (!inquiry->world->events[drop].forgotten)
		return;
	cannot_know(inquiry, "the event of its drop is not in the file");
	inquiry->truth->excused |= TRUTH_BEYOND_HOST;
}

static void judge_answer(struct inquiry *inquiry, const struct stretch *stretch,
			 const struct segment *answer)
{
	struct truth *truth = inquiry->truth;

	if (answer->fate == FATE_LOST) {
		truth->right |= TRUTH_BEYOND_HOST | TRUTH_SPURIOUS;
	} else if (answer->fate != FATE_DROPPED) {
		truth->right |= TRUTH_SPURIOUS;
	} else if (answer->fate_time > inquiry->segment->sent) {
		/* It was on its way. That it will be dropped is not why the data is sent again. */
		truth->right |= TRUTH_SPURIOUS;
		truth->excused |= TRUTH_BY_HOST;
	} else {
		blame_host(inquiry, answer->drop);
		/*
		 * That a SACK was dropped here is as hard to see as it is good to know; without
		 * the event it cannot be seen.
		 */
		if (before(answer->ack, stretch->end) ||
		    inquiry->world->events[answer->drop].forgotten)
			truth->excused |= TRUTH_SPURIOUS;
	}
}

/* Returns whether the segment is an acknowledgement of the stretch, sent between these times. */
static bool is_answer(const struct inquiry *inquiry, const struct stretch *stretch,
		      const struct segment *answer, int64_t from, int64_t until)
{
	return answer->side == PEER && answer->connection == inquiry->segment->connection &&
	       answer->fate != FATE_SPLIT && answer->sent >= from && answer->sent <= until &&
	       acknowledges(answer, stretch->start, stretch->end);
}

/* Returns whether it reaches TCP, or the place where this host drops it, after that time. */
static bool is_under_way(const struct segment *answer, int64_t time)
{
	return answer->fate == FATE_ARRIVED || answer->fate == FATE_MOVING ||
	       (answer->fate == FATE_DROPPED && answer->fate_time > time);
}

/*
 * The data had come: where are its acknowledgements? One of an earlier transmission that is under
 * way says that this one is not needed, too.
 */
static void find_answers(struct inquiry *inquiry, const struct stretch *stretch,
			 const struct segment *arrived)
{
	const struct world *world = inquiry->world;
	int64_t now = inquiry->segment->sent;
	bool any = false;

	for (uint32_t i = 0; i < world->segment_count; i++) {
		const struct segment *answer = &world->segments[i];

		if (is_answer(inquiry, stretch, answer, arrived->fate_time, now)) {
			any = true;
			judge_answer(inquiry, stretch, answer);
		} else if (is_answer(inquiry, stretch, answer, 0, now) &&
			   is_under_way(answer, now)) {
			inquiry->truth->right |= TRUTH_SPURIOUS;
		}
	}
	if (!any)
		inquiry->truth->right |= TRUTH_SPURIOUS;
}

/* The event is later than its packet: an acknowledgement that is dropped between looks older. */
static void excuse_late_drops(struct inquiry *inquiry, const struct stretch *stretch)
{
	const struct world *world = inquiry->world;

	for (uint32_t i = 0; i < world->segment_count; i++) {
		const struct segment *answer = &world->segments[i];

		if (answer->side == PEER && answer->connection == inquiry->segment->connection &&
		    answer->fate == FATE_DROPPED && answer->fate_time > inquiry->segment->sent &&
		    answer->fate_time <= inquiry->event->time &&
		    acknowledges(answer, stretch->start, stretch->end))
			inquiry->truth->excused |= TRUTH_BY_HOST;
	}
}

static void judge_stretch(struct inquiry *inquiry, const struct stretch *stretch)
{
	const struct segment *last = &inquiry->world->segments[stretch->last];
	struct truth *truth = inquiry->truth;
	struct seen seen = find_seen(inquiry, stretch->last);

	if (last->fate == FATE_DROPPED) {
		truth->fate = "an earlier transmission dropped by this host";
		blame_host(inquiry, last->drop);
		if (!is_covered(inquiry, last->sent, inquiry->event->time))
			cannot_know(inquiry, "no whole file covers all since");
	} else if (last->fate == FATE_LOST) {
		truth->fate = "an earlier transmission lost in the network";
		truth->right |= TRUTH_BEYOND_HOST;
	} else if (last->fate == FATE_ARRIVED && last->fate_time <= inquiry->segment->sent) {
		truth->fate = "arrived before";
		find_answers(inquiry, stretch, last);
	} else {
		truth->fate = "on its way";
		truth->right |= TRUTH_SPURIOUS;
	}
	if (last->fate == FATE_ARRIVED)
		excuse_late_drops(inquiry, stretch);
	if (stretch->comes && last->fate != FATE_ARRIVED)
		truth->right |= TRUTH_SPURIOUS;
	if (last->fate == FATE_DROPPED)
		return;
	if (!seen.captured)
		cannot_know(inquiry, "its earlier transmission is in no file");
	else if (!is_covered(inquiry, seen.time, inquiry->event->time))
		cannot_know(inquiry, "no whole file covers all since");
}

static void look_for_proof(struct inquiry *inquiry)
{
	if (has_proof(inquiry))
		return;
	inquiry->truth->excused |= TRUTH_BEYOND_HOST;
	cannot_know(inquiry, "nothing in the files says that the data had come");
}

static void find_sent(struct inquiry *inquiry)
{
	struct truth *truth = inquiry->truth;
	uint32_t end = segment_end(inquiry->segment);

	for (uint32_t at = inquiry->segment->seq; at != end;) {
		struct stretch stretch = find_stretch(inquiry, at);

		if (stretch.last != NONE)
			judge_stretch(inquiry, &stretch);
		at = stretch.end;
	}
	if (!truth->right) {
		truth->right = TRUTH_UNKNOWN;
		truth->fate = "never sent before";
	}
	if (truth->right == TRUTH_SPURIOUS)
		look_for_proof(inquiry);
	if (truth->right != TRUTH_UNKNOWN && truth->knowable) {
		const char *doubt = find_doubt(inquiry);

		if (doubt)
			cannot_know(inquiry, doubt);
	}
	if (inquiry->world->situation.nat && !has_tap(inquiry, TAP_INNER))
		cannot_know(inquiry, "the file has translated addresses only");
}

void truth_find(const struct world *world, const struct wire *wires, uint32_t wire_count,
		uint32_t event, struct truth *truth)
{
	struct inquiry inquiry = {
		.world = world,
		.wires = wires,
		.wire_count = wire_count,
		.event = &world->events[event],
		.segment = &world->segments[world->events[event].segment],
		.truth = truth,
	};

	*truth = (struct truth){ .knowable = true };
	if (inquiry.event->kind == EVENT_DROP) {
		find_drop(&inquiry);
	} else if (inquiry.event->kind == EVENT_RESET || inquiry.event->new_data) {
		truth->right = TRUTH_UNKNOWN;
		truth->excused = TRUTH_BY_HOST; /* of what TCP could not send, and counts as new */
		truth->fate = "neither lost nor sent before";
	} else {
		find_sent(&inquiry);
	}
}
