/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STACK_CACHE_H
#define STACK_CACHE_H

/*
 * The latest stack of each site, that is, location, reason and kind of event. In a flood, events of
 * the same site most likely share it, and only some have a stack of their own. Bounded: a site that
 * was not noted for long makes room for another.
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

/* The latest one, NULL if none is known. It lives until the next call of another function. */
const struct stack *stack_cache_latest(struct stack_cache *cache, const struct drop_event *event);

/* Forgets the stacks that are not lasting; for when symbols_generation() has changed. */
void stack_cache_forget(struct stack_cache *cache);

#endif
