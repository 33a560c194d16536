/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOLS_BPF_H
#define SYMBOLS_BPF_H

/*
 * The kernel functions whose addresses user space has found (struct symbol_table; it is empty where
 * addresses are hidden): the kind of function that an address is in, and the direction of a packet
 * by the stack that frees it.
 */

#include "kernel.bpf.h"
#include "record.h"

#define PATH_FRAMES 32 /* enough to get from the function that frees to one of the table */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct symbol_table);
} symtab SEC(".maps");

/* The stack of a free, by slot. */
struct path_frames {
	__u64 frames[PATH_FRAMES];
	__u64 is_in_use; /* as that of struct drop */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SLOT_COUNT);
	__type(key, __u32);
	__type(value, struct path_frames);
} path_frames SEC(".maps");

static __always_inline const struct symbol_table *symbol_table(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&symtab, &zero);
}

/* Returns whether the packet is in the receive queue of a socket. */
static __always_inline bool is_in_receive_queue(const struct sk_buff *skb)
{
	const struct symbol_table *table = symbol_table();
	__u64 destructor = (__u64)skb->destructor;

	return destructor && table &&
	       (destructor == table->sock_rfree || destructor == table->mptcp_rfree);
}

/*
 * Returns the kind of the function that the address is in, SYMBOL_NONE for all that are not in the
 * table. A global function, as first_kind(): the verifier checks its loop once, and not once for
 * each path that leads to it.
 */
__attribute__((noinline)) int symbol_kind(__u64 address)
{
	const struct symbol_table *table = symbol_table();
	const struct symbol_range *range;
	__u32 first = 0, half;

	if (!table)
		return SYMBOL_NONE;
	/* A binary search for the last range that starts at or below the address. */
	for (half = SYMBOL_RANGES_MAX / 2; half; half /= 2) {
		range = &table->ranges[(first + half) & (SYMBOL_RANGES_MAX - 1)];
		if (range->start <= address)
			first += half;
	}
	range = &table->ranges[first & (SYMBOL_RANGES_MAX - 1)];
	return address - range->start < range->size ? range->kind : SYMBOL_NONE;
}

/*
 * Returns the kind of the first function of the table in the stack of the slot, from the leaf on.
 * SYMBOL_COPY does not count: it says nothing about the path.
 */
__attribute__((noinline)) int first_kind(__u64 slot, __u64 count)
{
	__u32 key = slot;
	struct path_frames *path = bpf_map_lookup_elem(&path_frames, &key);
	int kind = SYMBOL_NONE;

	for (__u64 i = 0; path && i < PATH_FRAMES && kind == SYMBOL_NONE; i++) {
		if (i >= count)
			break;
		kind = symbol_kind(path->frames[i] - 1); /* a return address */
		if (kind == SYMBOL_COPY)
			kind = SYMBOL_NONE;
	}
	return kind;
}

/* The same for the stack of this free, which is walked here: that takes 4 us. */
static __always_inline int path_kind(void *ctx, __u32 slot)
{
	struct path_frames *path = bpf_map_lookup_elem(&path_frames, &slot);
	int kind = SYMBOL_NONE;
	long size;

	if (!path || path->is_in_use)
		return SYMBOL_NONE;
	path->is_in_use = 1;
	barrier();
	size = bpf_get_stack(ctx, path->frames, sizeof(path->frames), 0);
	if (size > 0)
		kind = first_kind(slot, size / 8);
	barrier();
	path->is_in_use = 0;
	return kind;
}

/* Returns the direction of the path on which the packet is freed. */
static __always_inline __u8 path_direction(void *ctx, __u32 slot)
{
	switch (path_kind(ctx, slot)) {
	case SYMBOL_OUT:
	case SYMBOL_SEGMENT:
	case SYMBOL_SENT:
		return RECORD_DIR_OUT;
	case SYMBOL_IN:
	case SYMBOL_TCP:
		return RECORD_DIR_IN;
	default:
		return RECORD_DIR_UNKNOWN;
	}
}

#endif
