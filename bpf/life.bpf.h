/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIFE_BPF_H
#define LIFE_BPF_H

/*
 * The events of a socket that changes its state: each change, and the end of a connection with what
 * was noted of it since its birth. A connection is born when connect() enters SYN_SENT, or when a
 * listener makes its copy in SYN_RECV; it ends when its socket enters CLOSE. TIME_WAIT is after the
 * end: a socket of its own, without a change of state, replaces the connection's.
 */

#include "claim.bpf.h"
#include "event.bpf.h"
#include "flow.bpf.h"
#include "kernel.bpf.h"
#include "noted_life.bpf.h"
#include "origin.bpf.h"
#include "owner.bpf.h"
#include "record.h"
#include "rx.bpf.h"
#include "socket.bpf.h"

const volatile bool with_state; /* whether changes of state are events */
const volatile bool with_life;	/* whether lives are noted, and their ends are events */

/* Fills the device of the socket's route. */
static __always_inline void fill_typed_device(struct drop_record *record, const struct sock *sk)
{
	const struct net_device *dev = sk->sk_dst_cache ? sk->sk_dst_cache->dev : NULL;
	const __u64 *name;

	if (!dev)
		return;
	name = (const __u64 *)dev->name;
	record->ifindex = dev->ifindex;
	((__u64 *)record->ifname)[0] = name[0];
	((__u64 *)record->ifname)[1] = name[1];
	fill_device_type(record, dev->type);
}

/* The segment has the addresses, ports and numbers of the socket, but no flags: none was sent. */
static __always_inline void fill_typed_flow(struct drop_record *record, const struct tcp_sock *tp,
					    const struct flow_key *key)
{
	struct record_flow *flow = &record->flow;

	__builtin_memcpy(flow->saddr, &key->local, sizeof(flow->saddr));
	__builtin_memcpy(flow->daddr, &key->peer, sizeof(flow->daddr));
	flow->sport = key->ports >> 16;
	flow->dport = bpf_ntohs(key->ports & 0xffff);
	flow->seq = tp->snd_nxt;
	flow->window = window_field(tp->rcv_wnd, BPF_CORE_READ_BITFIELD(tp, rx_opt.rcv_wscale));
	record->flags |= RECORD_HAS_FLOW;
}

static __always_inline struct drop_record *reserve_change(__u32 kind, const struct change *change,
							  struct drop_record **with_stack)
{
	const struct sock *sk = (const void *)change->tp;
	struct candidate event = { .event = kind };
	__u8 old = change->old, state = change->state;
	struct drop_record *record;

	event.family = typed_family(sk);
	event.state = state;
	event.netns = change->key.netns;
	record = change_reserve(&event, with_stack);
	if (!record)
		return NULL;
	record->sock = RECORD_SOCK_HOOK;
	fill_typed_device(record, sk);
	fill_typed_flow(record, change->tp, &change->key);
	/*
	 * The owner of a socket that closes is noted with the flow of its old state; that of a
	 * connect() has got the local port by now (note_connected()).
	 */
	record->state = state == TCP_CLOSE && old != TCP_SYN_SENT ? old : state;
	fill_typed_socket(record, change->tp, &change->flow);
	record->state = state;
	record->life.old_state = old;
	return record;
}

static __always_inline void report_change(void *ctx, const struct change *change)
{
	struct drop_record *record, *with_stack;

	record = reserve_change(RECORD_STATE, change, &with_stack);
	if (record)
		event_submit(ctx, with_stack, record);
}

/* What decides who ended the connection (capture/enrich/enrich_life.c). */
static __always_inline void fill_end(struct record_life *life, const struct tcp_sock *tp)
{
	const struct sock *sk = (const void *)tp;
	unsigned long flags = sk->__sk_common.skc_flags;

	life->err = sk->sk_err;
	life->err_soft = sk->sk_err_soft;
	if (sk->sk_lock.owned)
		life->end |= RECORD_END_OWNED;
	if (!sk->sk_socket)
		life->end |= RECORD_END_NO_SOCKET;
	if (flags & 1 << SOCK_DEAD)
		life->end |= RECORD_END_DEAD;
	if (flags & 1 << SOCK_DONE)
		life->end |= RECORD_END_FIN_RECEIVED;
	if (tp->snd_una == tp->write_seq)
		life->end |= RECORD_END_ALL_ACKED;
	if (tp->linger2 < 0)
		life->end |= RECORD_END_NO_FIN_WAIT2;
	if (BPF_CORE_READ_BITFIELD(sk, sk_shutdown) & RCV_SHUTDOWN)
		life->end |= RECORD_END_RCV_SHUTDOWN;
	if (BPF_CORE_READ_BITFIELD(tp, repair))
		life->end |= RECORD_END_REPAIR;
}

static __always_inline void fill_life(struct drop_record *record, const struct tcp_sock *tp,
				      const struct noted_life *noted)
{
	struct record_life *life = &record->life;
	__u32 zero = 0;
	struct record_unnoted *unnoted = bpf_map_lookup_elem(&unnoted_births, &zero);

	life->birth_ns = noted->birth_ns;
	life->opened = noted->opened;
	life->drops = noted->drops;
	if (with_drops_of_lives)
		record->flags |= RECORD_HAS_DROPS;
	if (unnoted)
		life->unnoted_ns = unnoted->last_ns;
	life->min_rtt_us = tp->rtt_min.s[0].v;
	if (kernel_rto_time(tp, &life->rto_time_ms, &life->rto_count))
		record->flags |= RECORD_HAS_RTO_TIME;
	fill_end(life, tp);
}

/*
 * A connection ends. A connect() that failed before it sent a SYN made none; the kernel does not
 * count it either (TcpActiveOpens).
 */
static __always_inline void report_end(void *ctx, const struct change *change)
{
	__u64 address = (__u64)change->tp;
	struct noted_life *life = bpf_map_lookup_elem(&lives, &address);
	struct drop_record *record, *with_stack;
	struct noted_life noted = {};
	bool is_unsure = false;

	if (life) {
		is_unsure = !is_same_life(life, &change->flow, change->old);
		if (!is_unsure)
			noted = *life;
		bpf_map_delete_elem(&lives, &address);
	}
	if (change->old == TCP_SYN_SENT && !change->tp->segs_out)
		return;
	record = reserve_change(RECORD_LIFE, change, &with_stack);
	if (!record)
		return;
	fill_life(record, change->tp, &noted);
	if (is_unsure) /* a change of this one, or the end and the birth, was not seen */
		record->life.unnoted_ns = record->timestamp_ns;
	event_submit(ctx, with_stack, record);
}

/* Follows the life of a connection by the change of its socket's state. */
static __always_inline void follow_life(void *ctx, const struct change *change)
{
	__u8 old = change->old, state = change->state;

	if (filter_netns && change->key.netns != filter_netns)
		return;
	if (state == TCP_CLOSE)
		report_end(ctx, change);
	else if (state == TCP_SYN_SENT || old == TCP_LISTEN)
		note_birth(change);
	else
		note_open(change);
}

/* Whether follow_life() has something to do. */
static __always_inline bool matters_for_life(__u8 old, __u8 state)
{
	if (state == TCP_CLOSE)
		return old != TCP_CLOSE && old != TCP_LISTEN;
	return state == TCP_SYN_SENT || old == TCP_SYN_SENT || old == TCP_SYN_RECV ||
	       (old == TCP_LISTEN && state == TCP_SYN_RECV);
}

/* Whether a change of state is an event, or is noted for one. */
static __always_inline bool is_reported_change(__u8 old, __u8 state)
{
	return old != state && (with_state || (with_life && matters_for_life(old, state)));
}

/* Notes the owner that a change of state shows. */
static __always_inline void follow_owner(const struct change *change)
{
	const struct sock *sk = (const void *)change->tp;

	if (change->state == TCP_SYN_RECV && change->old == TCP_LISTEN) {
		note_listener(sk);
		return;
	}
	if (kfree_skb_args < 4)
		note_time_wait(sk, &change->key, change->old, change->state);
	note_owner_by_state(sk, &change->flow, change->old, change->state);
}

static __always_inline void report_changes(void *ctx, const struct change *change)
{
	if (with_state)
		report_change(ctx, change);
	if (with_life && matters_for_life(change->old, change->state))
		follow_life(ctx, change);
}

/* Whether the owner is followed. */
static __always_inline bool is_noted_change(const struct sock *sk, __u8 old, __u8 state)
{
	if (kfree_skb_args < 4 && state == TCP_ESTABLISHED)
		return true; /* note_time_wait() */
	return matters_for_owner(sk, old, state);
}

/*
 * inet_sock_set_state: the owner first, which the events have. The kernel calls it also if the
 * state stays the same, in a close() after a shutdown(). Without such events, there is no nested
 * program: owners are not followed then where it would have to do it.
 */
static __always_inline int on_state_change(__u64 *ctx, bool nested)
{
	struct change change = { .old = (__u8)ctx[1], .state = (__u8)ctx[2] };
	bool reported = is_reported_change(change.old, change.state), noted;
	const struct sock *sk = (const void *)ctx[0];

	if (!sk)
		return 0;
	noted = is_noted_change(sk, change.old, change.state);
	if (!reported && !noted)
		return 0;
	if ((with_state || with_life) && !claim_event(sk, RECORD_STATE, nested))
		return 0;
	change.tp = bpf_skc_to_tcp_sock((void *)sk); /* NULL: not of TCP, but of MPTCP */
	if (!change.tp)
		return 0;
	/* The copy of a listener has no flow yet. */
	if (change.old != TCP_LISTEN || with_state || filter_netns) {
		typed_flow(change.tp, &change.key);
		change.flow = flow_hash(&change.key);
	}
	if (noted)
		follow_owner(&change);
	if (reported)
		report_changes(ctx, &change);
	/* Not before the report: it may be the end of a child that no process has accepted. */
	if (noted && change.state == TCP_CLOSE && !is_replaced(change.old, TCP_CLOSE))
		forget_listener(sk);
	return 0;
}

#endif
