/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DROP_BPF_H
#define DROP_BPF_H

/* A packet that the kernel frees: is it a loss, whose is it, and the event that tells of it. */

#include "event.bpf.h"
#include "expression.bpf.h"
#include "kernel.bpf.h"
#include "packet.bpf.h"
#include "received.bpf.h"
#include "record.h"
#include "socket.bpf.h"

static __always_inline bool is_receiver(const struct sock *sk, const struct headers *headers)
{
	return BPF_CORE_READ(sk, __sk_common.skc_num) == headers->dport;
}

/* A packet that is being freed, as the hook knows it. */
struct dropped {
	const struct sk_buff *skb;
	struct sock *rx_sk; /* NULL: unknown, or none */
	__u8 rx_sock;	    /* enum record_sock, of rx_sk */
	__u64 location;	    /* 0: only the stack tells */
	bool counted;	    /* by tcp_drop() of a kernel where it is silent */
	bool again;	    /* told by the second program, amid the first */
	struct headers headers;
};

/*
 * A packet that has served its purpose, freed without a reason in particular: what a closing socket had
 * queued; what a connection in TIME_WAIT is told, unless it is data; a SYN that a listener has answered
 * already. Before tcp_drop() gave reasons, TCP also freed by it what it had read and needs no more:
 * acknowledgements of a closing connection, a reset, a SYN-ACK.
 */
static __always_inline bool is_no_loss(const struct candidate *event, const struct dropped *drop,
				       const struct sock *sk)
{
	const struct headers *headers = &drop->headers;
	bool data = payload_len(headers, drop->skb);

	if (event->has_reason && !kernel_reason_is_purge(event->reason))
		return false;
	if (drop->counted)
		return !data && (headers->flags & (TCPHDR_SYN | TCPHDR_ACK)) != TCPHDR_SYN;
	if (!sk)
		return kfree_skb_args < 4 && !data && !(headers->flags & TCPHDR_SYN) &&
		       is_for_time_wait(headers, event->netns);
	if (event->state == TCP_CLOSE)
		return !drop->rx_sk;
	if (event->state == TCP_TIME_WAIT)
		return !data;
	return event->state == TCP_LISTEN && drop->rx_sk && headers->flags == TCPHDR_SYN;
}

/*
 * The receiving socket, as the kernel tells it or as the hooks on TCP's way have learnt it. What lies in
 * a socket's queue has that socket in skb->sk.
 */
static __always_inline void find_receiver(const __u64 *ctx, struct dropped *drop)
{
	drop->rx_sk = kernel_drop_rx_sk(ctx);
	drop->rx_sock = RECORD_SOCK_RX_SK;
	if (kfree_skb_args >= 4 || kernel_skb_sk(drop->skb))
		return;
	drop->rx_sk = received_by(drop->skb, &drop->headers);
	drop->rx_sock = RECORD_SOCK_FENTRY;
}

static __always_inline int drop_packet(void *ctx, const struct dropped *drop,
				       struct candidate *event)
{
	struct sock *rx_sk = drop->rx_sk, *sk = rx_sk ?: kernel_skb_sk(drop->skb);
	const struct headers *headers = &drop->headers;
	const struct sk_buff *skb = drop->skb;
	struct drop_record *record;
	struct place place;

	if (sk && !is_tcp_socket(sk))
		sk = NULL;
	/* On its way through a cable of namespaces, a packet still has its sender's socket. */
	if (sk && !rx_sk && skb->skb_iif && !is_receiver(sk, headers))
		sk = NULL;
	find_place(skb, rx_sk, sk, &place);
	event->family = headers->family;
	event->state = socket_state(sk);
	event->netns = net_inode(place.net);
	event->no_loss = is_no_loss(event, drop, sk);
	if (with_expression && matches(event))
		event->rejected = packet_is_rejected(skb, headers, drop->again);
	record = begin(event);
	if (!record)
		return 0;
	record->location = drop->location;
	record->sock = !sk ? RECORD_SOCK_NONE : rx_sk ? drop->rx_sock : RECORD_SOCK_SKB;
	record->direction = packet_direction(skb, rx_sk, place.dev);
	fill_device(record, place.dev);
	fill_packet_marks(record, skb, place.dev);
	copy_headers(record, skb, headers);
	if (sk)
		fill_socket(record, sk);
	commit(ctx, record);
	return 0;
}

static __always_inline int on_free(__u64 *ctx, bool first)
{
	struct dropped drop = { .skb = (const void *)ctx[0], .location = ctx[1], .again = !first };
	struct candidate event = { .event = RECORD_DROP };

	if (!find_headers(drop.skb, &drop.headers) || !is_mine(drop.skb, first))
		return 0;
	find_receiver(ctx, &drop);
	if (tcp_drop_is_silent)
		received_drop_is_new(); /* else __kfree_skb(), which follows, would tell it once more */
	event.has_reason = kernel_drop_reason(ctx, &event.reason);
	return drop_packet(ctx, &drop, &event);
}

#endif
