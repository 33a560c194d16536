/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STACKS_H
#define STACKS_H

/*
 * Stacks by number: each different one is rendered once, as long as the names in it are certain to
 * be the same. The table is bounded: the oldest stack makes room for a new one. A stack that was
 * dropped and comes again has a new number.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/symbolize.h"

struct stacks;

struct stack {
	uint64_t id;	    /* from 1 */
	const char *frames; /* "  leaf\n  caller\n..." without a last newline; "  ?": no symbol */
	bool lasting;	    /* all frames are in the kernel itself: their names never change */
};

/* *symbols must outlive it. Returns NULL for lack of memory. */
struct stacks *stacks_new(struct symbols *symbols);
void stacks_free(struct stacks *stacks);

/*
 * The stack of these return addresses, leaf first. The frames of the tracing itself, above location
 * (or above the hook, if location is 0 or not among them), are left out. depth is EVENT_STACK_MAX
 * at most. Returns NULL if no frame is left or for lack of memory; the result lives until the next
 * call.
 */
const struct stack *stacks_intern(struct stacks *stacks, const uint64_t *addresses, size_t depth,
				  uint64_t location);

/*
 * The return address into the caller of __kfree_skb, in a stack that a hook at its entry has taken;
 * 0 if it is none.
 */
uint64_t stacks_freed_at(struct stacks *stacks, const uint64_t *addresses, size_t depth);

/* Frames rendered as "?" so far. */
uint64_t stacks_unnamed(const struct stacks *stacks);

#endif
