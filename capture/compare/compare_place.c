// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "compare_place.h"
#include "match_clock.h"
#include "match_time.h"

#define CONVERSIONS 6 /* each leaves a thousandth of the error, whatever the drift */
#define ROUNDING    4 /* ns */

/*
 * The opposite of clock_convert(): the first of the times that are converted to this one, so that
 * times which follow each other do so by either clock.
 */
static int64_t wire_clock(const struct match_offset *offset, int64_t time)
{
	int64_t moved = time_move(time, offset->ns);

	if (!offset->drift_ppb)
		return moved;
	for (int i = 0; i < CONVERSIONS; i++)
		moved = time_move(moved, time_apart(time, clock_convert(offset, moved)));
	for (int i = 0; i < ROUNDING && clock_convert(offset, moved) < time; i++)
		moved = time_move(moved, 1);
	for (int i = 0; i < ROUNDING && clock_convert(offset, time_move(moved, -1)) >= time; i++)
		moved = time_move(moved, -1);
	return moved;
}

uint64_t wire_time(const struct compare *compare, uint64_t timestamp_ns)
{
	return time_to_ns(wire_clock(&compare->wires[0].offset, time_from_ns(timestamp_ns)));
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Returns the last of the frames that an event with this result follows; 0: none. */
static uint64_t cause_in(const struct match_result *result)
{
	uint64_t matched = result->has_matched_frame ? result->matched_frame : 0;

	return later(matched, result->has_frame && result->before_us >= 0 ? result->frame : 0);
}

/*
 * Returns the frame that the event must follow: its own packet, the earlier frame that its verdict
 * rests on, or what the event follows that the verdict rests on; 0: none. The times do not give
 * this order, because the clocks are not exact enough, and the frames may be out of order.
 */
static uint64_t cause_of(struct compare *compare, const struct match_result *result)
{
	struct match_result other;

	if (!result->has_other || result->before_us < 0)
		return cause_in(result);
	other = matcher_result(compare->matcher, result->other, &compare->because);
	return later(cause_in(result), cause_in(&other));
}

static void set_after(struct place *place, uint64_t frame)
{
	place->after = frame <= PLACE_AFTER_MAX ? frame : 0;
}

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->event < y->event ? -1 : x->event > y->event;
}

static int compare_causes(const void *a, const void *b, void *context)
{
	const struct place *list = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (list[x].after != list[y].after)
		return list[x].after < list[y].after ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void sort(struct place_list *places)
{
	qsort(places->list, places->count, sizeof(*places->list), compare_places);
}

/* Finds the places of all events as if a frame could have several. */
static int place_events(struct places *places, struct compare *compare)
{
	size_t count = matcher_events(compare->matcher);
	struct place *first = calloc(count + 1, sizeof(*first)), *last;
	struct compare_event event;

	places->on_frames.list = first;
	if (!first)
		return -ENOMEM;
	last = first + count;
	for (uint32_t i = 0; i < count; i++) {
		if (compare_event(compare, i, &event))
			return -ENOMEM;
		if (event.result.has_matched_frame)
			*first++ = (struct place){ event.result.matched_frame, i, 0, 0 };
		else
			*--last = (struct place){ wire_time(compare, event.report.timestamp_ns), i,
						  0, 0 };
		if (!event.result.has_matched_frame)
			set_after(last, cause_of(compare, &event.result));
	}
	places->on_frames.count = (size_t)(first - places->on_frames.list);
	places->own_packets = (struct place_list){ last, count - places->on_frames.count, 0 };
	return 0;
}

/*
 * Makes all but the first event of each frame packets of their own: readers take the first
 * annotation of a packet alone. The two lists are parts of one array: the events that are moved
 * collect at the end of the first one, where the second one begins.
 */
static int keep_one_a_frame(struct places *places, struct compare *compare)
{
	struct place_list *on_frames = &places->on_frames, *own = &places->own_packets;
	struct place *list = on_frames->list;
	struct compare_event event;
	size_t kept = 0;

	for (size_t i = 0; i < on_frames->count; i++) {
		struct place place = list[i];

		if (kept && list[kept - 1].at == place.at)
			continue;
		list[i] = list[kept];
		list[kept++] = place;
	}
	for (size_t i = kept; i < on_frames->count; i++) {
		if (compare_event(compare, list[i].event, &event))
			return -ENOMEM;
		set_after(&list[i], cause_of(compare, &event.result));
		list[i].at = wire_time(compare, event.report.timestamp_ns);
	}
	own->list = list + kept;
	own->count += on_frames->count - kept;
	on_frames->count = kept;
	return 0;
}

static int sort_causes(struct places *places)
{
	const struct place_list *own = &places->own_packets;

	places->by_cause = calloc(own->count + 1, sizeof(*places->by_cause));
	if (!places->by_cause)
		return -ENOMEM;
	for (size_t i = 0; i < own->count; i++) {
		if (own->list[i].after)
			places->by_cause[places->cause_count++] = (uint32_t)i;
	}
	qsort_r(places->by_cause, places->cause_count, sizeof(*places->by_cause), compare_causes,
		own->list);
	return 0;
}

int places_find(struct places *places, struct compare *compare)
{
	int err = place_events(places, compare);

	if (err)
		return err;
	sort(&places->on_frames);
	err = keep_one_a_frame(places, compare);
	sort(&places->own_packets);
	return err ? err : sort_causes(places);
}

void places_free(struct places *places)
{
	free(places->on_frames.list);
	free(places->by_cause);
}

bool places_take_before(struct places *places, uint64_t time, uint64_t last, uint32_t *event)
{
	struct place_list *own = &places->own_packets;

	while (own->next < own->count && own->list[own->next].at < time) {
		struct place *place = &own->list[own->next++];

		place->waits = place->after > last;
		*event = place->event;
		if (!place->waits)
			return true;
	}
	return false;
}

bool places_take_after(struct places *places, uint64_t frame, uint32_t *event)
{
	while (places->next_cause < places->cause_count) {
		struct place *place =
			&places->own_packets.list[places->by_cause[places->next_cause]];

		if (place->after > frame)
			return false;
		places->next_cause++;
		*event = place->event;
		if (place->waits)
			return true;
	}
	return false;
}

bool places_take_rest(struct places *places, uint32_t *event)
{
	struct place_list *own = &places->own_packets;

	if (places_take_after(places, UINT64_MAX, event))
		return true;
	if (own->next == own->count)
		return false;
	*event = own->list[own->next++].event;
	return true;
}
