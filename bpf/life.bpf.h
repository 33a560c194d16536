/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIFE_BPF_H
#define LIFE_BPF_H

/*
 * The events of a socket that changes its state: each change, and the end of a connection with what
 * was noted of it since its birth. A connection is born when connect() enters SYN_SENT, or when a
 * listener makes its copy in SYN_RECV; it ends when its socket enters CLOSE. TIME_WAIT is after the
 * end: a socket of its own, without a change of state, replaces the connection's.
 *
 * The address of a socket does not identify it: the kernel uses it again. A life is noted with the
 * flow of its socket, as owners are (owner.bpf.h). A birth that was not seen is unknown, never
 * another one's.
 */

#include "claim.bpf.h"
#include "event.bpf.h"
#include "flow.bpf.h"
#include "kernel.bpf.h"
#include "origin.bpf.h"
#include "owner.bpf.h"
#include "record.h"
#include "socket.bpf.h"

/*
 * Connections that are open at the same time. Not an LRU map: an evicted birth would look like one
 * before the capture began.
 */
#define LIVES_MAX 131072

const volatile bool with_life; /* whether lives are noted */

struct noted_life {
	__u64 birth_ns; /* CLOCK_BOOTTIME; 0: unknown */
	__u64 flow; /* owner_flow() of the socket; 0: a child in SYN_RECV, whose flow is unknown */
	__u32 drops;
	__u32 opened; /* enum record_opened */
};

/* Key: address of the socket. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LIVES_MAX);
	__type(key, __u64);
	__type(value, struct noted_life);
} lives SEC(".maps");

/* Births that found no room in lives. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record_unnoted);
} unnoted_births SEC(".maps");

static __always_inline void count_unnoted(__u64 now_ns)
{
	__u32 zero = 0;
	struct record_unnoted *unnoted = bpf_map_lookup_elem(&unnoted_births, &zero);

	if (!unnoted)
		return;
	__sync_fetch_and_add(&unnoted->count, 1);
	unnoted->last_ns = now_ns;
}

static __always_inline void note_birth(const struct sock *sk, __u8 state)
{
	const struct tcp_sock *tp = (const void *)sk;
	__u64 address = (__u64)sk, now_ns = bpf_ktime_get_boot_ns();
	struct noted_life life = { .birth_ns = now_ns, .opened = RECORD_OPENED_PASSIVE };

	if (state == TCP_SYN_SENT) {
		life.flow = socket_flow(&sk->__sk_common).without_port;
		life.opened = BPF_CORE_READ_BITFIELD_PROBED(tp, repair) ? RECORD_OPENED_RESTORED
									: RECORD_OPENED_ACTIVE;
	}
	if (bpf_map_update_elem(&lives, &address, &life, BPF_ANY)) {
		bpf_map_delete_elem(&lives, &address); /* of an earlier socket */
		count_unnoted(now_ns);
	}
}

/* Returns whether the noted life is that of a socket with this flow, which is in that state. */
static __always_inline bool is_same_life(const struct noted_life *life,
					 const struct socket_flow *flow, __u8 state)
{
	if (!life->flow)
		return state == TCP_SYN_RECV;
	return life->flow == owner_flow(flow, state);
}

/* Returns the noted life of sk, which has this flow and that state; NULL if it is unknown. */
static __always_inline struct noted_life *find_life(const struct sock *sk,
						    const struct socket_flow *flow, __u8 state)
{
	__u64 address = (__u64)sk;
	struct noted_life *life = bpf_map_lookup_elem(&lives, &address);

	return life && is_same_life(life, flow, state) ? life : NULL;
}

/* sk leaves SYN_SENT or SYN_RECV, and has its whole flow from now on. */
static __always_inline void note_open(const struct sock *sk, __u8 old)
{
	struct socket_flow flow = socket_flow(&sk->__sk_common);
	struct noted_life *life = find_life(sk, &flow, old);

	if (life)
		life->flow = flow.whole;
}

/* Counts a drop of a packet of sk. The connection may be older than the capture. */
static __always_inline void note_drop_of_life(const struct sock *sk)
{
	__u8 state = socket_state(sk);
	__u64 address = (__u64)sk;
	struct noted_life new = { .drops = 1 };
	struct socket_flow flow;
	struct noted_life *life;

	if (!sk || !is_full_socket(state) || state == TCP_LISTEN || state == TCP_CLOSE)
		return;
	flow = socket_flow(&sk->__sk_common);
	life = find_life(sk, &flow, state);
	if (life) {
		__sync_fetch_and_add(&life->drops, 1);
		return;
	}
	new.flow = owner_flow(&flow, state);
	bpf_map_update_elem(&lives, &address, &new, BPF_ANY);
}

static __always_inline void forget_life(const struct sock *sk)
{
	__u64 address = (__u64)sk;

	bpf_map_delete_elem(&lives, &address);
}

/*
 * Reserves the record of a change of sk's state. The segment of the record has the addresses, ports
 * and numbers of the socket, but no flags: no segment was sent.
 */
static __always_inline struct drop_record *reserve_change(__u32 kind, const struct sock *sk,
							  __u8 old, __u8 state,
							  struct drop_record **with_stack)
{
	const struct tcp_sock *tp = (const void *)sk;
	struct candidate event = { .event = kind };
	struct drop_record *record;

	event.family = socket_family(&sk->__sk_common);
	event.state = state;
	event.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	record = event_reserve(&event, with_stack);
	if (!record)
		return NULL;
	record->sock = RECORD_SOCK_HOOK;
	fill_device(record, BPF_CORE_READ(sk, sk_dst_cache, dev));
	fill_addresses(record, &sk->__sk_common);
	record->flow.seq = BPF_CORE_READ(tp, snd_nxt);
	record->flow.window = window_field(BPF_CORE_READ(tp, rcv_wnd),
					   BPF_CORE_READ_BITFIELD_PROBED(tp, rx_opt.rcv_wscale));
	/*
	 * The owner of a socket that closes is noted with the flow of its old state; that of a
	 * connect() has got the local port by now (note_connected()).
	 */
	record->state = state == TCP_CLOSE && old != TCP_SYN_SENT ? old : state;
	fill_socket(record, sk);
	record->state = state;
	record->life.old_state = old;
	return record;
}

static __always_inline int report_change(void *ctx, const struct sock *sk, __u8 old, __u8 state)
{
	struct drop_record *record, *with_stack;

	record = reserve_change(RECORD_STATE, sk, old, state, &with_stack);
	if (record)
		event_submit(ctx, with_stack, record);
	return 0;
}

/* What decides who ended the connection (capture/enrich/enrich_life.c). */
static __always_inline void fill_end(struct record_life *life, const struct sock *sk)
{
	const struct tcp_sock *tp = (const void *)sk;
	unsigned long flags = BPF_CORE_READ(sk, __sk_common.skc_flags);

	life->err = BPF_CORE_READ(sk, sk_err);
	life->err_soft = BPF_CORE_READ(sk, sk_err_soft);
	if (BPF_CORE_READ(sk, sk_lock.owned))
		life->end |= RECORD_END_OWNED;
	if (!BPF_CORE_READ(sk, sk_socket))
		life->end |= RECORD_END_NO_SOCKET;
	if (flags & 1 << SOCK_DEAD)
		life->end |= RECORD_END_DEAD;
	if (flags & 1 << SOCK_DONE)
		life->end |= RECORD_END_FIN_RECEIVED;
	if (BPF_CORE_READ(tp, snd_una) == BPF_CORE_READ(tp, write_seq))
		life->end |= RECORD_END_ALL_ACKED;
	if (BPF_CORE_READ(tp, linger2) < 0)
		life->end |= RECORD_END_NO_FIN_WAIT2;
	if (BPF_CORE_READ_BITFIELD_PROBED(sk, sk_shutdown) & RCV_SHUTDOWN)
		life->end |= RECORD_END_RCV_SHUTDOWN;
	if (BPF_CORE_READ_BITFIELD_PROBED(tp, repair))
		life->end |= RECORD_END_REPAIR;
}

static __always_inline void fill_life(struct drop_record *record, const struct sock *sk,
				      const struct noted_life *noted)
{
	const struct tcp_sock *tp = (const void *)sk;
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
	life->min_rtt_us = BPF_CORE_READ(tp, rtt_min.s[0].v);
	if (kernel_rto_time(sk, &life->rto_time_ms, &life->rto_count))
		record->flags |= RECORD_HAS_RTO_TIME;
	fill_end(life, sk);
}

/*
 * sk closes. A connect() that failed before it sent a SYN made no connection; the kernel does not
 * count it either (TcpActiveOpens).
 */
static __always_inline int report_end(void *ctx, const struct sock *sk, __u8 old)
{
	const struct tcp_sock *tp = (const void *)sk;
	struct socket_flow flow = socket_flow(&sk->__sk_common);
	struct noted_life *life = find_life(sk, &flow, old);
	struct drop_record *record, *with_stack;
	struct noted_life noted = {};

	if (life)
		noted = *life;
	forget_life(sk);
	if (old == TCP_SYN_SENT && !BPF_CORE_READ(tp, segs_out))
		return 0;
	record = reserve_change(RECORD_LIFE, sk, old, TCP_CLOSE, &with_stack);
	if (!record)
		return 0;
	fill_life(record, sk, &noted);
	event_submit(ctx, with_stack, record);
	return 0;
}

static __always_inline int on_state_change(__u64 *ctx, bool nested)
{
	const struct sock *sk = kernel_sock_arg(&ctx[0]);
	__u8 old = (__u8)ctx[1], state = (__u8)ctx[2];

	/* A close() after a shutdown() sets the same state again. */
	if (!sk || old == state || !is_tcp_socket(sk) || !claim_event(sk, RECORD_STATE, nested))
		return 0;
	return report_change(ctx, sk, old, state);
}

static __always_inline int on_life_change(__u64 *ctx, bool nested)
{
	const struct sock *sk = kernel_sock_arg(&ctx[0]);
	__u8 old = (__u8)ctx[1], state = (__u8)ctx[2];
	bool begins = state == TCP_SYN_SENT || (old == TCP_LISTEN && state == TCP_SYN_RECV);
	bool opens = old == TCP_SYN_SENT || old == TCP_SYN_RECV;
	bool ends = state == TCP_CLOSE && old != TCP_CLOSE && old != TCP_LISTEN;

	if (!sk || old == state || (!begins && !opens && !ends) || !is_tcp_socket(sk))
		return 0;
	/* Another object than that of on_state_change(): each claims its own event. */
	if (!claim_event((const char *)sk + 1, RECORD_LIFE, nested))
		return 0;
	if (filter_netns && net_inode(socket_net(sk)) != filter_netns)
		return 0;
	if (ends)
		return report_end(ctx, sk, old);
	if (begins)
		note_birth(sk, state);
	else
		note_open(sk, old);
	return 0;
}

#endif
