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
	return local_port(&sk->__sk_common) == headers->dport;
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

/* A connection on its way out: TCP frees by tcp_drop() each acknowledgement that it has read. */
static __always_inline bool is_closing(__u8 state)
{
	return state == TCP_FIN_WAIT1 || state == TCP_FIN_WAIT2 || state == TCP_CLOSING ||
	       state == TCP_CLOSE_WAIT || state == TCP_LAST_ACK || state == TCP_CLOSE;
}

/*
 * A packet that has served its purpose, freed without a reason in particular: what a closing socket had
 * queued; an acknowledgement, or the reset, that ends a connection; what a connection in TIME_WAIT is
 * told, unless it is data; a SYN that a listener has answered already. Where tcp_drop() is silent, it
 * frees in all states what TCP has read and needs no more.
 */
static __always_inline bool is_no_loss(const struct candidate *event, const struct dropped *drop,
				       const struct sock *sk)
{
	const struct headers *headers = &drop->headers;
	bool data = payload_len(headers, drop->skb);
	bool asks = (headers->flags & (TCPHDR_SYN | TCPHDR_ACK)) == TCPHDR_SYN;

	if (event->has_reason && !kernel_reason_is_purge(event->reason))
		return false;
	if (drop->counted)
		return !data && !asks;
	if (!sk)
		return kfree_skb_args < 4 && !data && !(headers->flags & TCPHDR_SYN) &&
		       is_for_time_wait(drop->skb, headers, event->netns);
	if (event->state == TCP_CLOSE && !drop->rx_sk)
		return drop->skb->skb_iif; /* in the receive queue; else it was to be sent */
	if (event->state == TCP_TIME_WAIT)
		return !data;
	if (!drop->rx_sk)
		return false;
	if (is_closing(event->state))
		return !data && !asks;
	return event->state == TCP_LISTEN && headers->flags == TCPHDR_SYN;
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

static __always_inline struct net_device *skb_device(const struct sk_buff *skb,
						     const struct net_device *at)
{
	struct net_device *dev = (struct net_device *)as_number(at);

	return dev || !at ? dev : BPF_CORE_READ(skb, dev);
}

static __always_inline int drop_packet(void *ctx, const struct dropped *drop,
				       struct candidate *event)
{
	struct sock *rx_sk = drop->rx_sk, *sk = rx_sk ?: kernel_skb_sk(drop->skb);
	const struct headers *headers = &drop->headers;
	const struct sk_buff *skb = drop->skb;
	const struct net_device *at = skb->dev;
	bool received = rx_sk;
	struct drop_record *record;
	struct place place;

	/* Before all that costs more, and before there is much that the verifier would look at twice. */
	if (with_expression && packet_is_rejected(skb, headers, drop->again)) {
		count_rejected(event);
		return 0;
	}
	if (sk && !is_tcp_socket(sk))
		sk = NULL;
	if (sk && !rx_sk && skb->skb_iif) {
		received = is_receiver(sk, headers);
		/* On its way through a cable of namespaces, it still has its sender's socket. */
		if (!received)
			sk = NULL;
	}
	find_place(skb, at, skb_device(skb, at), sk, received, &place);
	event->location = drop->location;
	event->family = headers->family;
	event->state = socket_state(sk);
	event->netns = place.netns;
	event->no_loss = is_no_loss(event, drop, sk);
	record = begin(event);
	if (!record)
		return 0;
	record->sock = !sk ? RECORD_SOCK_NONE : rx_sk ? drop->rx_sock : RECORD_SOCK_SKB;
	record->direction = packet_direction(skb, received, place.dev);
	fill_device_at(record, at, place.dev);
	fill_packet_marks(record, skb, place.dev);
	copy_headers(record, skb, headers);
	if (sk)
		fill_socket(record, sk);
	commit(ctx, event, record);
	return 0;
}

static __always_inline int on_free(__u64 *ctx, bool first)
{
	struct dropped drop = { .skb = (const void *)ctx[0], .location = ctx[1], .again = !first };
	struct candidate event = { .event = RECORD_DROP };

	if (!is_mine(drop.skb, first) || !find_headers(drop.skb, &drop.headers))
		return 0;
	find_receiver(ctx, &drop);
	if (tcp_drop_is_silent)
		received_drop_is_new(); /* else __kfree_skb(), which follows, would tell it once more */
	event.has_reason = kernel_drop_reason(ctx, &event.reason);
	return drop_packet(ctx, &drop, &event);
}

#endif
