/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RX_BPF_H
#define RX_BPF_H

/*
 * The receiving socket of a drop, for kernels whose kfree_skb tracepoint does not name it (before
 * 6.11). TCP processes a segment in tcp_v4_do_rcv(sk, skb) or tcp_v6_do_rcv(sk, skb), and most of
 * its drops happen in their callees: tcp_rcv_established(), tcp_rcv_state_process() and
 * tcp_data_queue() call tcp_drop(). Hooks at the entry and the exit of the two note the segment
 * that this CPU is processing and its socket. One level of nesting is kept; with more, the
 * outermost segment becomes unknown, never a wrong one.
 *
 * A segment for a connection in TIME_WAIT does not get there: tcp_v4_rcv() itself frees it after
 * tcp_timewait_state_process(). Such a connection is known by its flow, noted when it closed.
 */

#include "kernel.bpf.h"
#include "packet.bpf.h"
#include "socket.bpf.h"

struct rx_segment {
	const struct sk_buff *skb; /* NULL: TCP is processing none */
	const struct sock *sk;
	__u64 drops; /* the socket's sk_drops when rx_has_dropped() last looked */
};

/* A cable between namespaces delivers at once what TCP sends: its processing is then nested. */
struct rx_state {
	struct rx_segment now;
	struct rx_segment outer;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rx_state);
} rx_states SEC(".maps");

static __always_inline struct rx_state *this_cpu_rx(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&rx_states, &zero);
}

/* now.skb is NULL while the rest of it is incomplete: an interrupt may come between two stores. */
static __always_inline int rx_enter(const struct sock *sk, const struct sk_buff *skb)
{
	struct rx_state *rx = this_cpu_rx();

	if (!rx)
		return 0;
	rx->outer = rx->now;
	rx->now.skb = NULL;
	barrier();
	rx->now.sk = sk;
	rx->now.drops = kernel_sock_drops(sk);
	barrier();
	rx->now.skb = skb;
	return 0;
}

static __always_inline int rx_exit(void)
{
	struct rx_state *rx = this_cpu_rx();

	if (!rx)
		return 0;
	if (rx->outer.sk == rx->now.sk)
		rx->outer.drops = rx->now.drops;
	rx->now = rx->outer;
	rx->outer.skb = NULL;
	return 0;
}

/* Returns whether the source of the packet is the peer of sk. */
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
	       same_words(source, peer, 4);
}

/*
 * Returns whether the packet is for sk. This is not certain: the scheduler may move a task to
 * another CPU in the middle of its processing, and its entry then stays on the first one.
 */
static __always_inline bool is_receiver_of(const struct sock *sk, const struct headers *h)
{
	if (socket_state(sk) == TCP_LISTEN)
		return BPF_CORE_READ(sk, __sk_common.skc_num) == h->dport;
	return is_from_peer(sk, h); /* a socket that has just closed has no local port any more */
}

/* Returns the socket for which TCP is processing a segment on this CPU if the packet is for it. */
static __always_inline struct sock *rx_socket(const struct headers *h)
{
	struct rx_state *rx = this_cpu_rx();

	if (!rx || !rx->now.skb || !is_receiver_of(rx->now.sk, h))
		return NULL;
	return (struct sock *)rx->now.sk;
}

/* Returns the socket for which TCP is processing this very skb; NULL: none, or unknown. */
static __always_inline struct sock *rx_socket_of(const struct sk_buff *skb, const struct headers *h)
{
	struct rx_state *rx = this_cpu_rx();

	return rx && rx->now.skb == skb ? rx_socket(h) : NULL;
}

/*
 * Returns whether the socket for which TCP is processing a segment has counted a drop since the
 * last call. Before 5.18, tcp_drop() counts the drop in sk_drops and then calls __kfree_skb(),
 * which has no tracepoint. A __kfree_skb() without a new drop is a benign free.
 */
static __always_inline bool rx_has_dropped(void)
{
	struct rx_state *rx = this_cpu_rx();
	__u64 drops;

	if (!rx || !rx->now.skb)
		return false;
	drops = kernel_sock_drops(rx->now.sk);
	if (drops == rx->now.drops)
		return false;
	rx->now.drops = drops;
	return true;
}

/*
 * Flows of connections that have closed regularly, with the time: TIME_WAIT replaces them until
 * TCP_TIMEWAIT_LEN (60 s) after their last packet.
 */
#define TIME_WAIT_NS 62000000000ULL

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow_key);
	__type(value, __u64);
} time_waits SEC(".maps");

/*
 * sk, whose flow is key, changes its state. tcp_time_wait() closes a socket that is in one of these
 * two states; a connection that was reset has an error, and no TIME_WAIT.
 */
static __always_inline void note_time_wait(const struct sock *sk, const struct flow_key *key,
					   __u8 old, __u8 state)
{
	__u64 now = bpf_ktime_get_ns();
	bool closed;

	closed = is_replaced(old, state);
	if (state != TCP_ESTABLISHED && (!closed || BPF_CORE_READ(sk, sk_err)))
		return;
	if (closed)
		bpf_map_update_elem(&time_waits, key, &now, BPF_ANY);
	else
		bpf_map_delete_elem(&time_waits, key);
}

/*
 * Returns whether the packet is for a connection in TIME_WAIT and it is TCP that frees it, not a
 * firewall before TCP: ip_local_deliver_finish() has moved skb->data to the TCP header.
 */
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
