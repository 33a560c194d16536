/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BENIGN_BPF_H
#define BENIGN_BPF_H

/*
 * Benign frees: packets that the stack, a driver or the owner of a copy had processed, but freed by
 * kfree_skb() where consume_skb() was meant. They are recognized by the packet and the function
 * that frees it. The reason is no help: most have NOT_SPECIFIED, or none on old kernels, like many
 * losses.
 */

#include "event.bpf.h"
#include "kernel.bpf.h"
#include "origin.bpf.h"
#include "packet.bpf.h"
#include "record.h"
#include "rx.bpf.h"
#include "socket.bpf.h"
#include "symbols.bpf.h"

#define SENT_LOCATIONS_MAX 1024
#define SENT_RECHECK_NS	   10000000
/* The start of a struct sock_extended_err: ee_errno, ee_origin, and zero in type, code and pad. */
#define TIMESTAMP_ERROR (ENOMSG | (__u64)SO_EE_ORIGIN_TIMESTAMPING << 32)

/* What later fragments get from the first one (fragment.bpf.h). */
struct first_fragment {
	__u64 seen_ns; /* 0: there is none */
	__u32 netns;
	__u32 ifindex;
	__u32 cpu;
	__u16 sport;
	__u16 dport;
	char ifname[RECORD_IFNAME_LEN];
};

/* The packet that is being freed, as far as a program has examined it. */
struct drop {
	struct candidate event;
	struct headers headers;
	struct sock *rx_sk; /* the receiving socket; NULL: unknown, or none */
	struct origin origin;
	struct first_fragment first;
	__u32 slot;	  /* enum slot of the program */
	__u8 rx_sock;	  /* enum record_sock: how rx_sk was found */
	bool is_tcp_drop; /* freed by a tcp_drop() that has no tracepoint (before 5.18) */
	bool is_in_use;	  /* by a run of the program: 5.10 may run it once more, in an interrupt */
};

/*
 * The drops that the programs examine, by slot. The verifier does not track values in a map, so it
 * checks each stage once, and not once for each path that leads there.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SLOT_COUNT);
	__type(key, __u32);
	__type(value, struct drop);
} drops SEC(".maps");

/*
 * A location that frees packets which start at their MAC header: whether it is one where a driver
 * frees packets that it has sent. If it frees on the way out only, the packet is lost there.
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

/* Returns whether the reason says nothing: none, NOT_SPECIFIED, or that of a purged queue. */
static __always_inline bool is_unspecific(const struct candidate *event)
{
	return !event->has_reason || kernel_reason_is_purge(event->reason);
}

/*
 * Returns whether a driver frees a packet that it has sent, by dev_kfree_skb_any() or
 * dev_kfree_skb_irq(): the call stack then has no function of the way out. Some drivers also free
 * sent packets when they transmit the next one, so a location that was once seen outside the way
 * out counts as one of sent packets. All others are checked again every 10 ms.
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

/* Returns whether the packet starts at the MAC header that its device sends, or has sent. */
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
 * The fast path for the free that some drivers cause once for each packet sent: a TCP packet at a
 * location that is known to free sent packets. All others take the slow path, is_benign_free().
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
 * Returns whether the packet is a member of a GRO packet's frag_list: skb_gro_receive_list() has
 * pulled its headers before the stack sees it. It is freed together with the GRO packet.
 */
static __always_inline bool is_gro_member(const struct sk_buff *skb, const struct headers *h)
{
	return !skb->skb_iif && !skb->_skb_refdst && h->data >= h->tcp + TCP_HEADER_MIN;
}

/*
 * Returns whether the packet is a copy, and the original continued: one with its time of
 * transmission for the error queue of the sender's socket, or one for a packet or raw socket.
 */
static __always_inline bool is_copy(const struct sk_buff *skb, const struct drop *drop)
{
	const struct candidate *event = &drop->event;
	__u64 destructor = (__u64)skb->destructor;
	const struct symbol_table *table = symbol_table();

	/* A packet in another one is not a copy for the socket of the tunnel. */
	if (drop->rx_sk && !is_stream_socket(drop->rx_sk) && !is_in_tunnel(&drop->headers))
		return true;
	if (event->has_reason && event->reason == reason_packet_sock_error)
		return true;
	/* Before 6.11 the tracepoint does not name the socket: the function that frees decides. */
	if (kfree_skb_args < 4 &&
	    (is_unspecific(event) || event->reason == reason_socket_rcvbuff) &&
	    symbol_kind(event->location - 1) == SYMBOL_COPY)
		return true;
	if (!is_unspecific(event))
		return false;
	if (destructor && table && destructor == table->sock_rmem_free)
		return true;
	/* __skb_complete_tx_timestamp() frees it if the error queue is full. */
	return !skb->sk && kernel_extended_error(skb) == TIMESTAMP_ERROR;
}

/*
 * Returns whether the packet is in the receive queue of a socket: it was received, and the queue is
 * purged because the socket closes or the peer's FIN was processed.
 */
static __always_inline bool is_queued(const struct sk_buff *skb, const struct drop *drop)
{
	return !drop->is_tcp_drop && is_in_receive_queue(skb);
}

/*
 * Returns whether it is a GSO packet of which a queueing discipline has queued, or dropped, each
 * segment separately, as tbf_segment() does.
 */
static __always_inline bool is_segmented(const struct sk_buff *skb, const struct drop *drop)
{
	return skb->data_len && gso_size(skb) &&
	       symbol_kind(drop->event.location - 1) == SYMBOL_SEGMENT;
}

/*
 * Returns whether the connection is closing. In these states tcp_rcv_state_process() ends at its
 * label discard, by tcp_drop(), for each ACK that it has processed.
 */
static __always_inline bool is_closing(__u8 state)
{
	return state == TCP_FIN_WAIT1 || state == TCP_FIN_WAIT2 || state == TCP_CLOSING ||
	       state == TCP_CLOSE_WAIT || state == TCP_LAST_ACK || state == TCP_CLOSE;
}

/*
 * Returns whether the packet is a keepalive or a zero window probe. It has no new data; it asks for
 * an ACK, which tcp_send_dupack() has just sent before tcp_validate_incoming() drops the packet,
 * unless tcp_oow_rate_limited() forbade it.
 */
static __always_inline bool is_answered_probe(const struct sk_buff *skb, const struct drop *drop)
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
 * Returns whether TCP was done with the packet, which it freed without a specific reason:
 * - packets in the queues of a socket that closes (tcp_v4_destroy_sock, sk_stream_kill_queues);
 * - an ACK, or the reset, that ends a connection or a request (tcp_rcv_state_process,
 *   tcp_check_req);
 * - for a connection in TIME_WAIT, a packet without data that is not a SYN (tcp_v4_rcv,
 *   do_time_wait);
 * - a SYN that the listener has answered before (tcp_v4_do_rcv, tcp_check_req).
 *
 * A tcp_drop() without a tracepoint also frees, in all states, packets that TCP has processed.
 */
static __always_inline bool is_processed_by_tcp(const struct sk_buff *skb, const struct drop *drop)
{
	const struct candidate *event = &drop->event;
	const struct origin *origin = &drop->origin;
	const struct headers *headers = &drop->headers;
	bool has_data = payload_len(headers, skb);
	bool is_syn = (headers->flags & (TCPHDR_SYN | TCPHDR_ACK)) == TCPHDR_SYN;

	if (drop->is_tcp_drop)
		return !has_data && !is_syn;
	if (!origin->sk) {
		if (kfree_skb_args >= 4 || has_data || headers->flags & TCPHDR_SYN)
			return false;
		if (kfree_skb_args == 3 && headers->flags & TCPHDR_RST &&
		    headers->data == headers->tcp &&
		    symbol_kind(drop->event.location - 1) == SYMBOL_TCP)
			return true; /* a reset without a socket has the reason NO_SOCKET */
		return is_for_time_wait(headers, event->netns);
	}
	if (event->state == TCP_CLOSE && !drop->rx_sk)
		return skb->skb_iif;	   /* from the receive queue; else from the write queue */
	if (event->state == TCP_TIME_WAIT) /* at its TCP header: not freed by a firewall before */
		return !has_data && !is_syn && headers->data == headers->tcp;
	if (!drop->rx_sk)
		return false;
	if (is_closing(event->state))
		return !has_data && !is_syn;
	if (event->state == TCP_LISTEN || event->state == TCP_NEW_SYN_RECV)
		return (headers->flags & ~(TCPHDR_ECE | TCPHDR_CWR)) == TCPHDR_SYN ||
		       (headers->flags & TCPHDR_RST && !has_data);
	return false;
}

static __always_inline bool is_benign_free(void *ctx, const struct sk_buff *skb,
					   const struct drop *drop)
{
	if (is_gro_member(skb, &drop->headers) || is_copy(skb, drop))
		return true;
	if (!is_unspecific(&drop->event))
		return drop->origin.direction != RECORD_DIR_OUT && is_answered_probe(skb, drop);
	if (is_queued(skb, drop) || is_segmented(skb, drop))
		return true;
	if (drop->origin.starts_at_mac)
		return is_freed_as_sent(ctx, drop->event.location, drop->slot);
	return drop->origin.direction != RECORD_DIR_OUT && is_processed_by_tcp(skb, drop);
}

#endif
