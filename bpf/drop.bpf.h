/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DROP_BPF_H
#define DROP_BPF_H

/*
 * A packet that the kernel frees: where it is, whether it is lost, and the event that reports it.
 */

#include "benign.bpf.h"
#include "event.bpf.h"
#include "expression.bpf.h"
#include "kernel.bpf.h"
#include "nonlinear.bpf.h"
#include "origin.bpf.h"
#include "packet.bpf.h"
#include "received.bpf.h"
#include "record.h"
#include "socket.bpf.h"
#include "unsent.bpf.h"

/*
 * The packet that a program looks at, in memory that the verifier does not follow: it then checks
 * each stage once.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SLOT_COUNT);
	__type(key, __u32);
	__type(value, struct dropped);
} drops SEC(".maps");

/*
 * The receiving socket, as the kernel tells it or as the hooks on TCP's way have learnt it. What
 * lies in a socket's queue has that socket in skb->sk.
 */
static __always_inline void find_receiver(const __u64 *ctx, const struct sk_buff *skb,
					  struct dropped *drop)
{
	drop->rx_sk = kernel_drop_rx_sk(ctx);
	drop->rx_sock = RECORD_SOCK_RX_SK;
	if (kfree_skb_args >= 4 || kernel_skb_sk(skb))
		return;
	drop->rx_sk = received_by(skb, &drop->headers);
	drop->rx_sock = RECORD_SOCK_FENTRY;
}

static __always_inline struct net_device *skb_device(const struct sk_buff *skb,
						     const struct net_device *at)
{
	struct net_device *dev = (struct net_device *)as_number(at);

	return dev || !at ? dev : BPF_CORE_READ(skb, dev);
}

static __always_inline void fill_drop(struct drop_record *record, const struct sk_buff *skb,
				      const struct net_device *at, const struct dropped *drop)
{
	const struct origin *origin = &drop->origin;

	record->sock = !origin->sk   ? RECORD_SOCK_NONE
		       : drop->rx_sk ? drop->rx_sock
				     : RECORD_SOCK_SKB;
	fill_origin(record, skb, at, origin);
	copy_headers(record, skb, &drop->headers, has_valid_mac(origin));
	if (origin->sk)
		fill_socket(record, origin->sk);
}

static __always_inline int drop_packet(void *ctx, const struct sk_buff *skb, struct dropped *drop)
{
	struct candidate *event = &drop->event;
	const struct net_device *at = skb->dev;
	struct drop_record *record, *with_stack;

	find_origin(skb, &drop->headers, at, skb_device(skb, at), drop->rx_sk, &drop->origin);
	barrier();
	/*
	 * Not of a frame that is not as the file will have it: with a tag, or with a MAC header
	 * that may be stale.
	 */
	if (with_expression && !skb->vlan_proto && drop->origin.direction != RECORD_DIR_UNKNOWN &&
	    packet_is_rejected(skb, &drop->headers, has_valid_mac(&drop->origin), drop->slot)) {
		count_filtered(event->event, RECORD_FILTER_EXPRESSION);
		return 0;
	}
	event->family = drop->headers.family;
	event->state = socket_state(drop->origin.sk);
	event->netns = drop->origin.netns;
	barrier();
	if (!with_benign && failed_filter(event) == RECORD_FILTER_END)
		event->benign = is_benign_free(ctx, skb, drop);
	barrier();
	record = begin(event, &with_stack);
	if (!record)
		return 0;
	if (drop->origin.direction == RECORD_DIR_UNKNOWN)
		drop->origin.direction = path_direction(ctx, drop->slot);
	barrier();
	fill_drop(record, skb, at, drop);
	commit(ctx, with_stack, record);
	return 0;
}

static __always_inline int examine_free(__u64 *ctx, const struct sk_buff *skb, struct dropped *drop)
{
	struct candidate *event = &drop->event;
	bool found;

	event->location = ctx[1];
	event->has_reason = kernel_drop_reason(ctx, &event->reason);
	found = find_headers(skb, &drop->headers);
	barrier();
	if (skb->data_len && drop->headers.family && (!found || drop->headers.is_cut)) {
		found = gather_headers(skb, &drop->headers, drop->slot) || found;
		barrier();
	}
	if (!found)
		return drop_unsent(ctx, skb, drop);
	find_receiver(ctx, skb, drop);
	if (tcp_drop_is_silent)
		received_drop_is_new(); /* else __kfree_skb(), which follows, would tell it once
					   more */
	barrier();
	return drop_packet(ctx, skb, drop);
}

/*
 * The memory of the program of that slot, cleared. NULL: this interrupt came while that program
 * ran, and the event is lost.
 */
static __always_inline struct dropped *drop_begins(__u32 slot, __u32 event)
{
	struct dropped *drop = bpf_map_lookup_elem(&drops, &slot);

	if (!drop || drop->busy) {
		count_lost(event);
		return NULL;
	}
	__builtin_memset(drop, 0, sizeof(*drop));
	drop->busy = true;
	drop->slot = slot;
	drop->event.event = event;
	barrier();
	return drop;
}

static __always_inline void drop_ends(struct dropped *drop)
{
	barrier();
	drop->busy = false;
}

static __always_inline int on_free(__u64 *ctx, bool first)
{
	const struct sk_buff *skb = (const void *)ctx[0];
	struct dropped *drop;

	if (!claim_event(skb, RECORD_DROP, first))
		return 0;
	if (is_known_as_sent(ctx, skb)) {
		count_filtered(RECORD_DROP, RECORD_FILTER_BENIGN);
		return 0;
	}
	drop = drop_begins(first ? SLOT_FREE : SLOT_FREE_NESTED, RECORD_DROP);
	if (!drop)
		return 0;
	examine_free(ctx, skb, drop);
	drop_ends(drop);
	return 0;
}

static __always_inline int on_silent_free(__u64 *ctx)
{
	const struct sk_buff *skb = (const void *)ctx[0];
	struct dropped *drop;

	if (!received_drop_is_new())
		return 0;
	drop = drop_begins(SLOT_SILENT_FREE, RECORD_DROP);
	if (!drop)
		return 0;
	drop->rx_sock = RECORD_SOCK_FENTRY;
	drop->counted = true;
	if (find_headers(skb, &drop->headers)) {
		drop->rx_sk = received_socket(&drop->headers);
		barrier();
		if (drop->rx_sk) /* else another CPU has dropped for that socket, and kfree_skb has
				    told it */
			drop_packet(ctx, skb, drop);
	}
	drop_ends(drop);
	return 0;
}

#endif
