/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNSENT_BPF_H
#define UNSENT_BPF_H

/*
 * A segment that TCP has made and that IP has not accepted: __ip_queue_xmit() and inet6_csk_xmit()
 * free it if there is no route. It has no IP header and no protocol yet; its addresses are those of
 * the socket.
 */

#include "benign.bpf.h"
#include "event.bpf.h"
#include "kernel.bpf.h"
#include "life.bpf.h"
#include "packet.bpf.h"
#include "record.h"
#include "socket.bpf.h"

/* Returns whether the skb starts with a TCP header of sk's connection. */
static __always_inline bool find_tcp_header(const struct sk_buff *skb, const struct sock *sk,
					    struct headers *h)
{
	struct tcp_start start;

	h->bytes = skb->head;
	h->data = (__u32)(skb->data - skb->head);
	h->end = skb->tail;
	h->tcp = h->network = h->outer = h->start = h->data;
	h->no_ip_header = true;
	if (!read_at(h, h->tcp, &start, sizeof(start)))
		return false;
	parse_tcp_start(h, &start, h->tcp);
	return h->sport == local_port(&sk->__sk_common) &&
	       start.dport == BPF_CORE_READ(sk, __sk_common.skc_dport);
}

static __always_inline int drop_unsent(void *ctx, const struct sk_buff *skb, struct drop *drop)
{
	struct candidate *event = &drop->event;
	struct headers *headers = &drop->headers;
	struct drop_record *record, *with_stack;
	const struct sock *sk;

	if (skb->protocol || !skb->sk)
		return 0;
	sk = kernel_skb_sk(skb);
	if (!sk || !is_full_socket(socket_state(sk)) || !is_tcp_socket(sk) ||
	    !find_tcp_header(skb, sk, headers))
		return 0;
	event->family = socket_family(&sk->__sk_common);
	event->state = socket_state(sk);
	event->netns = net_inode(socket_net(sk));
	if (with_drops_of_lives && failed_filter(event) == RECORD_FILTER_END)
		note_drop_of_life(sk);
	if (!with_drop_events)
		return 0;
	record = event_reserve(event, &with_stack);
	if (!record)
		return 0;
	record->sock = RECORD_SOCK_SKB;
	record->direction = RECORD_DIR_OUT;
	record->flags |= RECORD_NO_IP_HEADER;
	record->skb = (__u64)skb;
	copy_headers(record, skb, headers, false);
	fill_addresses(record, &sk->__sk_common);
	fill_socket(record, sk);
	event_submit(ctx, with_stack, record);
	return 0;
}

#endif
