/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SOCKET_BPF_H
#define SOCKET_BPF_H

/*
 * The fields of a socket that go into a record. A request and a time-wait socket only have the
 * common part (struct sock_common); is_full_socket() guards all other fields.
 */

#include "flow.bpf.h"
#include "kernel.bpf.h"
#include "owner.bpf.h"
#include "record.h"

static __always_inline __u8 socket_state(const struct sock *sk)
{
	return sk ? BPF_CORE_READ(sk, __sk_common.skc_state) : 0;
}

/* Only TCP has requests and time-wait sockets. */
static __always_inline bool is_stream_socket(const struct sock *sk)
{
	return !is_full_socket(socket_state(sk)) || BPF_CORE_READ(sk, sk_type) == SOCK_STREAM;
}

/*
 * Returns false for the raw sockets by which the kernel sends resets and ACKs that have no socket,
 * and for the socket of an MPTCP connection, whose subflows are TCP sockets.
 */
static __always_inline bool is_tcp_socket(const struct sock *sk)
{
	return !is_full_socket(socket_state(sk)) || (BPF_CORE_READ(sk, sk_type) == SOCK_STREAM &&
						     BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP);
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
	flow->sport = local_port(common);
	flow->dport = bpf_ntohs(BPF_CORE_READ(common, skc_dport));
	record->flags |= RECORD_HAS_FLOW;
}

/* Returns the window as in the TCP header. */
static __always_inline __u16 window_field(__u32 window, __u32 scale)
{
	window >>= scale;
	return window > 65535 ? 65535 : window;
}

/* Fills the flow of skb, a segment of sk's retransmit queue that TCP has just sent. */
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

/* Fills the flow of the SYN-ACK of the request. */
static __always_inline void fill_synack(struct drop_record *record, const struct request_sock *req)
{
	const struct tcp_request_sock *treq = (const void *)req;
	const struct inet_request_sock *ireq = (const void *)req;
	struct record_flow *flow = &record->flow;

	flow->seq = BPF_CORE_READ(treq, snt_isn);
	flow->ack = BPF_CORE_READ(treq, rcv_nxt);
	flow->tcp_flags = TCPHDR_SYN | TCPHDR_ACK;
	if (BPF_CORE_READ_BITFIELD_PROBED(ireq, ecn_ok))
		flow->tcp_flags |= TCPHDR_ECE;
	flow->window = window_field(BPF_CORE_READ(req, __req_common.skc_rcv_wnd), 0);
	record->segs = 1;
	/* tcp_rtx_synack() counts this one after the tracepoint. */
	record->tcp.retransmits = BPF_CORE_READ(req, num_retrans) + 1;
	record->flags |= RECORD_HAS_RETRANSMITS;
}

/* Returns the last segment in flight: the rightmost node of the retransmit queue. NULL: none. */
static __always_inline struct sk_buff *last_in_flight(const struct sock *sk)
{
	struct rb_node *node = BPF_CORE_READ(sk, tcp_rtx_queue.rb_node), *right;

	for (int depth = 0; node && depth < 48; depth++) {
		right = BPF_CORE_READ(node, rb_right);
		if (!right)
			break;
		node = right;
	}
	return (struct sk_buff *)node; /* rbnode is the first member of an skb */
}

/* Returns whether the peer's window has room for the start of the segment (tcp_snd_wnd_test). */
static __always_inline bool fits_window(const struct tcp_sock *tp, const struct sk_buff *skb)
{
	const struct tcp_skb_cb *cb = (const void *)&skb->cb;
	__u32 len = BPF_CORE_READ(skb, len), mss = BPF_CORE_READ(tp, mss_cache);
	__u32 end = BPF_CORE_READ(cb, seq) + (len > mss ? mss : len);

	return (__s32)(BPF_CORE_READ(tp, snd_una) + BPF_CORE_READ(tp, snd_wnd) - end) >= 0;
}

/*
 * Fills the flow of the loss probe that tcp_send_loss_probe() is about to send: the next new
 * segment if there is one, else the last one in flight, which becomes a retransmit event, too.
 */
static __always_inline void fill_probe(struct drop_record *record, const struct sock *sk)
{
	struct sk_buff *skb = BPF_CORE_READ(sk, sk_write_queue.next);
	const struct tcp_sock *tp = (const void *)sk;
	struct record_flow *flow = &record->flow;
	__u32 mss = BPF_CORE_READ(tp, mss_cache);
	const struct tcp_skb_cb *cb;
	__u32 skipped = 0;

	if (skb && (void *)skb != (void *)&sk->sk_write_queue)
		skb = fits_window(tp, skb) ? skb : NULL;
	else
		skb = NULL;
	if (!skb) {
		skb = last_in_flight(sk);
		if (!skb)
			return;
		/* The probe is the last segment of a GSO packet. */
		flow->payload_len = BPF_CORE_READ(skb, len);
		if (mss && flow->payload_len > mss)
			skipped = (flow->payload_len - 1) / mss * mss;
		flow->payload_len -= skipped;
	} else {
		flow->payload_len = BPF_CORE_READ(skb, len);
		if (mss && flow->payload_len > mss)
			flow->payload_len = mss;
	}
	cb = (const void *)&skb->cb;
	flow->seq = BPF_CORE_READ(cb, seq) + skipped;
	flow->tcp_flags = kernel_tcp_flags(cb);
	flow->ack = BPF_CORE_READ(tp, rcv_nxt);
	flow->window = window_field(BPF_CORE_READ(tp, rcv_wnd),
				    BPF_CORE_READ_BITFIELD_PROBED(tp, rx_opt.rcv_wscale));
}

/* Fills the flow of a reset that sk sends by itself (tcp_send_active_reset). */
static __always_inline void fill_own_reset(struct drop_record *record, const struct sock *sk)
{
	const struct tcp_sock *tp = (const void *)sk;
	struct record_flow *flow = &record->flow;

	flow->seq = BPF_CORE_READ(tp, snd_nxt);
	flow->ack = BPF_CORE_READ(tp, rcv_nxt);
	flow->tcp_flags = TCPHDR_RST | TCPHDR_ACK;
	flow->window = window_field(BPF_CORE_READ(tp, rcv_wnd),
				    BPF_CORE_READ_BITFIELD_PROBED(tp, rx_opt.rcv_wscale));
}

/*
 * Fills the flow of a reset that sk has accepted. The tracepoint does not have the packet, but only
 * one packet can be accepted (RFC 5961, section 3.2): its sequence number is the next expected one,
 * or, in SYN_SENT, it acknowledges the SYN.
 */
static __always_inline void fill_received_reset(struct drop_record *record, const struct sock *sk)
{
	const struct tcp_sock *tp = (const void *)sk;
	struct record_flow *flow = &record->flow;
	struct record_flow sent = *flow;

	__builtin_memcpy(flow->saddr, sent.daddr, sizeof(flow->saddr));
	__builtin_memcpy(flow->daddr, sent.saddr, sizeof(flow->daddr));
	flow->sport = sent.dport;
	flow->dport = sent.sport;
	flow->tcp_flags = TCPHDR_RST;
	if (record->state == TCP_SYN_SENT) {
		flow->tcp_flags |= TCPHDR_ACK;
		flow->ack = BPF_CORE_READ(tp, snd_nxt);
	} else {
		flow->seq = BPF_CORE_READ(tp, rcv_nxt);
	}
}

static __always_inline void fill_cgroup(struct drop_record *record, const struct sock *sk)
{
	struct cgroup *cgroup = kernel_sock_cgroup(sk);

	if (!cgroup)
		return;
	record->cgroup_id = BPF_CORE_READ(cgroup, kn, id);
	record->flags |= RECORD_HAS_CGROUP;
}

/*
 * The values that tcp_get_info() reads, before its conversions, except those in bit fields.
 * FIELD(member of record_tcp, pointer, member of the pointer's structure)
 */
#define TCP_FIELDS(FIELD)                         \
	FIELD(bytes_acked, tp, bytes_acked)       \
	FIELD(bytes_received, tp, bytes_received) \
	FIELD(cwnd, tp, snd_cwnd)                 \
	FIELD(ssthresh, tp, snd_ssthresh)         \
	FIELD(srtt, tp, srtt_us)                  \
	FIELD(mdev, tp, mdev_us)                  \
	FIELD(rto, icsk, icsk_rto)                \
	FIELD(packets_out, tp, packets_out)       \
	FIELD(retrans_out, tp, retrans_out)       \
	FIELD(lost_out, tp, lost_out)             \
	FIELD(sacked_out, tp, sacked_out)         \
	FIELD(snd_wnd, tp, snd_wnd)               \
	FIELD(rcv_wnd, tp, rcv_wnd)               \
	FIELD(total_retrans, tp, total_retrans)   \
	FIELD(pending, icsk, icsk_pending)        \
	FIELD(retransmits, icsk, icsk_retransmits)

#define MEMORY_FIELDS(FIELD)                           \
	FIELD(rmem, sk, sk_backlog.rmem_alloc.counter) \
	FIELD(rcvbuf, sk, sk_rcvbuf)                   \
	FIELD(wmem, sk, sk_wmem_queued)                \
	FIELD(sndbuf, sk, sk_sndbuf)                   \
	FIELD(backlog, sk, sk_backlog.len)

#define PROBED_FIELD(to, from, field) tcp->to = BPF_CORE_READ(from, field);
#define TYPED_FIELD(to, from, field)  tcp->to = from->field;

static __always_inline void fill_memory(struct drop_record *record, const struct sock *sk)
{
	const struct inet_connection_sock *icsk = (const void *)sk;
	struct record_tcp *tcp = &record->tcp;

	MEMORY_FIELDS(PROBED_FIELD)
	BPF_CORE_READ_STR_INTO(&tcp->cc, icsk, icsk_ca_ops, name);
	record->flags |= RECORD_HAS_MEMORY;
}

static __always_inline void fill_tcp(struct drop_record *record, const struct sock *sk)
{
	const struct inet_connection_sock *icsk = (const void *)sk;
	const struct tcp_sock *tp = (const void *)sk;
	struct record_tcp *tcp = &record->tcp;

	TCP_FIELDS(PROBED_FIELD)
	tcp->ca_state = BPF_CORE_READ_BITFIELD_PROBED(icsk, icsk_ca_state);
	tcp->undo = BPF_CORE_READ(tp, undo_marker) != 0;
	record->flags |= RECORD_HAS_TCP | RECORD_HAS_RETRANSMITS;
}

static __always_inline void read_queues(const struct sock *sk, struct record_queues *queues)
{
	const struct inet_connection_sock *icsk = (const void *)sk;

	queues->accept_queue = BPF_CORE_READ(sk, sk_ack_backlog);
	queues->accept_queue_max = BPF_CORE_READ(sk, sk_max_ack_backlog);
	queues->syn_queue = BPF_CORE_READ(icsk, icsk_accept_queue.qlen.counter);
}

static __always_inline void fill_queues(struct drop_record *record, const struct sock *listener)
{
	read_queues(listener, &record->tcp.queues);
	record->flags |= RECORD_HAS_QUEUES;
}

/*
 * Returns whether a full socket in that state, with that struct socket, is a child that waits for
 * accept(): it has none yet. An orphan has none any more, but is in another state.
 */
static __always_inline bool is_not_accepted(__u8 state, const struct socket *socket)
{
	return !socket &&
	       (state == TCP_SYN_RECV || state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT);
}

/*
 * Fills all that a record has of its socket. A request has the socket, the owner, the user and the
 * cgroup of its listener, which the connection will have, too.
 */
static __always_inline void fill_socket(struct drop_record *record, const struct sock *sk)
{
	bool is_request = record->state == TCP_NEW_SYN_RECV;

	if (is_request)
		sk = BPF_CORE_READ(sk, __sk_common.skc_listener);
	if (!sk)
		return;
	if (is_full_socket(record->state) &&
	    is_not_accepted(record->state, BPF_CORE_READ(sk, sk_socket))) {
		record->flags |= RECORD_NOT_ACCEPTED;
		fill_listener(record, sk);
	} else {
		fill_owner(record, sk, is_request ? TCP_LISTEN : record->state);
	}
	if (is_request || record->state == TCP_LISTEN)
		fill_queues(record, sk);
	if (record->state == TCP_TIME_WAIT)
		return;
	record->uid = BPF_CORE_READ(sk, sk_uid.val);
	record->flags |= RECORD_HAS_UID;
	fill_cgroup(record, sk);
	if (is_request)
		return;
	fill_memory(record, sk);
	if (record->state == TCP_LISTEN)
		return;
	fill_tcp(record, sk);
	fill_mptcp(record, sk);
}

/* The same by a typed pointer to a full socket, which has that flow. */
static __always_inline void fill_typed_socket(struct drop_record *record, const struct tcp_sock *tp,
					      const struct socket_flow *flow)
{
	const struct inet_connection_sock *icsk = (const void *)tp;
	const struct sock *sk = (const void *)tp;
	struct record_tcp *tcp = &record->tcp;
	const __u64 *name;

	if (is_not_accepted(record->state, sk->sk_socket)) {
		record->flags |= RECORD_NOT_ACCEPTED;
		fill_listener(record, sk);
	} else {
		fill_owner_of(record, sk, flow, record->state);
	}
	record->uid = sk->sk_uid.val;
	record->flags |= RECORD_HAS_UID | RECORD_HAS_MEMORY;
	if (kernel_typed_cgroup(sk, &record->cgroup_id))
		record->flags |= RECORD_HAS_CGROUP;
	MEMORY_FIELDS(TYPED_FIELD)
	if (icsk->icsk_ca_ops) {
		name = (const __u64 *)icsk->icsk_ca_ops->name;
		((__u64 *)tcp->cc)[0] = name[0];
		((__u64 *)tcp->cc)[1] = name[1];
	}
	if (record->state == TCP_LISTEN) {
		fill_queues(record, sk);
		return;
	}
	TCP_FIELDS(TYPED_FIELD)
	tcp->ca_state = BPF_CORE_READ_BITFIELD(icsk, icsk_ca_state);
	tcp->undo = tp->undo_marker != 0;
	fill_mptcp(record, sk);
	record->flags |= RECORD_HAS_TCP | RECORD_HAS_RETRANSMITS;
}

#endif
