/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECEIVED_BPF_H
#define RECEIVED_BPF_H

/*
 * The segment that TCP has in hand on a CPU, and whose it is: for kernels that do not say so when they
 * drop it (before 6.11). Entry to and exit from tcp_v4_do_rcv and tcp_v6_do_rcv tell. An interrupt
 * that receives amid another's segment makes that one unknown, never wrong.
 */

#include "kernel.bpf.h"
#include "packet.bpf.h"
#include "socket.bpf.h"

struct received {
	const struct sk_buff *skb; /* NULL: none in hand */
	const struct sock *sk;
	__u32 drops; /* of the socket (sk_drops), as far as they are accounted for */
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct received);
} in_hand SEC(".maps");

static __always_inline struct received *received_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&in_hand, &zero);
}

static __always_inline int receive_begins(const struct sock *sk, const struct sk_buff *skb)
{
	struct received *received = received_here();

	if (!received)
		return 0;
	received->skb = skb;
	received->sk = sk;
	received->drops = kernel_sock_drops(sk);
	return 0;
}

static __always_inline int receive_ends(void)
{
	struct received *received = received_here();

	if (received)
		received->skb = NULL;
	return 0;
}

static __always_inline bool same_bytes(const void *a, const void *b, __u32 words)
{
	const __u32 *left = a, *right = b;

	for (__u32 i = 0; i < words; i++) {
		if (left[i] != right[i])
			return false;
	}
	return true;
}

/* Whether the packet's source is the socket's peer. */
static __always_inline bool is_from_peer(const struct sock *sk, const struct headers *h)
{
	__u32 source[4] = {}, peer[4] = {};

	if (h->family == AF_INET) {
		bpf_probe_read_kernel(source, 4, h->head + h->network + 12);
		peer[0] = BPF_CORE_READ(sk, __sk_common.skc_daddr);
	} else {
		bpf_probe_read_kernel(source, 16, h->head + h->network + 8);
		BPF_CORE_READ_INTO((struct in6_addr *)peer, sk, __sk_common.skc_v6_daddr);
	}
	return BPF_CORE_READ(sk, __sk_common.skc_dport) == bpf_htons(h->sport) &&
	       same_bytes(source, peer, 4);
}

/* A task that the scheduler moved meanwhile has left another CPU's entry behind: the flow must fit. */
static __always_inline bool is_receiver_of(const struct sock *sk, const struct headers *h)
{
	if (BPF_CORE_READ(sk, __sk_common.skc_num) != h->dport)
		return false;
	return socket_state(sk) == TCP_LISTEN || is_from_peer(sk, h);
}

/* The socket at work here, if the packet is for it; else NULL. */
static __always_inline struct sock *received_socket(const struct headers *h)
{
	struct received *received = received_here();

	if (!received || !received->skb || !is_receiver_of(received->sk, h))
		return NULL;
	return (struct sock *)received->sk;
}

/* The socket that has this very skb in hand; NULL: none has, or it is not known. */
static __always_inline struct sock *received_by(const struct sk_buff *skb, const struct headers *h)
{
	struct received *received = received_here();

	return received && received->skb == skb ? received_socket(h) : NULL;
}

/*
 * Whether the socket at work has counted a drop since the last call. Where tcp_drop() is silent, it
 * counts one in sk_drops and then calls __kfree_skb(); what is freed without it has served its purpose.
 */
static __always_inline bool received_drop_is_new(void)
{
	struct received *received = received_here();
	__u32 drops;

	if (!received || !received->skb)
		return false;
	drops = kernel_sock_drops(received->sk);
	if (drops == received->drops)
		return false;
	received->drops = drops;
	return true;
}

#endif
