/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLOSED_OWNER_BPF_H
#define CLOSED_OWNER_BPF_H

/*
 * Owners by flow, without a lock. Another CPU may read an entry in the middle of its change: its
 * tag binds the owner to the flow, so that half of one and half of another are the owner of none.
 */

#include "kernel.bpf.h"
#include "record.h"

#define CLOSED_SETS 16384 /* a power of two */
#define CLOSED_WAYS 4

struct flow_owner {
	__u64 tag; /* the flow ^ owner_digest(); 0: no owner */
	struct record_owner owner;
};

static __always_inline __u64 owner_digest(const struct record_owner *owner)
{
	const __u64 *comm = (const __u64 *)owner->comm;
	__u64 hash = ((__u64)owner->how << 32 | owner->pid) * HASH_FACTOR;

	hash = (hash ^ hash >> 29 ^ comm[0]) * HASH_FACTOR;
	return (hash ^ hash >> 29 ^ comm[1]) * HASH_FACTOR;
}

/* Copies the owner if it is that of the flow. */
static __always_inline bool read_owner(const struct flow_owner *from, __u64 flow,
				       struct record_owner *to)
{
	struct flow_owner copy = *from;

	if (!copy.tag || (copy.tag ^ owner_digest(&copy.owner)) != flow)
		return false;
	*to = copy.owner;
	return true;
}

static __always_inline void write_owner(struct flow_owner *to, __u64 flow,
					const struct record_owner *owner)
{
	to->owner = *owner;
	to->tag = flow ^ owner_digest(owner);
}

struct closed_set {
	struct flow_owner ways[CLOSED_WAYS]; /* the latest first */
};

/*
 * The owners of closed connections by flow: TIME_WAIT replaces the socket by another one. Index:
 * bits of the flow. A set keeps its latest ways; an LRU map would cost ten times as much, since
 * nothing of it is in the CPU's cache.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CLOSED_SETS);
	__type(key, __u32);
	__type(value, struct closed_set);
} closed_owners SEC(".maps");

static __always_inline struct closed_set *closed_set_of(__u64 flow)
{
	__u32 index = flow >> 40 & (CLOSED_SETS - 1);

	return bpf_map_lookup_elem(&closed_owners, &index);
}

/* Copies the owner of the closed connection with that flow. */
static __always_inline bool find_closed_owner(__u64 flow, struct record_owner *owner)
{
	struct closed_set *set = closed_set_of(flow);

	for (int i = 0; set && i < CLOSED_WAYS; i++) {
		if (read_owner(&set->ways[i], flow, owner))
			return true;
	}
	return false;
}

static __always_inline void forget_closed_owner(__u64 flow)
{
	struct closed_set *set = closed_set_of(flow);
	struct record_owner owner;

	for (int i = 0; set && i < CLOSED_WAYS; i++) {
		if (read_owner(&set->ways[i], flow, &owner))
			set->ways[i].tag = 0;
	}
}

static __always_inline void note_closed_owner(__u64 flow, const struct record_owner *owner)
{
	struct closed_set *set = closed_set_of(flow);

	if (!set)
		return;
	for (int i = CLOSED_WAYS - 1; i > 0; i--)
		set->ways[i] = set->ways[i - 1];
	write_owner(&set->ways[0], flow, owner);
}

#endif
