/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LISTEN_COUNTS_BPF_H
#define LISTEN_COUNTS_BPF_H

/*
 * Whether a listener has just dropped a packet, and why, by the kernel's own counters. Each drop of
 * a listener increments ListenDrops of its namespace (tcp_listendrop), and before that
 * ListenOverflows if the accept queue was full, or TCPReqQFullDrop if the queue of requests was
 * (tcp_conn_request, tcp_v4_syn_recv_sock). There is one counter for each CPU, and the kernel
 * processes a packet and frees it on the same CPU without another one in between: what has been
 * counted on this CPU since the last look belongs to the packet that it has just processed. That
 * holds for several CPUs at once, unlike for the counter of the socket (sk_drops).
 */

#include "cpu_state.bpf.h"
#include "kernel.bpf.h"
#include "record.h"

/* Indexes in linux_mib.mibs, from the kernel's BTF. */
const volatile __u32 mib_listen_drops;
const volatile __u32 mib_listen_overflows;
const volatile __u32 mib_request_queue_full;

/* Whether hooks of listen.bpf.h are attached, and those of which way. */
const volatile bool with_listen_drops;
const volatile bool listen_by_fentry;

/* Arguments of the consume_skb tracepoint: skb; location, in 6.3 (dd1b527831a3) and later. */
const volatile __u8 consume_skb_args = 2;

/*
 * Where tcp_rcv_state_process() is, from user space's symbol table. Its size is 0 until then, and
 * where addresses are hidden.
 */
volatile __u64 listen_code_start;
volatile __u64 listen_code_size;

struct listen_counts {
	__u64 drops;
	__u64 overflows;
	__u64 queue_full;
	__u64 is_known; /* whether this CPU has an earlier snapshot */
};

/* The inode number distinguishes a namespace from an earlier one at the same address. */
struct listen_net {
	__u64 net;
	__u64 inode;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct listen_net);
	__type(value, struct listen_counts);
} listen_counts SEC(".maps");

/*
 * Returns the distance of this CPU's copy of a per-CPU variable of the kernel from the variable's
 * address, 0 if an interrupt came between. It is found by a variable whose both addresses are
 * known: the value of a per-CPU map.
 */
static __always_inline __u64 this_cpu_offset(void)
{
	struct cpu_state *state = this_cpu_state();
	__u64 map, here, base = 0;

	if (!state || state->per_cpu_offset)
		return state ? state->per_cpu_offset : 0;
	map = launder_ptr(&cpu_states);
	here = launder_ptr(state);
	if (!map || !here)
		return 0;
	bpf_probe_read_kernel(&base, sizeof(base),
			      (void *)(map + bpf_core_field_offset(struct bpf_array, pptrs)));
	state->per_cpu_offset = here - base;
	return here - base;
}

/* Returns this CPU's counters of the namespace, NULL if they cannot be found. */
static __always_inline const unsigned long *listen_mibs(const struct net *net)
{
	const struct linux_mib *mib = BPF_CORE_READ(net, mib.net_statistics);
	__u64 offset = this_cpu_offset();

	if (!mib || !offset)
		return NULL;
	return (void *)mib + offset + bpf_core_field_offset(struct linux_mib, mibs);
}

static __always_inline bool read_listen_counts(const unsigned long *mibs,
					       struct listen_counts *counts)
{
	counts->is_known = 1;
	return !bpf_probe_read_kernel(&counts->drops, 8, &mibs[mib_listen_drops]) &&
	       !bpf_probe_read_kernel(&counts->overflows, 8, &mibs[mib_listen_overflows]) &&
	       !bpf_probe_read_kernel(&counts->queue_full, 8, &mibs[mib_request_queue_full]);
}

/*
 * Takes a snapshot of the counters of this CPU and namespace, and fills *since with the differences
 * to the last one. Without an earlier snapshot, is_known is 0, and *since has all that was counted
 * since the namespace was created. Returns false if the counters cannot be read.
 */
static __always_inline bool look_at_listen_counts(const struct net *net,
						  struct listen_counts *since)
{
	struct listen_net key = { .net = (__u64)net };
	struct listen_counts now = {}, *last;
	const unsigned long *mibs = net ? listen_mibs(net) : NULL;

	*since = now;
	if (!mibs || !read_listen_counts(mibs, &now))
		return false;
	key.inode = BPF_CORE_READ(net, ns.inum);
	last = bpf_map_lookup_elem(&listen_counts, &key);
	if (!last) {
		*since = now;
		since->is_known = 0;
		bpf_map_update_elem(&listen_counts, &key, &now, BPF_ANY);
		return true;
	}
	since->drops = now.drops - last->drops;
	since->overflows = now.overflows - last->overflows;
	since->queue_full = now.queue_full - last->queue_full;
	since->is_known = last->is_known;
	*last = now;
	return true;
}

/*
 * Returns whether a hook takes a snapshot of the counters at each SYN for a listener. Only then
 * does a difference belong to the packet that is being freed.
 */
static __always_inline bool has_listen_hook(void)
{
	return with_listen_drops && (listen_by_fentry || consume_skb_args < 2 || listen_code_size);
}

static __always_inline __u8 listen_cause(const struct listen_counts *since)
{
	if (since->overflows)
		return RECORD_CAUSE_LISTEN_OVERFLOW;
	if (since->queue_full)
		return RECORD_CAUSE_SYN_QUEUE_FULL;
	return since->drops ? RECORD_CAUSE_LISTEN_DROP : RECORD_CAUSE_NONE;
}

#endif
