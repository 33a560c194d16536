/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECEIVED_BPF_H
#define RECEIVED_BPF_H

/*
 * Whose packet it is, for kernels that do not say so when they drop it (before 6.11). Hooks on the
 * entry to and the exit from tcp_v4_do_rcv and tcp_v6_do_rcv report which segment TCP is processing
 * on this CPU, and for which socket. Deeper nesting than one makes the outermost unknown, never
 * wrong. A connection in TIME_WAIT is known by the way in which it closed.
 */

#include "kernel.bpf.h"
#include "packet.bpf.h"
#include "socket.bpf.h"

struct processed_segment {
	const struct sk_buff *skb; /* NULL: TCP processes none */
	const struct sock *sk;
	__u64 drops; /* of the socket (sk_drops), as far as they are accounted for */
};

/* What TCP sends may be received at once, over a cable between namespaces: one level is kept. */
struct received {
	struct processed_segment now;
	struct processed_segment outer;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct received);
} received_segments SEC(".maps");

static __always_inline struct received *received_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&received_segments, &zero);
}

/* The order of the stores matters to an interrupt between them. */
static __always_inline int receive_begins(const struct sock *sk, const struct sk_buff *skb)
{
	struct received *received = received_here();

	if (!received)
		return 0;
	received->outer = received->now;
	received->now.skb = NULL;
	barrier();
	received->now.sk = sk;
	received->now.drops = kernel_sock_drops(sk);
	barrier();
	received->now.skb = skb;
	return 0;
}

static __always_inline int receive_ends(void)
{
	struct received *received = received_here();

	if (!received)
		return 0;
	if (received->outer.sk == received->now.sk)
		received->outer.drops = received->now.drops;
	received->now = received->outer;
	received->outer.skb = NULL;
	return 0;
}

/* Whether the packet's source is the socket's peer. */
static __always_inline bool is_from_peer(const struct sock *sk, const struct headers *h)
{
	__u32 source[4] = {}, peer[4] = {};

	if (h->family == AF_INET) {
		bpf_probe_read_kernel(source, 4, h->bytes + h->network + 12);
		peer[0] = BPF_CORE_READ(sk, __sk_common.skc_daddr);
	} else {
		bpf_probe_read_kernel(source, 16, h->bytes + h->network + 8);
		BPF_CORE_READ_INTO((struct in6_addr *)peer, sk, __sk_common.skc_v6_daddr);
	}
	return BPF_CORE_READ(sk, __sk_common.skc_dport) == bpf_htons(h->sport) &&
	       same_bytes(source, peer, 4);
}

/*
 * A task that the scheduler moved meanwhile has left another CPU's entry behind: the flow must fit.
 */
static __always_inline bool is_receiver_of(const struct sock *sk, const struct headers *h)
{
	if (socket_state(sk) == TCP_LISTEN)
		return BPF_CORE_READ(sk, __sk_common.skc_num) == h->dport;
	return is_from_peer(sk, h); /* a socket that has just closed has given back its own port */
}

/* The socket that TCP is processing on this CPU, if the packet is for it; else NULL. */
static __always_inline struct sock *received_socket(const struct headers *h)
{
	struct received *received = received_here();

	if (!received || !received->now.skb || !is_receiver_of(received->now.sk, h))
		return NULL;
	return (struct sock *)received->now.sk;
}

/* The socket for which TCP is processing this very skb; NULL: none, or it is not known. */
static __always_inline struct sock *received_by(const struct sk_buff *skb, const struct headers *h)
{
	struct received *received = received_here();

	return received && received->now.skb == skb ? received_socket(h) : NULL;
}

/*
 * Whether the socket that TCP is processing has counted a drop since the last call. Where
 * tcp_drop() is silent, it counts one in sk_drops and then calls __kfree_skb(); a free without it
 * is benign.
 */
static __always_inline bool received_drop_is_new(void)
{
	struct received *received = received_here();
	__u64 drops;

	if (!received || !received->now.skb)
		return false;
	drops = kernel_sock_drops(received->now.sk);
	if (drops == received->now.drops)
		return false;
	received->now.drops = drops;
	return true;
}

/*
 * Connections that closed as they should, with the time: TIME_WAIT takes their place for a minute
 * from the last packet on (TCP_TIMEWAIT_LEN).
 */
#define TIME_WAIT_NS 62000000000ULL

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow_key);
	__type(value, __u64);
} time_waits SEC(".maps");

/*
 * Called at each change of state. A connection that was reset has an error and leaves nothing
 * behind.
 */
static __always_inline void note_time_wait(const struct sock *sk, int old, int state)
{
	__u64 now = bpf_ktime_get_ns();
	struct flow_key key = {};
	bool closed;

	closed = state == TCP_CLOSE && (old == TCP_FIN_WAIT2 || old == TCP_CLOSING);
	if (state != TCP_ESTABLISHED && (!closed || BPF_CORE_READ(sk, sk_err)))
		return;
	flow_of(&sk->__sk_common, &key);
	if (closed)
		bpf_map_update_elem(&time_waits, &key, &now, BPF_ANY);
	else
		bpf_map_delete_elem(&time_waits, &key);
}

/* Whether TCP itself, not a firewall before it, frees what is for such a connection. */
static __always_inline bool is_for_time_wait(const struct headers *h, __u32 netns)
{
	__u64 now = bpf_ktime_get_ns(), *last;
	struct flow_key key = {};

	if (h->data != h->tcp)
		return false;
	flow_of_packet(h, netns, &key);
	last = bpf_map_lookup_elem(&time_waits, &key);
	if (!last || now - *last >= TIME_WAIT_NS)
		return false;
	*last = now;
	return true;
}

#endif
