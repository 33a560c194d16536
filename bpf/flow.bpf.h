/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FLOW_BPF_H
#define FLOW_BPF_H

/*
 * The flow of a socket or packet: the addresses and ports of both ends, seen from one of them, and
 * the namespace.
 */

#include "kernel.bpf.h"
#include "packet.bpf.h"

struct flow_key {
	struct in6_addr_raw {
		__u32 word[4]; /* IPv4 in the first */
	} local, peer;
	__u32 netns;
	__u32 ports; /* upper half: local, in host order; lower half: peer, in network order */
};

/* A flow as a number, which another flow has with negligible probability. */
struct socket_flow {
	__u64 whole;
	__u64 without_port; /* as if the socket had no local port */
};

/*
 * Returns whether a socket in that state is a struct sock, and not a request or time-wait socket.
 */
static __always_inline bool is_full_socket(__u8 state)
{
	return state != TCP_TIME_WAIT && state != TCP_NEW_SYN_RECV;
}

/*
 * Returns the local port in host order. tcp_set_state() clears skc_num when it closes a socket,
 * which may still send; inet_sport stays.
 */
static __always_inline __u16 local_port(const struct sock_common *common)
{
	const struct inet_sock *inet = (const void *)common;
	__u16 port = BPF_CORE_READ(common, skc_num);

	if (port || !is_full_socket(BPF_CORE_READ(common, skc_state)))
		return port;
	return bpf_ntohs(BPF_CORE_READ(inet, inet_sport));
}

/*
 * Returns AF_INET for an AF_INET6 socket, too, if its peer has a mapped address (::ffff:a.b.c.d).
 */
static __always_inline __u8 socket_family(const struct sock_common *common)
{
	__u32 address[4];

	if (BPF_CORE_READ(common, skc_family) != AF_INET6)
		return AF_INET;
	BPF_CORE_READ_INTO(&address, common, skc_v6_daddr);
	if (!address[0] && !address[1] && address[2] == bpf_htonl(0xffff))
		return AF_INET;
	return AF_INET6;
}

static __always_inline void flow_of(const struct sock_common *common, struct flow_key *key)
{
	key->ports = (__u32)local_port(common) << 16 | BPF_CORE_READ(common, skc_dport);
	key->netns = BPF_CORE_READ(common, skc_net.net, ns.inum);
	if (socket_family(common) == AF_INET6) {
		BPF_CORE_READ_INTO((struct in6_addr *)&key->local, common, skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO((struct in6_addr *)&key->peer, common, skc_v6_daddr);
	} else {
		key->local.word[0] = BPF_CORE_READ(common, skc_rcv_saddr);
		key->peer.word[0] = BPF_CORE_READ(common, skc_daddr);
	}
}

/*
 * The family and the flow of a full socket by a typed pointer (a checked argument of a tracepoint):
 * loads through it cost less than a probe read.
 */
static __always_inline __u8 typed_family(const struct sock *sk)
{
	const __u32 *peer = (const __u32 *)&sk->__sk_common.skc_v6_daddr;

	if (sk->__sk_common.skc_family != AF_INET6)
		return AF_INET;
	return !peer[0] && !peer[1] && peer[2] == bpf_htonl(0xffff) ? AF_INET : AF_INET6;
}

static __always_inline __u16 typed_local_port(const struct tcp_sock *tp)
{
	const struct inet_sock *inet = (const void *)tp;
	const struct sock *sk = (const void *)tp;

	return sk->__sk_common.skc_num ?: bpf_ntohs(inet->inet_sport);
}

static __always_inline void typed_flow(const struct tcp_sock *tp, struct flow_key *key)
{
	const struct sock *sk = (const void *)tp;
	const __u32 *local = (const __u32 *)&sk->__sk_common.skc_v6_rcv_saddr;
	const __u32 *peer = (const __u32 *)&sk->__sk_common.skc_v6_daddr;

	key->ports = (__u32)typed_local_port(tp) << 16 | sk->__sk_common.skc_dport;
	key->netns = sk->__sk_common.skc_net.net->ns.inum;
	if (typed_family(sk) == AF_INET) {
		key->local.word[0] = sk->__sk_common.skc_rcv_saddr;
		key->peer.word[0] = sk->__sk_common.skc_daddr;
		return;
	}
	for (int i = 0; i < 4; i++) {
		key->local.word[i] = local[i];
		key->peer.word[i] = peer[i];
	}
}

static __always_inline struct socket_flow flow_hash(const struct flow_key *key)
{
	__u64 hash = 0xcbf29ce484222325ULL;

	for (int i = 0; i < 4; i++) {
		hash = (hash ^ key->local.word[i]) * HASH_FACTOR;
		hash = (hash ^ hash >> 29 ^ key->peer.word[i]) * HASH_FACTOR;
	}
	hash = (hash ^ hash >> 32 ^ key->netns) * HASH_FACTOR;
	hash ^= hash >> 29;
	return (struct socket_flow){
		.whole = (hash ^ key->ports) * HASH_FACTOR,
		.without_port = (hash ^ (key->ports & 0xffff)) * HASH_FACTOR,
	};
}

static __always_inline struct socket_flow socket_flow(const struct sock_common *common)
{
	struct flow_key key = {};

	flow_of(common, &key);
	return flow_hash(&key);
}

/* The packet's flow, seen from its receiver. */
static __always_inline void flow_of_packet(const struct headers *h, __u32 netns,
					   struct flow_key *key)
{
	const unsigned char *ip = h->bytes + h->network;

	key->ports = (__u32)h->dport << 16 | bpf_htons(h->sport);
	key->netns = netns;
	if (h->family == AF_INET6) {
		bpf_probe_read_kernel(&key->peer, 16, ip + 8);
		bpf_probe_read_kernel(&key->local, 16, ip + 24);
	} else {
		bpf_probe_read_kernel(&key->peer, 4, ip + 12);
		bpf_probe_read_kernel(&key->local, 4, ip + 16);
	}
}

#endif
