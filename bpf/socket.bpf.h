/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SOCKET_BPF_H
#define SOCKET_BPF_H

/*
 * What a TCP socket says of itself. A socket may be a request or a time-wait socket, which have
 * the common part alone; is_full_socket() guards everything beyond it.
 */

#include "kernel.bpf.h"
#include "record.h"

static __always_inline __u8 socket_state(const struct sock *sk)
{
	return sk ? BPF_CORE_READ(sk, __sk_common.skc_state) : 0;
}

static __always_inline bool is_full_socket(__u8 state)
{
	return state != TCP_TIME_WAIT && state != TCP_NEW_SYN_RECV;
}

/* The kernel answers for nobody (resets, old acknowledgements) by raw sockets of its own. */
static __always_inline bool is_tcp_socket(const struct sock *sk)
{
	return !is_full_socket(socket_state(sk)) || BPF_CORE_READ(sk, sk_type) == SOCK_STREAM;
}

/* A socket of AF_INET6 speaks IPv4 when its peer's address is mapped (::ffff:a.b.c.d). */
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

static __always_inline void fill_addresses(struct drop_record *record,
					   const struct sock_common *common)
{
	struct record_flow *flow = &record->flow;

	if (record->family == AF_INET) {
		BPF_CORE_READ_INTO((__u32 *)flow->saddr, common, skc_rcv_saddr);
		BPF_CORE_READ_INTO((__u32 *)flow->daddr, common, skc_daddr);
	} else {
		BPF_CORE_READ_INTO((struct in6_addr *)flow->saddr, common, skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO((struct in6_addr *)flow->daddr, common, skc_v6_daddr);
	}
	flow->sport = BPF_CORE_READ(common, skc_num);
	flow->dport = bpf_ntohs(BPF_CORE_READ(common, skc_dport));
	record->flags |= RECORD_HAS_FLOW;
}

static __always_inline __u16 window_field(__u32 window, __u32 scale)
{
	window >>= scale;
	return window > 65535 ? 65535 : window;
}

/* The segment skb of sk's retransmit queue, as TCP has just sent it. */
static __always_inline void fill_segment(struct drop_record *record, const struct sock *sk,
					 const struct sk_buff *skb)
{
	const struct tcp_skb_cb *cb = (const void *)skb->cb;
	const struct tcp_sock *tp = (const void *)sk;
	struct record_flow *flow = &record->flow;
	__u32 scale;

	flow->seq = BPF_CORE_READ(cb, seq);
	flow->ack = BPF_CORE_READ(tp, rcv_nxt);
	flow->tcp_flags = kernel_tcp_flags(cb);
	flow->payload_len = skb->len;
	scale = flow->tcp_flags & TCPHDR_SYN ? 0
					     : BPF_CORE_READ_BITFIELD_PROBED(tp, rx_opt.rcv_wscale);
	flow->window = window_field(BPF_CORE_READ(tp, rcv_wnd), scale);
	flow->tsval = (__u32)(skb->skb_mstamp_ns / kernel_ts_tick_ns(sk)) +
		      BPF_CORE_READ(tp, tsoffset);
	record->segs = BPF_CORE_READ(cb, tcp_gso_segs);
	flow->ip_id = kernel_next_ip_id(sk) - (record->segs ?: 1);
	record->flags |= RECORD_HAS_TSVAL | RECORD_HAS_IP_ID;
}

/* The SYN-ACK that answers the request. */
static __always_inline void fill_synack(struct drop_record *record, const struct request_sock *req)
{
	const struct tcp_request_sock *treq = (const void *)req;
	struct record_flow *flow = &record->flow;

	flow->seq = BPF_CORE_READ(treq, snt_isn);
	flow->ack = BPF_CORE_READ(treq, rcv_nxt);
	flow->tcp_flags = TCPHDR_SYN | TCPHDR_ACK;
	flow->window = window_field(BPF_CORE_READ(req, __req_common.skc_rcv_wnd), 0);
	record->segs = 1;
}

#endif
