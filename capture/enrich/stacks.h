/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STACKS_H
#define STACKS_H

/*
 * Gives each different stack an id and renders it once, as long as it is certain that its names do
 * not change. The table is bounded: a new stack replaces the oldest. A stack that was deleted and
 * occurs again has a new id.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/symbolize.h"

struct stacks;

struct stack {
	uint64_t id;	    /* from 1 */
	const char *frames; /* "  leaf\n  caller\n..." without a last newline; "  ?": no symbol */
	bool lasting;	    /* all frames are in the kernel image: their names never change */
};

/* *symbols must outlive the result. Returns NULL for lack of memory. */
struct stacks *stacks_new(struct symbols *symbols);
void stacks_free(struct stacks *stacks);

/*
 * Returns the stack of these return addresses, leaf first. The frames of the tracing itself are
 * left out: those before location, or, if location is 0 or not among the addresses, those of the
 * hook. depth is EVENT_STACK_MAX at most. Returns NULL if no frame is left, or for lack of memory.
 * The result lives until the next call.
 */
const struct stack *stacks_intern(struct stacks *stacks, const uint64_t *addresses, size_t depth,
				  uint64_t location);

/*
 * Returns the return address into the caller of __kfree_skb() in a stack that a hook at its entry
 * has walked; 0 if it is another stack.
 */
uint64_t stacks_freed_at(struct stacks *stacks, const uint64_t *addresses, size_t depth);

/* Returns the number of frames that were rendered as "?" so far. */
uint64_t stacks_unnamed(const struct stacks *stacks);

#endif
