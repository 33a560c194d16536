// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stack_cache.h"
#include "util/strbuf.h"

#define HASH_FACTOR 0x9e3779b97f4a7c15ULL /* 2^64 divided by the golden ratio */

#define SETS 256 /* a power of two */
#define WAYS 8	 /* SETS * WAYS is twice STACK_SITES_MAX of bpf/stack_budget.bpf.h */

struct stack_cache_entry {
	uint64_t noted; /* when it was noted last, as a number of notes; 0: free */
	enum event_kind kind;
	uint32_t reason;
	uint64_t location;
	struct stack stack;
	struct strbuf frames; /* of stack: a copy, because stacks.c may delete its own */
};

struct stack_cache {
	uint64_t notes;
	struct stack_cache_entry sets[SETS][WAYS];
};

struct stack_cache *stack_cache_new(void)
{
	return calloc(1, sizeof(struct stack_cache));
}

void stack_cache_free(struct stack_cache *cache)
{
	if (!cache)
		return;
	for (size_t set = 0; set < SETS; set++) {
		for (size_t way = 0; way < WAYS; way++)
			strbuf_free(&cache->sets[set][way].frames);
	}
	free(cache);
}

static size_t find_set(const struct drop_event *event)
{
	uint64_t hash = event->location ^ ((uint64_t)event->reason << 32) ^ (uint64_t)event->kind;

	hash *= HASH_FACTOR;
	return hash >> 32 & (SETS - 1);
}

static bool is_site_of(const struct stack_cache_entry *entry, const struct drop_event *event)
{
	return entry->noted && entry->location == event->location &&
	       entry->reason == event->reason && entry->kind == event->kind;
}

/* Returns the entry of the event's site; else the one to replace: a free one, or the oldest. */
static struct stack_cache_entry *find_entry(struct stack_cache *cache,
					    const struct drop_event *event)
{
	struct stack_cache_entry *set = cache->sets[find_set(event)], *oldest = set;

	for (size_t way = 0; way < WAYS; way++) {
		if (is_site_of(&set[way], event))
			return &set[way];
		if (set[way].noted < oldest->noted)
			oldest = &set[way];
	}
	return oldest;
}

void stack_cache_note(struct stack_cache *cache, const struct drop_event *event,
		      const struct stack *stack)
{
	struct stack_cache_entry *entry = find_entry(cache, event);
	bool known = is_site_of(entry, event) && entry->stack.id == stack->id;

	entry->noted = ++cache->notes;
	if (known)
		return;
	strbuf_clear(&entry->frames);
	strbuf_add(&entry->frames, stack->frames);
	if (entry->frames.failed)
		entry->noted = 0;
	entry->kind = event->kind;
	entry->reason = event->reason;
	entry->location = event->location;
	entry->stack = *stack;
	entry->stack.frames = strbuf_string(&entry->frames);
}

const struct stack *stack_cache_latest(struct stack_cache *cache, const struct drop_event *event)
{
	const struct stack_cache_entry *entry = find_entry(cache, event);

	return is_site_of(entry, event) ? &entry->stack : NULL;
}

void stack_cache_forget(struct stack_cache *cache)
{
	for (size_t set = 0; set < SETS; set++) {
		for (size_t way = 0; way < WAYS; way++) {
			if (!cache->sets[set][way].stack.lasting)
				cache->sets[set][way].noted = 0;
		}
	}
}
