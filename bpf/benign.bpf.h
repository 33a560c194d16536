/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BENIGN_BPF_H
#define BENIGN_BPF_H

/*
 * Benign frees: packets that are freed by kfree_skb(), though nothing was lost, because the stack,
 * a driver or a reader of copies was done with them. The object and who frees it decide, the reason
 * alone does not: most have NOT_SPECIFIED, or none on old kernels, as many losses do.
 */

#include "event.bpf.h"
#include "kernel.bpf.h"
#include "origin.bpf.h"
#include "packet.bpf.h"
#include "received.bpf.h"
#include "record.h"
#include "socket.bpf.h"
#include "symbols.bpf.h"

#define SENT_LOCATIONS_MAX 1024
#define SENT_RECHECK_NS	   10000000
/* ee_errno, ee_origin, and no type, code or pad */
#define TIMESTAMP_ERROR (ENOMSG | (__u64)SO_EE_ORIGIN_TIMESTAMPING << 32)

/* A packet that is being freed, as far as it is known. */
struct dropped {
	struct candidate event;
	struct headers headers;
	struct sock *rx_sk; /* NULL: unknown, or none */
	struct origin origin;
	__u32 slot;   /* of the program, in what each program has of its own */
	__u8 rx_sock; /* enum record_sock, of rx_sk */
	bool counted; /* by tcp_drop() of a kernel where it is silent */
	bool busy;    /* an interrupt may meet the program amid it (5.10) */
};

/*
 * A location that frees packets which have their MAC header, and whether it does so on a packet's
 * way out (then the packet is lost there), or elsewhere: a driver frees there what it has sent.
 */
struct sent_location {
	__u64 checked_ns;
	__u64 is_sent;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SENT_LOCATIONS_MAX);
	__type(key, __u64);
	__type(value, struct sent_location);
} sent_locations SEC(".maps");

/* No reason in particular: none, NOT_SPECIFIED, or what the end of a queue gives. */
static __always_inline bool is_unspecific(const struct candidate *event)
{
	return !event->has_reason || kernel_reason_is_purge(event->reason);
}

/*
 * Freed where no packet is on its way out: by dev_kfree_skb_any() or dev_kfree_skb_irq() of a
 * driver that has sent it. A location that is seen in both ways is such a driver's, which also
 * frees what it has sent when the next packet comes; one that was seen on the way out alone is
 * looked at again every 10 ms.
 */
static __always_inline bool is_freed_as_sent(void *ctx, __u64 location, __u32 slot)
{
	struct sent_location *known = bpf_map_lookup_elem(&sent_locations, &location), fresh = {};
	__u64 now;

	if (known && known->is_sent)
		return true;
	now = bpf_ktime_get_ns();
	if (known && now - known->checked_ns < SENT_RECHECK_NS)
		return false;
	fresh.checked_ns = now;
	fresh.is_sent = symbol_kind(location - 1) == SYMBOL_SENT ||
			path_kind(ctx, slot) == SYMBOL_BOUNDARY;
	bpf_map_update_elem(&sent_locations, &location, &fresh, BPF_ANY);
	return fresh.is_sent;
}

/* Whether the packet starts with the MAC header that its device is to send, or has sent. */
static __always_inline bool starts_with_mac(const struct sk_buff *skb)
{
	__u32 mac = skb->mac_header, data = (__u32)(skb->data - skb->head);

	return mac != MAC_HEADER_UNSET && data <= mac && mac < skb->network_header;
}

static __always_inline bool is_tcp(const struct sk_buff *skb)
{
	unsigned char *ip = skb->head + skb->network_header;
	__u8 protocol = 0;

	if (skb->protocol == bpf_htons(ETH_P_IP))
		bpf_probe_read_kernel(&protocol, 1, ip + 9);
	else if (skb->protocol == bpf_htons(ETH_P_IPV6))
		bpf_probe_read_kernel(&protocol, 1, ip + 6);
	return protocol == IPPROTO_TCP;
}

/*
 * The quick way for what happens once a packet sent: a TCP packet that is freed where a driver
 * frees what it has sent. Everything else, and what only a closer look at the packet shows, goes
 * the long way.
 */
static __always_inline bool is_known_as_sent(const __u64 *ctx, const struct sk_buff *skb)
{
	struct candidate event = { .location = ctx[1] };
	struct sent_location *known;

	event.has_reason = kernel_drop_reason(ctx, &event.reason);
	if (with_benign || !is_unspecific(&event) || !starts_with_mac(skb))
		return false;
	known = bpf_map_lookup_elem(&sent_locations, &event.location);
	return known && known->is_sent && is_tcp(skb);
}

/*
 * A member of a GRO packet's frag_list: GRO has pulled its headers before any part of the stack has
 * seen it. It is freed with its packet, whatever becomes of that.
 */
static __always_inline bool is_gro_member(const struct sk_buff *skb, const struct headers *h)
{
	return !skb->skb_iif && !skb->_skb_refdst && h->data >= h->tcp + TCP_HEADER_MIN;
}

/*
 * A copy of a packet which went on: with its time of sending, for the error queue of its sender's
 * socket, or what a packet or raw socket was to have, or still had when it closed.
 */
static __always_inline bool is_copy(const struct sk_buff *skb, const struct dropped *drop)
{
	const struct candidate *event = &drop->event;
	__u64 destructor = (__u64)skb->destructor;
	const struct symbol_table *table = symbol_table();

	if (drop->rx_sk && !is_stream_socket(drop->rx_sk))
		return true;
	if (event->has_reason && event->reason == reason_packet_sock_error)
		return true;
	/* Until 6.11 the kernel does not say whose packet it is: who frees it tells. */
	if (kfree_skb_args < 4 &&
	    (is_unspecific(event) || event->reason == reason_socket_rcvbuff) &&
	    symbol_kind(event->location - 1) == SYMBOL_COPY)
		return true;
	if (!is_unspecific(event))
		return false;
	if (destructor && table && destructor == table->sock_rmem_free)
		return true;
	/* __skb_complete_tx_timestamp() found no room in the error queue. */
	return !skb->sk && kernel_extended_error(skb) == TIMESTAMP_ERROR;
}

/*
 * What a socket has received, and still has when its queue is purged: it closes, or the peer's FIN
 * has come, and after that there is nothing. A packet or raw socket had copies.
 */
static __always_inline bool is_queued(const struct sk_buff *skb, const struct dropped *drop)
{
	return !drop->counted && is_in_receive_queue(skb);
}

/* A GSO packet whose segments have been queued, or dropped, each by itself. */
static __always_inline bool is_segmented(const struct sk_buff *skb, const struct dropped *drop)
{
	return skb->data_len && gso_size(skb) &&
	       symbol_kind(drop->event.location - 1) == SYMBOL_SEGMENT;
}

/* A connection on its way out: TCP frees by tcp_drop() each acknowledgement that it has read. */
static __always_inline bool is_closing(__u8 state)
{
	return state == TCP_FIN_WAIT1 || state == TCP_FIN_WAIT2 || state == TCP_CLOSING ||
	       state == TCP_CLOSE_WAIT || state == TCP_LAST_ACK || state == TCP_CLOSE;
}

/*
 * A keepalive or a probe of a closed window: it carries nothing new and asks for an
 * acknowledgement, which TCP has just sent (tcp_send_dupack), unless it sends no more of them for
 * now (tcp_oow_rate_limited).
 */
static __always_inline bool is_answered_probe(const struct sk_buff *skb, const struct dropped *drop)
{
	const struct candidate *event = &drop->event;
	const struct tcp_sock *tp = (const void *)drop->rx_sk;
	const struct headers *h = &drop->headers;

	if (!drop->rx_sk || !is_full_socket(event->state) || event->state == TCP_LISTEN ||
	    (event->reason != reason_tcp_old_sequence &&
	     event->reason != reason_tcp_invalid_sequence))
		return false;
	if (h->flags != TCPHDR_ACK || payload_len(h, skb) > 1 ||
	    h->seq + 1 != BPF_CORE_READ(tp, rcv_nxt))
		return false;
	return (__u32)bpf_jiffies64() - BPF_CORE_READ(tp, last_oow_ack_time) <= 1;
}

/*
 * What TCP was done with, freed without a reason in particular: what a closing socket had queued;
 * an acknowledgement, or the reset, that ends a connection or a request; what a connection in
 * TIME_WAIT is told, unless it is data or asks for a new connection; a SYN that a listener has
 * answered already. Where tcp_drop() is silent, it frees in all states what TCP has read and needs
 * no more.
 */
static __always_inline bool is_read_by_tcp(const struct sk_buff *skb, const struct dropped *drop)
{
	const struct candidate *event = &drop->event;
	const struct origin *origin = &drop->origin;
	const struct headers *headers = &drop->headers;
	bool data = payload_len(headers, skb);
	bool asks = (headers->flags & (TCPHDR_SYN | TCPHDR_ACK)) == TCPHDR_SYN;

	if (drop->counted)
		return !data && !asks;
	if (!origin->sk) {
		if (kfree_skb_args >= 4 || data || headers->flags & TCPHDR_SYN)
			return false;
		if (kfree_skb_args == 3 && headers->flags & TCPHDR_RST &&
		    headers->data == headers->tcp &&
		    symbol_kind(drop->event.location - 1) == SYMBOL_TCP)
			return true; /* where there is no socket for it, the reason says so */
		return is_for_time_wait(headers, event->netns);
	}
	if (event->state == TCP_CLOSE && !drop->rx_sk)
		return skb->skb_iif;	   /* in the receive queue; else it was to be sent */
	if (event->state == TCP_TIME_WAIT) /* and not a firewall before TCP */
		return !data && !asks && headers->data == headers->tcp;
	if (!drop->rx_sk)
		return false;
	if (is_closing(event->state))
		return !data && !asks;
	if (event->state == TCP_LISTEN || event->state == TCP_NEW_SYN_RECV)
		return (headers->flags & ~(TCPHDR_ECE | TCPHDR_CWR)) == TCPHDR_SYN ||
		       (headers->flags & TCPHDR_RST && !data);
	return false;
}

static __always_inline bool is_benign_free(void *ctx, const struct sk_buff *skb,
					   const struct dropped *drop)
{
	if (is_gro_member(skb, &drop->headers) || is_copy(skb, drop))
		return true;
	if (!is_unspecific(&drop->event))
		return drop->origin.direction != RECORD_DIR_OUT && is_answered_probe(skb, drop);
	if (is_queued(skb, drop) || is_segmented(skb, drop))
		return true;
	if (drop->origin.is_framed)
		return is_freed_as_sent(ctx, drop->event.location, drop->slot);
	return drop->origin.direction != RECORD_DIR_OUT && is_read_by_tcp(skb, drop);
}

#endif
