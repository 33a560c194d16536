// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stack_cache.h"
#include "util/strbuf.h"

#define SETS 256 /* a power of two */
#define WAYS 8	 /* places of a set; SETS * WAYS: twice what the kernel side knows of a CPU */

struct stack_cache_entry {
	uint64_t noted; /* when a stack was noted, counted in notes; 0: free */
	enum event_kind kind;
	uint32_t reason;
	uint64_t location;
	struct stack stack;
	struct strbuf frames; /* a copy: the table of stacks may start anew */
};

struct stack_cache {
	uint64_t notes;
	struct stack_cache_entry sets[SETS][WAYS];
};

struct stack_cache *stack_cache_new(void)
{
	return calloc(1, sizeof(struct stack_cache));
}

void stack_cache_free(struct stack_cache *places)
{
	if (!places)
		return;
	for (size_t set = 0; set < SETS; set++) {
		for (size_t way = 0; way < WAYS; way++)
			strbuf_free(&places->sets[set][way].frames);
	}
	free(places);
}

static size_t set_of(const struct drop_event *event)
{
	uint64_t hash = event->location ^ ((uint64_t)event->reason << 32) ^ (uint64_t)event->kind;

	hash *= 0x9e3779b97f4a7c15ULL;
	return hash >> 32 & (SETS - 1);
}

static bool is_of(const struct stack_cache_entry *place, const struct drop_event *event)
{
	return place->noted && place->location == event->location &&
	       place->reason == event->reason && place->kind == event->kind;
}

/* The event's place in the set, or the one to make room: a free one, or that noted longest ago. */
static struct stack_cache_entry *find_place(struct stack_cache_entry set[WAYS],
					    const struct drop_event *event)
{
	struct stack_cache_entry *oldest = set;

	for (size_t way = 0; way < WAYS; way++) {
		if (is_of(&set[way], event))
			return &set[way];
		if (set[way].noted < oldest->noted)
			oldest = &set[way];
	}
	return oldest;
}

void stack_cache_note(struct stack_cache *places, const struct drop_event *event,
		      const struct stack *stack)
{
	struct stack_cache_entry *place = find_place(places->sets[set_of(event)], event);
	bool known = is_of(place, event) && place->stack.id == stack->id;

	place->noted = ++places->notes;
	if (known)
		return;
	strbuf_clear(&place->frames);
	strbuf_add(&place->frames, stack->frames);
	if (place->frames.failed)
		place->noted = 0;
	place->kind = event->kind;
	place->reason = event->reason;
	place->location = event->location;
	place->stack.id = stack->id;
	place->stack.frames = strbuf_string(&place->frames);
}

const struct stack *stack_cache_latest(struct stack_cache *places, const struct drop_event *event)
{
	const struct stack_cache_entry *place = find_place(places->sets[set_of(event)], event);

	return is_of(place, event) ? &place->stack : NULL;
}
