// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "places.h"
#include "text.h"

#define SLOTS 2048 /* a power of two; twice the places that the kernel side knows */

struct place {
	bool used;
	enum event_kind kind;
	uint32_t reason;
	uint64_t location;
	struct stack stack;
	struct text frames; /* a copy: the table of stacks may start anew */
};

struct places {
	struct place slots[SLOTS];
};

struct places *places_new(void)
{
	return calloc(1, sizeof(struct places));
}

void places_free(struct places *places)
{
	if (!places)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		text_free(&places->slots[i].frames);
	free(places);
}

static size_t slot_of(const struct drop_event *event)
{
	uint64_t hash = event->location ^ ((uint64_t)event->reason << 32) ^ (uint64_t)event->kind;

	hash *= 0x9e3779b97f4a7c15ULL;
	return hash >> 32 & (SLOTS - 1);
}

static bool is_of(const struct place *place, const struct drop_event *event)
{
	return place->used && place->location == event->location &&
	       place->reason == event->reason && place->kind == event->kind;
}

void places_note(struct places *places, const struct drop_event *event, const struct stack *stack)
{
	struct place *place = &places->slots[slot_of(event)];

	if (is_of(place, event) && place->stack.id == stack->id)
		return;
	text_clear(&place->frames);
	text_add(&place->frames, stack->frames);
	place->used = !place->frames.failed;
	place->kind = event->kind;
	place->reason = event->reason;
	place->location = event->location;
	place->stack.id = stack->id;
	place->stack.frames = text_string(&place->frames);
}

const struct stack *places_latest(const struct places *places, const struct drop_event *event)
{
	const struct place *place = &places->slots[slot_of(event)];

	return is_of(place, event) ? &place->stack : NULL;
}
