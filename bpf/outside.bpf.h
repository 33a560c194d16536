/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUTSIDE_BPF_H
#define OUTSIDE_BPF_H

/*
 * Packets that are dropped outside of skbs: by XDP in a driver, or by a device that reports it
 * (devlink traps). They have no event; they are counted by device, whatever their protocol. A
 * program of XDP that returns XDP_DROP runs no tracepoint: such packets are not counted here.
 */

#include "kernel.bpf.h"
#include "outside_record.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, OUTSIDE_COUNTS_MAX);
	__type(key, struct record_outside_key);
	__type(value, struct record_outside);
} outside_counts SEC(".maps");

/* Whether packets of this program have skbs, and so events: it is that of generic XDP. */
static __always_inline bool is_generic_xdp(const struct net_device *dev, const void *prog)
{
	return prog && BPF_CORE_READ(dev, xdp_prog) == prog;
}

/* Returns the count of the device, or that of all others if the map has no room. */
static __always_inline struct record_outside *outside_count(struct record_outside_key *key,
							    const struct record_outside *first)
{
	struct record_outside *found = bpf_map_lookup_elem(&outside_counts, key);
	const struct record_outside_key other = { .kind = RECORD_OUTSIDE_OTHER };

	if (found)
		return found;
	bpf_map_update_elem(&outside_counts, key, first, BPF_NOEXIST);
	found = bpf_map_lookup_elem(&outside_counts, key);
	return found ?: bpf_map_lookup_elem(&outside_counts, &other);
}

/* dev: NULL if the tracepoint has none. */
static __always_inline int count_outside(const struct net_device *dev,
					 enum record_outside_kind kind, __u32 packets)
{
	struct record_outside_key key = { .kind = kind };
	struct record_outside first = {}, *found;

	if (!packets)
		return 0;
	if (dev) {
		key.netns = BPF_CORE_READ(dev, nd_net.net, ns.inum);
		key.ifindex = BPF_CORE_READ(dev, ifindex);
		BPF_CORE_READ_STR_INTO(&first.ifname, dev, name);
	}
	found = outside_count(&key, &first);
	if (found)
		__sync_fetch_and_add(&found->packets, packets);
	return 0;
}

/*
 * A driver traces what the program aborted, or what it cannot send. It also traces a redirection
 * that failed, which on_redirect_error() has counted before.
 */
static __always_inline int on_exception(const struct net_device *dev, const void *prog,
					__u32 action)
{
	if (action == XDP_REDIRECT || is_generic_xdp(dev, prog))
		return 0;
	return count_outside(dev, action == XDP_TX ? RECORD_OUTSIDE_TX : RECORD_OUTSIDE_ABORTED, 1);
}

static __always_inline int on_redirect_error(const struct net_device *dev, const void *prog)
{
	return is_generic_xdp(dev, prog) ? 0 : count_outside(dev, RECORD_OUTSIDE_REDIRECT, 1);
}

/* The traps of other types are for packets that were not dropped. */
static __always_inline int on_trap(const struct devlink_trap_metadata *trap)
{
	if (bpf_core_field_exists(trap->trap_type) &&
	    BPF_CORE_READ(trap, trap_type) !=
		    bpf_core_enum_value(enum devlink_trap_type, DEVLINK_TRAP_TYPE_DROP))
		return 0;
	return count_outside(BPF_CORE_READ(trap, input_dev), RECORD_OUTSIDE_TRAP, 1);
}

#endif
