/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUTPUT_BPF_H
#define OUTPUT_BPF_H

/* The records of what a socket sends, and of the resets that are made without one. */

#include "drop.bpf.h"
#include "event.bpf.h"
#include "kernel.bpf.h"
#include "origin.bpf.h"
#include "packet.bpf.h"
#include "record.h"
#include "reset.bpf.h"
#include "socket.bpf.h"

/* Reserves the record of a packet that the socket sends; dev: the device of its route, or NULL. */
static __always_inline struct drop_record *reserve_output(struct candidate *event,
							  struct drop_record **with_stack,
							  const struct sock_common *common,
							  struct net_device *dev)
{
	struct drop_record *record;

	event->family = socket_family(common);
	event->state = BPF_CORE_READ(common, skc_state);
	event->netns = BPF_CORE_READ(common, skc_net.net, ns.inum);
	record = event_reserve(event, with_stack);
	if (!record)
		return NULL;
	record->sock = RECORD_SOCK_HOOK;
	record->direction = RECORD_DIR_OUT;
	fill_device(record, dev);
	fill_addresses(record, common);
	fill_socket(record, (const struct sock *)common);
	return record;
}

/* A reset in response to skb, made from it by tcp_v4_send_reset() (RFC 9293, 3.10.7). */
static __always_inline int reset_for_packet(__u64 *ctx, const struct sk_buff *skb, struct sock *sk,
					    struct drop *drop)
{
	struct drop_record *record, *with_stack;
	struct candidate *event = &drop->event;
	struct origin *origin = &drop->origin;

	if (!find_headers(skb, &drop->headers))
		return 0;
	origin->sk = origin->holder = sk;
	origin->received = sk;
	origin->dev = BPF_CORE_READ(skb, dev);
	find_device(skb, skb->dev, origin);
	event->family = drop->headers.family;
	event->state = socket_state(sk);
	event->netns = origin->netns;
	record = event_reserve(event, &with_stack);
	if (!record)
		return 0;
	record->sock = sk ? RECORD_SOCK_HOOK : RECORD_SOCK_NONE;
	record->direction = RECORD_DIR_OUT;
	fill_answering_reset(record, skb, &drop->headers);
	if (sk)
		fill_socket(record, sk);
	event_submit(ctx, with_stack, record);
	return 0;
}

/* A reset that the socket sends by itself (tcp_send_active_reset). */
static __always_inline int reset_of_socket(__u64 *ctx, struct sock *sk, struct candidate *event)
{
	struct drop_record *record, *with_stack;

	record = reserve_output(event, &with_stack, &sk->__sk_common,
				BPF_CORE_READ(sk, sk_dst_cache, dev));
	if (!record)
		return 0;
	fill_own_reset(record, sk);
	event_submit(ctx, with_stack, record);
	return 0;
}

#endif
