/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DROP_BPF_H
#define DROP_BPF_H

/*
 * The event of a packet that the kernel frees: finds its headers, its origin and its receiver,
 * decides whether the free is benign, and fills the record.
 */

#include "benign.bpf.h"
#include "chain.bpf.h"
#include "claim.bpf.h"
#include "cpu_state.bpf.h"
#include "event.bpf.h"
#include "expression.bpf.h"
#include "fragment.bpf.h"
#include "kernel.bpf.h"
#include "life.bpf.h"
#include "listen_counts.bpf.h"
#include "nonlinear.bpf.h"
#include "origin.bpf.h"
#include "packet.bpf.h"
#include "qdisc.bpf.h"
#include "record.h"
#include "rx.bpf.h"
#include "socket.bpf.h"
#include "unsent.bpf.h"

/*
 * Finds the receiving socket: the kernel names it, or the hooks of rx.bpf.h have noted it. A packet
 * in the queue of a socket has that socket in skb->sk.
 */
static __always_inline void find_receiver(const __u64 *ctx, const struct sk_buff *skb,
					  struct drop *drop)
{
	drop->rx_sk = kernel_drop_rx_sk(ctx);
	drop->rx_sock = RECORD_SOCK_RX_SK;
	if (kfree_skb_args >= 4 || kernel_skb_sk(skb))
		return;
	drop->rx_sk = rx_socket_of(skb, &drop->headers);
	drop->rx_sock = RECORD_SOCK_FENTRY;
}

/* Returns skb->dev without its type, by the fastest way that works. */
static __always_inline struct net_device *laundered_device(const struct sk_buff *skb,
							   const struct net_device *skb_dev)
{
	struct net_device *dev = (struct net_device *)launder_ptr(skb_dev);

	return dev || !skb_dev ? dev : BPF_CORE_READ(skb, dev);
}

static __always_inline void fill_drop(struct drop_record *record, const struct sk_buff *skb,
				      const struct net_device *skb_dev, const struct drop *drop)
{
	const struct origin *origin = &drop->origin;

	record->sock = !origin->sk   ? RECORD_SOCK_NONE
		       : drop->rx_sk ? drop->rx_sock
				     : RECORD_SOCK_SKB;
	fill_origin(record, skb, skb_dev, origin);
	copy_headers(record, skb, &drop->headers, has_valid_mac(origin));
	fill_fragment(record, drop);
	if (origin->direction == RECORD_DIR_OUT)
		fill_qdisc(record, skb, origin->dev);
	if (origin->sk)
		fill_socket(record, origin->sk);
}

/* Decides whether the free is benign, as far as that matters. Counts drops of lives. */
static __always_inline void judge_drop(void *ctx, const struct sk_buff *skb, struct drop *drop)
{
	struct candidate *event = &drop->event;

	if ((with_benign && !with_drops_of_lives) || failed_filter(event) != RECORD_FILTER_END)
		return;
	event->benign = !event->cause && is_benign_free(ctx, skb, drop);
	barrier();
	if (with_drops_of_lives && !event->benign)
		note_drop_of_life(drop->origin.sk);
}

static __always_inline int report_drop(void *ctx, const struct sk_buff *skb, struct drop *drop)
{
	struct candidate *event = &drop->event;
	const struct net_device *skb_dev = skb->dev;
	struct drop_record *record, *with_stack;

	find_origin(skb, &drop->headers, skb_dev, laundered_device(skb, skb_dev), drop->rx_sk,
		    &drop->origin);
	barrier();
	if (drop->headers.fragment)
		examine_fragment(drop->slot, skb->skb_iif);
	barrier();
	/*
	 * The expression needs the frame as the file will have it. That is not known yet if there
	 * is a VLAN tag, or a MAC header that may not belong to the packet.
	 */
	if (with_expression && !skb->vlan_proto && drop->headers.l2_len <= ETH_HLEN &&
	    drop->origin.direction != RECORD_DIR_UNKNOWN &&
	    packet_is_rejected(skb, &drop->headers, has_valid_mac(&drop->origin), drop->slot)) {
		count_filtered(event->event, RECORD_FILTER_EXPRESSION);
		return 0;
	}
	event->family = drop->headers.family;
	event->state = socket_state(drop->origin.sk);
	event->netns = drop->origin.netns;
	barrier();
	judge_drop(ctx, skb, drop);
	barrier();
	if (!with_drop_events)
		return 0;
	record = event_reserve(event, &with_stack);
	if (!record)
		return 0;
	if (drop->origin.direction == RECORD_DIR_UNKNOWN)
		drop->origin.direction = path_direction(ctx, drop->slot);
	barrier();
	fill_drop(record, skb, skb_dev, drop);
	event_submit(ctx, with_stack, record);
	return 0;
}

/* For a packet whose headers find_headers() has not found, or not to their end. */
static __always_inline bool find_all_headers(const struct sk_buff *skb, struct drop *drop)
{
	struct headers *h = &drop->headers;
	bool found = h->is_chain && find_in_chain(drop);

	barrier();
	if (skb->data_len && (h->is_unparsed || h->is_truncated) && h->fragment != FRAGMENT_LATER)
		found = pull_headers(skb, drop) || found;
	barrier();
	return found;
}

/*
 * Returns whether a listener may have dropped the packet as one that ends a handshake, after it had
 * counted that: tcp_check_req() and cookie_v4_check() return to tcp_v4_rcv() or tcp_v4_do_rcv(),
 * which free it. Older kernels have no reason for it.
 */
static __always_inline bool may_be_listen_drop(const struct drop *drop)
{
	const struct candidate *event = &drop->event;
	const struct headers *h = &drop->headers;

	if ((h->flags & (TCPHDR_SYN | TCPHDR_RST | TCPHDR_ACK)) != TCPHDR_ACK || h->data != h->tcp)
		return false;
	if (kfree_skb_args >= 4)
		return socket_state(drop->rx_sk) == TCP_LISTEN;
	return is_unspecific(event);
}

static __always_inline __u8 cause_of_free(const struct sk_buff *skb, const struct drop *drop)
{
	const struct candidate *event = &drop->event;
	struct listen_counts since;

	if (!may_be_listen_drop(drop))
		return RECORD_CAUSE_NONE;
	if (look_at_listen_counts(packet_net(skb), &since) && since.is_known)
		return listen_cause(&since);
	return event->has_reason && event->reason == reason_tcp_listen_overflow
		       ? RECORD_CAUSE_LISTEN_OVERFLOW
		       : RECORD_CAUSE_NONE;
}

static __always_inline int examine_free(__u64 *ctx, const struct sk_buff *skb, struct drop *drop)
{
	struct candidate *event = &drop->event;
	bool found;

	event->location = ctx[1];
	event->has_reason = kernel_drop_reason(ctx, &event->reason);
	found = find_headers(skb, &drop->headers);
	barrier();
	if (!found || drop->headers.is_truncated)
		found = find_all_headers(skb, drop) || found;
	if (!found && drop->headers.is_unparsed) {
		count_unparsed();
		return 0;
	}
	if (!found)
		return drop_unsent(ctx, skb, drop);
	find_receiver(ctx, skb, drop);
	if (has_listen_hook())
		event->cause = cause_of_free(skb, drop);
	barrier();
	if (tcp_drop_is_silent)
		rx_has_dropped(); /* or on_silent_free() would report the same drop again */
	barrier();
	return report_drop(ctx, skb, drop);
}

/*
 * Whether a first program, that of the slot, is running in what an interrupt has interrupted: it
 * must leave the event to the nested one, and not claim it. In 6.1 and later, the kernel itself
 * does not run it (05b24ff9b2cf).
 */
static __always_inline bool is_interrupt_of_itself(__u32 slot)
{
	const struct drop *drop = bpf_map_lookup_elem(&drops, &slot);

	return drop && drop->is_in_use;
}

/*
 * Returns the cleared drop of the slot, to be given back by drop_release(). NULL if the program of
 * the slot is running: this is an interrupt of it, and the event is lost.
 */
static __always_inline struct drop *drop_acquire(__u32 slot, __u32 event)
{
	struct drop *drop = bpf_map_lookup_elem(&drops, &slot);

	if (!drop || drop->is_in_use) {
		count_lost(event);
		return NULL;
	}
	__builtin_memset(drop, 0, sizeof(*drop));
	drop->is_in_use = true;
	drop->slot = slot;
	drop->event.event = event;
	barrier();
	return drop;
}

static __always_inline void drop_release(struct drop *drop)
{
	barrier();
	drop->is_in_use = false;
}

/* kfree_skb: nearly all drops. */
static __always_inline int on_free(__u64 *ctx, bool nested)
{
	const struct sk_buff *skb = (const void *)ctx[0];
	struct drop *drop;

	if (!nested && is_interrupt_of_itself(SLOT_FREE))
		return 0;
	if (!claim_event(skb, RECORD_DROP, nested))
		return 0;
	if (is_known_as_sent(ctx, skb)) {
		count_filtered(RECORD_DROP, RECORD_FILTER_BENIGN);
		return 0;
	}
	drop = drop_acquire(nested ? SLOT_FREE_NESTED : SLOT_FREE, RECORD_DROP);
	if (!drop)
		return 0;
	examine_free(ctx, skb, drop);
	drop_release(drop);
	return 0;
}

/*
 * __kfree_skb(), before 5.18: called by a tcp_drop() that has no tracepoint, and for many packets
 * that were not dropped.
 */
static __always_inline int on_silent_free(__u64 *ctx)
{
	const struct sk_buff *skb = (const void *)ctx[0];
	struct drop *drop;

	if (!rx_has_dropped())
		return 0;
	drop = drop_acquire(SLOT_SILENT_FREE, RECORD_DROP);
	if (!drop)
		return 0;
	drop->rx_sock = RECORD_SOCK_FENTRY;
	drop->is_tcp_drop = true;
	if (find_headers(skb, &drop->headers)) {
		drop->rx_sk = rx_socket(&drop->headers);
		barrier();
		/* NULL: the drop was one of another CPU, and kfree_skb has reported it. */
		if (drop->rx_sk)
			report_drop(ctx, skb, drop);
	}
	drop_release(drop);
	return 0;
}

#endif
