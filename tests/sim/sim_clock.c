// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "sim_clock.h"

#define AGREE	   (50 * US) /* by which packets differ whose way through the host is as long */
#define FALSE_FROM (100 * US)
#define MOMENT	   (100 * MS)
#define ENOUGH	   10 /* packets without a mark */

/* An event and a frame that is equal to its packet. */
struct pair {
	int64_t apart; /* the frame's time, less the event's: both of the world's clock */
	uint32_t event;
	bool is_own; /* the frame is the event's packet */
};

struct pairs {
	struct pair *list;
	uint32_t count, capacity;
};

bool is_equal(const struct world *world, const struct segment *a, const struct segment *b)
{
	if (a->connection != b->connection || a->side != b->side || a->seq != b->seq ||
	    a->ack != b->ack || a->payload_len != b->payload_len || a->flags != b->flags ||
	    a->window != b->window || a->tsval != b->tsval || a->tsecr != b->tsecr ||
	    a->sack_count != b->sack_count || (!world->situation.ipv6 && a->ip_id != b->ip_id))
		return false;
	for (uint32_t i = 0; i < a->sack_count; i++) {
		if (a->sack[i].start != b->sack[i].start || a->sack[i].end != b->sack[i].end)
			return false;
	}
	return true;
}

static void add_pairs(const struct wire *wire, const struct world *world, uint32_t index,
		      struct pairs *pairs)
{
	const struct host_event *event = &world->events[index];
	const struct segment *segment = &world->segments[event->segment];

	for (uint32_t i = 0; i < world->observation_count; i++) {
		const struct observation *seen = &world->observations[i];

		if (!wire->has[i] || !is_equal(world, segment, &world->segments[seen->segment]))
			continue;
		if (pairs->count == pairs->capacity)
			pairs->list = sim_grow(pairs->list, pairs->count, &pairs->capacity,
					       sizeof(*pairs->list));
		pairs->list[pairs->count++] = (struct pair){
			.apart = seen->time - event->time,
			.event = index,
			.is_own = seen->segment == event->segment,
		};
	}
}

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return (x->apart > y->apart) - (x->apart < y->apart);
}

/* Returns how many pairs agree with the one that most do, of those from `from` to `to`. */
static uint32_t count_agreeing(const struct pairs *pairs, int64_t from, int64_t to)
{
	uint32_t most = 0;

	for (uint32_t i = 0, end = 0; i < pairs->count; i++) {
		while (end < pairs->count && pairs->list[end].apart <= pairs->list[i].apart + AGREE)
			end++;
		if (pairs->list[i].apart >= from && pairs->list[i].apart <= to && end - i > most)
			most = end - i;
	}
	return most;
}

/* Whether as many packets agree on another difference of the clocks as on the true one. */
static bool is_outvoted(const struct pairs *pairs)
{
	uint32_t right = count_agreeing(pairs, -AGREE, 0);

	return count_agreeing(pairs, INT64_MIN, -FALSE_FROM) >= right ||
	       count_agreeing(pairs, AGREE, INT64_MAX) >= right;
}

static bool has_other_frame(const struct pairs *pairs, uint32_t event)
{
	for (uint32_t i = 0; i < pairs->count; i++) {
		if (pairs->list[i].event == event && !pairs->list[i].is_own)
			return true;
	}
	return false;
}

/*
 * Whether all packets are of one moment, and were on the wire twice: the other frames of all are as
 * well those of the events, by another clock.
 */
static bool is_one_moment(const struct pairs *pairs, const struct world *world)
{
	int64_t first = INT64_MAX, last = INT64_MIN;

	for (uint32_t i = 0; i < pairs->count; i++) {
		int64_t time = world->events[pairs->list[i].event].time;

		if (!pairs->list[i].is_own)
			continue;
		if (!has_other_frame(pairs, pairs->list[i].event))
			return false;
		first = time < first ? time : first;
		last = time > last ? time : last;
	}
	return last < first + MOMENT;
}

bool clock_is_known(const struct wire *wire, const struct world *world)
{
	bool has_marks = !world->situation.ipv6 || world->situation.timestamps, is_known;
	struct pairs pairs = { 0 };
	uint32_t own = 0;

	for (uint32_t i = 0; i < world->event_count; i++) {
		if (is_reported(world, &world->events[i]) && !world->events[i].synthesized)
			add_pairs(wire, world, i, &pairs);
	}
	for (uint32_t i = 0; i < pairs.count; i++)
		own += pairs.list[i].is_own;
	if (pairs.count)
		qsort(pairs.list, pairs.count, sizeof(*pairs.list), compare_pairs);
	is_known = has_marks
			   ? own > 0
			   : own >= ENOUGH && !is_outvoted(&pairs) && !is_one_moment(&pairs, world);
	free(pairs.list);
	return is_known;
}
