/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STACK_CACHE_H
#define STACK_CACHE_H

/*
 * The latest stack of each place where events happen: what an event of a flood, whose stack was not
 * walked, has most likely too. Bounded: a place seldom seen gives way to another.
 */

#include <stdint.h>

#include "event/event.h"
#include "stacks.h"

struct stack_cache;

/* Returns NULL for lack of memory. */
struct stack_cache *stack_cache_new(void);
void stack_cache_free(struct stack_cache *places);

/* Notes the stack as the latest of the event's place. */
void stack_cache_note(struct stack_cache *places, const struct drop_event *event,
		      const struct stack *stack);

/* The latest one, NULL if there is none known. It lives until the next stack_cache_note. */
const struct stack *stack_cache_latest(struct stack_cache *places, const struct drop_event *event);

#endif
