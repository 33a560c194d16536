// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_unanswered.h"

static bool ends_before(const struct matcher *matcher, uint32_t a, uint32_t b)
{
	return before32(segment_end(&matcher->events[a].packet),
			segment_end(&matcher->events[b].packet));
}

static void put(struct unanswered *heap, struct matcher *matcher, uint32_t at, uint32_t index)
{
	heap->list[at] = index;
	links_of(matcher, index)->unanswered_at = at;
}

/* Moves the event towards the root while it ends before its parent. */
static uint32_t move_up(struct unanswered *heap, struct matcher *matcher, uint32_t at)
{
	uint32_t index = heap->list[at];

	while (at && ends_before(matcher, index, heap->list[(at - 1) / 2])) {
		put(heap, matcher, at, heap->list[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put(heap, matcher, at, index);
	return at;
}

static void move_down(struct unanswered *heap, struct matcher *matcher, uint32_t at)
{
	uint32_t index = heap->list[at];

	for (;;) {
		uint32_t child = at * 2 + 1;

		if (child + 1 < heap->count &&
		    ends_before(matcher, heap->list[child + 1], heap->list[child]))
			child++;
		if (child >= heap->count || !ends_before(matcher, heap->list[child], index))
			break;
		put(heap, matcher, at, heap->list[child]);
		at = child;
	}
	put(heap, matcher, at, index);
}

int unanswered_add(struct unanswered *heap, struct matcher *matcher, uint32_t index)
{
	if (heap->count == heap->capacity) {
		uint32_t capacity = heap->capacity ? heap->capacity * 2 : 4;
		uint32_t *list = reallocarray(heap->list, capacity, sizeof(*list));

		if (!list)
			return -ENOMEM;
		heap->list = list;
		heap->capacity = capacity;
	}
	put(heap, matcher, heap->count++, index);
	move_up(heap, matcher, heap->count - 1);
	return 0;
}

void unanswered_remove(struct unanswered *heap, struct matcher *matcher, uint32_t index)
{
	uint32_t at = links_of(matcher, index)->unanswered_at;
	uint32_t last = heap->list[--heap->count];

	links_of(matcher, index)->unanswered_at = NONE;
	if (last == index)
		return;
	put(heap, matcher, at, last);
	move_down(heap, matcher, move_up(heap, matcher, at));
}

uint32_t unanswered_take(struct unanswered *heap, struct matcher *matcher, uint32_t ack)
{
	uint32_t first = heap->count ? heap->list[0] : NONE;

	if (first == NONE || before32(ack, segment_end(&matcher->events[first].packet)))
		return NONE;
	unanswered_remove(heap, matcher, first);
	return first;
}

void unanswered_release(struct unanswered *heap, struct matcher *matcher)
{
	for (uint32_t i = 0; i < heap->count; i++)
		links_of(matcher, heap->list[i])->unanswered_at = NONE;
	free(heap->list);
	*heap = (struct unanswered){ 0 };
}
