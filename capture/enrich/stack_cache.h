/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STACK_CACHE_H
#define STACK_CACHE_H

/*
 * The latest stack of each site (location, reason and kind of event). Events of one site most
 * likely have the same stack, and in a flood only some have a stack of their own. The cache is
 * bounded: a new site replaces the one whose stack was noted least recently.
 */

#include <stdint.h>

#include "event/event.h"
#include "stacks.h"

struct stack_cache;

/* Returns NULL for lack of memory. */
struct stack_cache *stack_cache_new(void);
void stack_cache_free(struct stack_cache *cache);

/* Notes the stack, which is copied, as the latest of the event's site. */
void stack_cache_note(struct stack_cache *cache, const struct drop_event *event,
		      const struct stack *stack);

/*
 * Returns the latest stack of the event's site; NULL if none is known. It is valid until the next
 * call of stack_cache_note() or stack_cache_forget().
 */
const struct stack *stack_cache_latest(struct stack_cache *cache, const struct drop_event *event);

/* Forgets the stacks that are not lasting. To be called when symbols_generation() has changed. */
void stack_cache_forget(struct stack_cache *cache);

#endif
