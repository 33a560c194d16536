/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NOTED_LIFE_BPF_H
#define NOTED_LIFE_BPF_H

/*
 * What is noted of a connection from its birth to its end. The address of a socket does not
 * identify it: the kernel uses it again. A life is noted with the flow of its socket, as owners are
 * (owner.bpf.h). A birth that was not seen is unknown, never another one's.
 *
 * A noted life whose socket is gone is that of a connection whose end was not seen: the kernel
 * skips a program that is running on this CPU already, and there are machines on which it runs none
 * in the interrupts of some processes. Such ends are counted when the address is used again, and
 * those that are left when the capture ends (is_gone()).
 */

#include "flow.bpf.h"
#include "kernel.bpf.h"
#include "owner.bpf.h"
#include "record.h"
#include "socket.bpf.h"

/*
 * Connections that are open at the same time. Not an LRU map: an evicted birth would look like one
 * before the capture began.
 */
#define LIVES_MAX 131072

struct noted_life {
	__u64 birth_ns; /* CLOCK_BOOTTIME; 0: unknown */
	__u64 flow; /* owner_flow() of the socket; 0: a child in SYN_RECV, whose flow is unknown */
	__u32 drops;
	__u32 opened; /* enum record_opened */
};

/* Key: address of the socket. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LIVES_MAX);
	__type(key, __u64);
	__type(value, struct noted_life);
} lives SEC(".maps");

/* Births that found no room in lives, and ends that were not seen. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record_unnoted);
} unnoted_births SEC(".maps");

/* A socket whose state changes, by a typed pointer. */
struct change {
	const struct tcp_sock *tp;
	struct flow_key key;
	struct socket_flow flow;
	__u8 old;
	__u8 state;
};

static __always_inline void count_unnoted(__u64 now_ns)
{
	__u32 zero = 0;
	struct record_unnoted *unnoted = bpf_map_lookup_elem(&unnoted_births, &zero);

	if (!unnoted)
		return;
	__sync_fetch_and_add(&unnoted->count, 1);
	unnoted->last_ns = now_ns;
}

/* The end of that life was not seen. One without a birth is not counted. */
static __always_inline void count_unseen_end(const struct noted_life *life)
{
	__u32 zero = 0;
	struct record_unnoted *unnoted = bpf_map_lookup_elem(&unnoted_births, &zero);

	if (unnoted && life->birth_ns)
		__sync_fetch_and_add(&unnoted->unseen_ends, 1);
}

static __always_inline void note_birth(const struct change *change)
{
	__u64 address = (__u64)change->tp, now_ns = bpf_ktime_get_boot_ns();
	struct noted_life *earlier = bpf_map_lookup_elem(&lives, &address);
	struct noted_life life = { .birth_ns = now_ns, .opened = RECORD_OPENED_PASSIVE };

	if (change->state == TCP_SYN_SENT) {
		life.flow = change->flow.without_port;
		life.opened = BPF_CORE_READ_BITFIELD(change->tp, repair) ? RECORD_OPENED_RESTORED
									 : RECORD_OPENED_ACTIVE;
	}
	if (earlier) {
		count_unseen_end(earlier);
		*earlier = life;
	} else if (bpf_map_update_elem(&lives, &address, &life, BPF_ANY)) {
		count_unnoted(now_ns);
	}
}

/*
 * Returns whether the noted life is that of a socket with this flow, which is in that state. The
 * port is missing in a noted flow until the socket leaves SYN_SENT, and for good if the kernel has
 * skipped both programs for that change.
 */
static __always_inline bool is_same_life(const struct noted_life *life,
					 const struct socket_flow *flow, __u8 state)
{
	if (!life->flow)
		return state == TCP_SYN_RECV;
	return life->flow == flow->whole || life->flow == flow->without_port;
}

/* Returns the noted life of sk, which has this flow and that state; NULL if it is unknown. */
static __always_inline struct noted_life *find_life(const struct sock *sk,
						    const struct socket_flow *flow, __u8 state)
{
	__u64 address = (__u64)sk;
	struct noted_life *life = bpf_map_lookup_elem(&lives, &address);

	return life && is_same_life(life, flow, state) ? life : NULL;
}

/* A socket leaves SYN_SENT or SYN_RECV, and has its whole flow from now on. */
static __always_inline void note_open(const struct change *change)
{
	struct noted_life *life = find_life((const void *)change->tp, &change->flow, change->old);

	if (life)
		life->flow = change->flow.whole;
}

/* Counts a drop of a packet of sk. The connection may be older than the capture. */
static __always_inline void note_drop_of_life(const struct sock *sk)
{
	__u8 state = socket_state(sk);
	__u64 address = (__u64)sk;
	struct noted_life new = { .drops = 1 };
	struct socket_flow flow;
	struct noted_life *life;

	if (!sk || !is_full_socket(state) || state == TCP_LISTEN || state == TCP_CLOSE)
		return;
	flow = socket_flow(&sk->__sk_common);
	life = bpf_map_lookup_elem(&lives, &address);
	if (life && is_same_life(life, &flow, state)) {
		__sync_fetch_and_add(&life->drops, 1);
		return;
	}
	if (life)
		count_unseen_end(life);
	new.flow = owner_flow(&flow, state);
	bpf_map_update_elem(&lives, &address, &new, BPF_ANY);
}

/*
 * sk is destroyed, after its connection has ended. A lookup takes no lock, and mostly there is no
 * entry any more.
 */
static __always_inline void forget_life(const struct sock *sk)
{
	__u64 address = (__u64)sk;
	struct noted_life *life = bpf_map_lookup_elem(&lives, &address);

	if (!life)
		return;
	count_unseen_end(life);
	bpf_map_delete_elem(&lives, &address);
}

/*
 * Returns whether no socket has the noted life any more. The flow of one whose next change of state
 * was not seen may be noted without its port, or not at all.
 */
static __always_inline bool is_gone(const struct sock *sk, const struct noted_life *life)
{
	__u8 state = socket_state(sk);
	struct socket_flow flow;

	if (!state || !is_full_socket(state) || state == TCP_CLOSE || state == TCP_LISTEN)
		return true;
	flow = socket_flow(&sk->__sk_common);
	return life->flow && life->flow != flow.whole && life->flow != flow.without_port;
}

/*
 * Returns whether the end of the life was not seen; key and life are an entry of lives, or NULL. A
 * connection that ends meanwhile is none: its end deletes the entry before the socket changes.
 */
static __always_inline bool has_unseen_end(const __u64 *key, const struct noted_life *life)
{
	const struct noted_life *again;
	struct noted_life noted;
	__u64 address;

	if (!key || !life)
		return false;
	address = *key;
	noted = *life;
	if (!noted.birth_ns || !is_gone((const struct sock *)address, &noted))
		return false;
	again = bpf_map_lookup_elem(&lives, &address);
	return again && again->birth_ns == noted.birth_ns && again->flow == noted.flow;
}

#endif
