/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LISTEN_BPF_H
#define LISTEN_BPF_H

/*
 * The SYN that a listener throws away. tcp_rcv_state_process() frees each SYN for a listener by
 * consume_skb(), whether tcp_conn_request() has answered or dropped it, so the kernel's drop
 * monitor shows none of them. Two ways lead to the dropped ones: the entry and exit of
 * tcp_conn_request(), or, where the kernel does not permit these, the tracepoint of consume_skb().
 * That is run for each packet that the kernel is done with, so its program leaves at once for all
 * that are freed elsewhere.
 */

#include "drop.bpf.h"
#include "listen_counts.bpf.h"

/* More than the frames from the program's argument to tcp_v4_rcv(); words read at once. */
#define LISTEN_STACK_WORDS 64
#define LISTEN_STACK_CHUNK 16

struct listener_search {
	__u64 words[LISTEN_STACK_WORDS];
	__u64 net;
	__u64 port;
	__u64 found;		  /* the listener of that port; 0: none */
	__u64 other;		  /* one of another port: TPROXY, or a BPF program chose it */
	__u64 is_ambiguous;	  /* not 0: there are several with that port */
	__u64 is_other_ambiguous; /* the same for other ports */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct listener_search);
} listener_searches SEC(".maps");

static __always_inline struct listener_search *listener_search(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&listener_searches, &zero);
}

/* Notes the word if it is the address of a listener of the namespace. */
static __always_inline void consider_word(struct listener_search *search, __u64 word)
{
	const struct sock *sk = (const void *)word;

	if ((__s64)word >= 0 || word & 7 || word == search->found || word == search->other)
		return;
	if ((__u64)BPF_CORE_READ(sk, __sk_common.skc_net.net) != search->net ||
	    BPF_CORE_READ(sk, __sk_common.skc_state) != TCP_LISTEN ||
	    BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP)
		return;
	if (BPF_CORE_READ(sk, __sk_common.skc_num) == search->port) {
		search->is_ambiguous |= search->found;
		search->found = word;
	} else {
		search->is_other_ambiguous |= search->other;
		search->other = word;
	}
}

/* A global function: the verifier checks its loop once. */
__attribute__((noinline)) int search_listener(void)
{
	struct listener_search *search = listener_search();

	for (__u32 i = 0; search && i < LISTEN_STACK_WORDS; i++)
		consider_word(search, search->words[i]);
	return 0;
}

/*
 * Returns the listener that processes the packet on this CPU; NULL if there is more than one that
 * it may be. tcp_v4_do_rcv() and tcp_v4_rcv() use the socket after tcp_rcv_state_process() has
 * returned, so they have its address in their frames, or in registers that their callees have saved
 * in theirs. The program's argument is on the same stack, below these frames.
 */
static __always_inline struct sock *listener_on_stack(const void *ctx, const struct net *net,
						      __u16 port)
{
	struct listener_search *search = listener_search();
	__u64 stack = launder_ptr(ctx);

	if (!search || !stack)
		return NULL;
	search->net = (__u64)net;
	search->port = port;
	search->found = search->is_ambiguous = 0;
	search->other = search->is_other_ambiguous = 0;
	/* The stack of an interrupt may end before. */
	for (int i = 0; i < LISTEN_STACK_WORDS; i += LISTEN_STACK_CHUNK) {
		if (bpf_probe_read_kernel(&search->words[i], LISTEN_STACK_CHUNK * 8,
					  (void *)(stack + i * 8)))
			__builtin_memset(&search->words[i], 0, LISTEN_STACK_CHUNK * 8);
	}
	search_listener();
	if (search->found)
		return search->is_ambiguous ? NULL : (struct sock *)search->found;
	return search->is_other_ambiguous ? NULL : (struct sock *)search->other;
}

/*
 * Returns why a listener has dropped a SYN for which there is no earlier snapshot of the counters,
 * by the state of its queues.
 */
static __always_inline __u8 cause_by_queues(const struct sock *sk,
					    const struct listen_counts *total)
{
	struct record_queues queues;

	if (!sk || !total->drops)
		return RECORD_CAUSE_NONE;
	read_queues(sk, &queues);
	if (total->queue_full && queues.syn_queue >= queues.accept_queue_max)
		return RECORD_CAUSE_SYN_QUEUE_FULL;
	if (total->overflows && queues.accept_queue > queues.accept_queue_max)
		return RECORD_CAUSE_LISTEN_OVERFLOW;
	return RECORD_CAUSE_NONE;
}

/* A packet without a device that TCP has: tcp_v4_rcv() clears skb->dev. */
static __always_inline bool is_syn_within_tcp(const struct sk_buff *skb, struct headers *h)
{
	return find_headers(skb, h) && (h->flags & (TCPHDR_SYN | TCPHDR_ACK)) == TCPHDR_SYN &&
	       h->data == h->tcp;
}

/* A SYN for a listener of the namespace that was answered or dropped; examines the latter. */
static __always_inline int examine_consumed(__u64 *ctx, const struct sk_buff *skb,
					    struct drop *drop)
{
	struct candidate *event = &drop->event;
	struct listen_counts since;
	const struct net *net;

	if (!is_syn_within_tcp(skb, &drop->headers))
		return 0;
	net = packet_net(skb);
	if (!look_at_listen_counts(net, &since))
		return 0;
	event->cause = since.is_known ? listen_cause(&since) : RECORD_CAUSE_NONE;
	if (since.is_known && !since.drops)
		return 0;
	barrier();
	drop->rx_sk = listener_on_stack(ctx, net, drop->headers.dport);
	drop->rx_sock = RECORD_SOCK_STACK;
	if (!since.is_known)
		event->cause = cause_by_queues(drop->rx_sk, &since);
	else if (since.drops > 1) /* an interrupt of this program, which the kernel did not run */
		count_lost_events(RECORD_DROP, since.drops - 1);
	barrier();
	if (!event->cause)
		return 0;
	event->location = consume_skb_args < 2 ? 0 : ctx[1];
	return report_drop(ctx, skb, drop);
}

static __always_inline int on_consumed(__u64 *ctx)
{
	const struct sk_buff *skb = (const void *)ctx[0];
	struct drop *drop;

	if (consume_skb_args >= 2) {
		if (ctx[1] - listen_code_start >= listen_code_size)
			return 0;
	} else if (skb->dev || (skb->protocol != bpf_htons(ETH_P_IP) &&
				skb->protocol != bpf_htons(ETH_P_IPV6))) {
		return 0;
	}
	drop = drop_acquire(SLOT_SYN, RECORD_DROP);
	if (!drop)
		return 0;
	examine_consumed(ctx, skb, drop);
	drop_release(drop);
	return 0;
}

/*
 * What was counted before the kernel processes the SYN. A SYN flood runs the two programs for each
 * SYN, so they note the counters in the simplest way, and mostly read one of them again.
 */
struct listen_entry {
	struct listen_counts counts;
	__u64 net; /* the namespace of the last SYN, of which this CPU has a snapshot */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct listen_entry);
} listen_entries SEC(".maps");

static __always_inline struct listen_entry *this_cpu_entry(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&listen_entries, &zero);
}

static __always_inline int on_request(const struct sock *sk)
{
	struct listen_entry *entry = this_cpu_entry();
	struct net *net = socket_net(sk);
	const unsigned long *mibs = listen_mibs(net);
	struct listen_counts since;

	if (!entry)
		return 0;
	entry->counts.is_known = 0;
	if (!mibs || !read_listen_counts(mibs, &entry->counts))
		return 0;
	if (entry->net != (__u64)net) /* for cause_of_free() */
		look_at_listen_counts(net, &since);
	entry->net = (__u64)net;
	return 0;
}

/* Fills what was counted since on_request(). Returns whether that is a drop. */
static __always_inline bool has_dropped_request(struct net *net, struct listen_counts *since)
{
	const struct listen_entry *entry = this_cpu_entry();
	const unsigned long *mibs = listen_mibs(net);
	struct listen_counts now = {};

	if (!entry || !entry->counts.is_known || !mibs ||
	    bpf_probe_read_kernel(&now.drops, 8, &mibs[mib_listen_drops]) ||
	    now.drops == entry->counts.drops || !read_listen_counts(mibs, &now))
		return false;
	since->drops = now.drops - entry->counts.drops;
	since->overflows = now.overflows - entry->counts.overflows;
	since->queue_full = now.queue_full - entry->counts.queue_full;
	return true;
}

static __always_inline int on_request_done(void *ctx, struct sock *sk, const struct sk_buff *skb)
{
	struct listen_counts since = {}, other;
	struct net *net = socket_net(sk);
	struct drop *drop;

	if (!has_dropped_request(net, &since))
		return 0;
	look_at_listen_counts(net, &other); /* for cause_of_free() */
	drop = drop_acquire(SLOT_SYN, RECORD_DROP);
	if (!drop)
		return 0;
	drop->event.cause = listen_cause(&since);
	drop->rx_sk = sk;
	drop->rx_sock = RECORD_SOCK_HOOK;
	if (find_headers(skb, &drop->headers)) {
		barrier();
		report_drop(ctx, skb, drop);
	} else {
		count_unparsed();
	}
	drop_release(drop);
	return 0;
}

#endif
