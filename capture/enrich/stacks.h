/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STACKS_H
#define STACKS_H

/*
 * Stacks by number: each different one is symbolized and rendered once. The table is bounded; when
 * it is full it starts anew, and a stack seen again later has a new number.
 */

#include <stddef.h>
#include <stdint.h>

#include "kernel/symbolize.h"

struct stacks;

struct stack {
	uint64_t id;	    /* from 1 */
	const char *frames; /* "  leaf\n  caller\n..." without a last newline; "  ?": no symbol */
};

/* *symbols must outlive it. Returns NULL for lack of memory. */
struct stacks *stacks_new(struct symbols *symbols);
void stacks_free(struct stacks *stacks);

/*
 * The stack of these return addresses, leaf first. Frames of the tracing itself, above location
 * (or, if that is 0 or not among them, above the hook) are left out. Returns NULL for no frames or
 * lack of memory; the result lives until the next call.
 */
const struct stack *stacks_intern(struct stacks *stacks, const uint64_t *addresses, size_t depth,
				  uint64_t location);

/*
 * Where __kfree_skb was called from, of a stack that a hook at its entry has taken; 0 if it is
 * none.
 */
uint64_t stacks_freed_at(struct stacks *stacks, const uint64_t *addresses, size_t depth);

/* Frames rendered as "?" so far. */
uint64_t stacks_unnamed(const struct stacks *stacks);

#endif
