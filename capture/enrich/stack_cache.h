/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLACES_H
#define PLACES_H

/*
 * The latest stack of each place where events happen: what an event of a flood, whose stack was not
 * walked, has most likely too. Bounded: a place seldom seen gives way to another.
 */

#include <stdint.h>

#include "event/event.h"
#include "stacks.h"

struct places;

/* Returns NULL for lack of memory. */
struct places *places_new(void);
void places_free(struct places *places);

/* Notes the stack as the latest of the event's place. */
void places_note(struct places *places, const struct drop_event *event, const struct stack *stack);

/* The latest one, NULL if there is none known. It lives until the next places_note. */
const struct stack *places_latest(struct places *places, const struct drop_event *event);

#endif
