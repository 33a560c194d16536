/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYMBOLS_BPF_H
#define SYMBOLS_BPF_H

/*
 * The kernel functions that user space has named (struct symbol_table; empty where addresses are
 * hidden): in which of them an address is, and on which way a packet is by the stack.
 */

#include "kernel.bpf.h"
#include "record.h"

#define PATH_FRAMES 32 /* deep enough for what frees to meet the way that it is on */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct symbol_table);
} symbols SEC(".maps");

/* A walked stack; each program has one of its own, for it may interrupt the other. */
struct path_frames {
	__u64 frames[PATH_FRAMES];
	__u64 busy; /* an interrupt may meet the program amid it (5.10) */
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

	return bpf_map_lookup_elem(&symbols, &zero);
}

/* Whether the packet has been received by a socket, and is in a queue of it. */
static __always_inline bool is_in_receive_queue(const struct sk_buff *skb)
{
	const struct symbol_table *table = symbol_table();
	__u64 destructor = (__u64)skb->destructor;

	return destructor && table &&
	       (destructor == table->sock_rfree || destructor == table->mptcp_rfree);
}

/*
 * The kind of the function that the address is in: SYMBOL_NONE for all that have no name here.
 * Global, as is first_kind: the verifier looks at its loop once, and not for each way that leads to
 * it.
 */
__attribute__((noinline)) int symbol_kind(__u64 address)
{
	const struct symbol_table *table = symbol_table();
	const struct symbol_range *range;
	__u32 first = 0, half;

	if (!table)
		return SYMBOL_NONE;
	/*
	 * The last range that starts at or below the address; those that are not used start beyond
	 * all.
	 */
	for (half = SYMBOL_RANGES_MAX / 2; half; half /= 2) {
		range = &table->ranges[(first + half) & (SYMBOL_RANGES_MAX - 1)];
		if (range->start <= address)
			first += half;
	}
	range = &table->ranges[first & (SYMBOL_RANGES_MAX - 1)];
	return address - range->start < range->size ? range->kind : SYMBOL_NONE;
}

/* The first function of a kind that the walked stack has, from the leaf on. */
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

/* The same of the stack that leads here, walked now, which takes 4 us. */
static __always_inline int path_kind(void *ctx, __u32 slot)
{
	struct path_frames *path = bpf_map_lookup_elem(&path_frames, &slot);
	int kind = SYMBOL_NONE;
	long size;

	if (!path || path->busy)
		return SYMBOL_NONE;
	path->busy = 1;
	barrier();
	size = bpf_get_stack(ctx, path->frames, sizeof(path->frames), 0);
	if (size > 0)
		kind = first_kind(slot, size / 8);
	barrier();
	path->busy = 0;
	return kind;
}

/* The direction that the stack tells. */
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
