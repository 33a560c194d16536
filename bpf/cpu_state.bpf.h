/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CPU_STATE_BPF_H
#define CPU_STATE_BPF_H

/*
 * State that the programs of one CPU share from one event to the next. An interrupt may change it
 * between any two instructions of the program that it interrupted.
 */

#include "kernel.bpf.h"
#include "record.h"

#define CLAIMS_MAX 8

/*
 * The index of a hook in cpu_state.nested_runs is its kind of event (enum record_event). Resets
 * have two hooks: the one of received resets has this index, which is not a kind.
 */
#define HOOK_RESET_RECEIVED 0

struct cpu_state {
	__u64 claims[CLAIMS_MAX]; /* of claim_event(): addresses of objects; 0: free */
	__u64 bytes_since_wakeup; /* submitted to the ring since user space was woken */
	__u64 laundered;	  /* the pointer in launder_ptr() */
	__u64 per_cpu_offset;	  /* this_cpu_offset(); 0: unknown */
	__u64 qdisc_skb;	  /* the packet that a qdisc drops; 0: none (qdisc.bpf.h) */
	__u32 qdisc_reason;
	__u8 nested_runs[RECORD_EVENT_END]; /* whether the nested program of the hook is running */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_state);
} cpu_states SEC(".maps");

static __always_inline struct cpu_state *this_cpu_state(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&cpu_states, &zero);
}

/*
 * Turns a typed pointer into a scalar by storing and reloading it: the verifier stops tracking its
 * type, for less than a probe read costs. Returns 0 if an interrupt has stored another pointer in
 * between.
 */
static __always_inline __u64 launder_ptr(const void *pointer)
{
	struct cpu_state *state = this_cpu_state();
	__u64 stored = (__u64)pointer, loaded;

	if (!state)
		return 0;
	state->laundered = (__u64)pointer;
	barrier();
	loaded = state->laundered;
	barrier_var(stored);
	return loaded == stored ? loaded : 0;
}

#endif
