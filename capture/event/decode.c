// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "bpf/outside_record.h"
#include "bpf/record.h"
#include "decode.h"
#include "decode_frame.h"

_Static_assert(EVENT_STACK_MAX == RECORD_STACK_MAX, "an event holds any stack");

#define LEN_MAX (1U << 24) /* far above the largest GSO packet */

/*
 * Map the kernel side's enumerators to ours. The tables have no explicit size, so that the
 * assertions fail if a row is missing; check() rejects an index beyond the end.
 */
static const enum event_kind kinds[] = {
	[RECORD_DROP] = EVENT_DROP,	[RECORD_RETRANSMIT] = EVENT_RETRANSMIT,
	[RECORD_SYNACK] = EVENT_SYNACK, [RECORD_TLP] = EVENT_TLP,
	[RECORD_RESET] = EVENT_RESET,	[RECORD_STATE] = EVENT_STATE,
	[RECORD_LIFE] = EVENT_LIFE,
};
static const enum event_sock socks[] = {
	[RECORD_SOCK_NONE] = EVENT_SOCK_NONE,	  [RECORD_SOCK_RX_SK] = EVENT_SOCK_RX_SK,
	[RECORD_SOCK_SKB] = EVENT_SOCK_SKB,	  [RECORD_SOCK_HOOK] = EVENT_SOCK_HOOK,
	[RECORD_SOCK_FENTRY] = EVENT_SOCK_FENTRY, [RECORD_SOCK_STACK] = EVENT_SOCK_STACK,
};
static const enum event_direction directions[] = {
	[RECORD_DIR_UNKNOWN] = EVENT_DIR_UNKNOWN,
	[RECORD_DIR_IN] = EVENT_IN,
	[RECORD_DIR_OUT] = EVENT_OUT,
};
static const enum owner_how owner_hows[] = {
	[RECORD_OWNER_NONE] = OWNER_UNKNOWN,
	[RECORD_OWNER_OPENED] = OWNER_OPENED,
	[RECORD_OWNER_CLOSED] = OWNER_CLOSED,
};
static const enum life_opened openings[] = {
	[RECORD_OPENED_UNKNOWN] = OPENED_UNKNOWN,
	[RECORD_OPENED_ACTIVE] = OPENED_ACTIVE,
	[RECORD_OPENED_PASSIVE] = OPENED_PASSIVE,
	[RECORD_OPENED_RESTORED] = OPENED_RESTORED,
};

static const enum event_cause causes[] = {
	[RECORD_CAUSE_NONE] = CAUSE_NONE,
	[RECORD_CAUSE_LISTEN_OVERFLOW] = CAUSE_LISTEN_OVERFLOW,
	[RECORD_CAUSE_SYN_QUEUE_FULL] = CAUSE_SYN_QUEUE_FULL,
	[RECORD_CAUSE_LISTEN_DROP] = CAUSE_LISTEN_DROP,
};

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

_Static_assert(ROWS(kinds) == RECORD_EVENT_END, "each kind of event has a row");
_Static_assert(ROWS(socks) == RECORD_SOCK_END, "each way to find the socket has a row");
_Static_assert(ROWS(directions) == RECORD_DIR_END, "each direction has a row");
_Static_assert(ROWS(openings) == RECORD_OPENED_END, "each way to open has a row");
_Static_assert(ROWS(causes) == RECORD_CAUSE_END, "each cause has a row");
_Static_assert(ROWS(owner_hows) == RECORD_OWNER_END, "each way to find the owner has a row");

/* Returns whether the record is of a change of state, which has no packet. */
static bool is_change(const struct drop_record *record)
{
	return record->event == RECORD_STATE || record->event == RECORD_LIFE;
}

/* Returns 0; -EPROTO for another version; -EINVAL for a size or an enumerator out of range. */
static int check(const struct drop_record *record, size_t size)
{
	if (size < RECORD_SIZE_CHANGE)
		return -EINVAL;
	if (size < RECORD_SIZE_NO_STACK && (!is_change(record) || record->stack_len))
		return -EINVAL;
	if (record->version != RECORD_VERSION)
		return -EPROTO;
	if (record->event < RECORD_DROP || record->event >= RECORD_EVENT_END)
		return -EINVAL;
	if (record->family != AF_INET && record->family != AF_INET6)
		return -EINVAL;
	if (record->packet_len > RECORD_PACKET_MAX || record->l2_len > record->packet_len)
		return -EINVAL;
	if (is_change(record) && (record->packet_len || record->life.opened >= RECORD_OPENED_END))
		return -EINVAL;
	if (record->sock >= RECORD_SOCK_END || record->direction >= RECORD_DIR_END)
		return -EINVAL;
	if (record->owner.how >= RECORD_OWNER_END || record->cause >= RECORD_CAUSE_END)
		return -EINVAL;
	if (record->len > LEN_MAX || record->flow.payload_len > LEN_MAX)
		return -EINVAL;
	if (record->stack_len > sizeof(record->stack) ||
	    (record->stack_len && record->stack_len > size - RECORD_SIZE_NO_STACK))
		return -EINVAL;
	return 0;
}

static void decode_common(const struct drop_record *record, struct drop_event *event)
{
	event->kind = kinds[record->event];
	event->sock = socks[record->sock];
	event->direction = directions[record->direction];
	event->boottime_ns = record->timestamp_ns;
	event->location = record->location;
	event->skb = record->skb;
	event->lost_on_cpu = record->lost;
	event->has_reason = record->flags & RECORD_HAS_REASON;
	event->reason = record->reason;
	event->cause = causes[record->cause];
	event->has_err = record->flags & RECORD_HAS_ERR;
	event->err = record->err;
	event->vlan_proto = record->flags & RECORD_HAS_VLAN ? record->vlan_proto : 0;
	event->vlan_tci = record->vlan_tci;
	event->has_fragment_ports = record->flags & RECORD_FRAGMENT_PORTS;
	event->fragment_sport = record->flow.sport;
	event->fragment_dport = record->flow.dport;
	event->has_queue = record->flags & RECORD_HAS_QUEUE;
	event->queue = record->queue;
	event->checksum_partial = record->flags & RECORD_CSUM_PARTIAL;
	event->state = record->state;
	event->pkt_type = record->pkt_type;
	event->segs = record->segs;
	event->cpu = record->cpu;
	event->cpu_pid = record->cpu_pid;
	event->netns = record->netns;
	event->ifindex = record->ifindex;
	memcpy(event->cpu_comm, record->cpu_comm, sizeof(event->cpu_comm) - 1);
	memcpy(event->ifname, record->ifname, sizeof(event->ifname) - 1);
	event->stack_sampled = record->flags & RECORD_STACK_SAMPLED;
	event->stack_depth = record->stack_len / sizeof(record->stack[0]);
	memcpy(event->stack, record->stack, event->stack_depth * sizeof(record->stack[0]));
}

static void decode_owner(const struct drop_record *record, struct drop_event *event)
{
	event->socket = (struct socket_id){ record->socket.address, record->socket.flow };
	event->not_accepted = record->flags & RECORD_NOT_ACCEPTED;
	event->owner.how = owner_hows[record->owner.how];
	event->owner.pid = record->owner.pid;
	memcpy(event->owner.comm, record->owner.comm, sizeof(event->owner.comm) - 1);
	event->has_uid = record->flags & RECORD_HAS_UID;
	event->uid = record->uid;
	event->has_cgroup = record->flags & RECORD_HAS_CGROUP;
	event->cgroup_id = record->cgroup_id;
}

/* The conversions of tcp_get_info() (net/ipv4/tcp.c). */
static void decode_tcp(const struct drop_record *record, struct drop_event *event)
{
	const struct record_tcp *from = &record->tcp;

	event->tcp = (struct event_tcp){
		.has_flow = record->flags & RECORD_HAS_TCP,
		.has_memory = record->flags & RECORD_HAS_MEMORY,
		.has_retransmits = record->flags & RECORD_HAS_RETRANSMITS,
		.bytes_acked = from->bytes_acked,
		.bytes_received = from->bytes_received,
		.cwnd = from->cwnd,
		.ssthresh = from->ssthresh,
		.srtt_us = from->srtt >> 3,
		.rttvar_us = from->mdev >> 2,
		.rto_ticks = from->rto,
		.packets_out = from->packets_out,
		.retrans_out = from->retrans_out,
		.lost_out = from->lost_out,
		.sacked_out = from->sacked_out,
		.snd_wnd = from->snd_wnd,
		.rcv_wnd = from->rcv_wnd,
		.total_retrans = from->total_retrans,
		.ca_state = from->ca_state,
		.pending = from->pending,
		.rmem = from->rmem,
		.rcvbuf = from->rcvbuf,
		.wmem = from->wmem,
		.sndbuf = from->sndbuf,
		.backlog = from->backlog,
		.retransmits = from->retransmits,
		.undo = from->undo,
	};
	memcpy(event->tcp.cc, from->cc, sizeof(event->tcp.cc) - 1);
}

static void decode_queues(const struct drop_record *record, struct event_queues *queues)
{
	const struct record_queues *from = &record->tcp.queues;

	queues->known = record->flags & RECORD_HAS_QUEUES;
	if (!queues->known)
		return;
	queues->accept_queue = from->accept_queue;
	queues->accept_queue_max = from->accept_queue_max;
	queues->syn_queue = from->syn_queue;
}

static void decode_qdisc(const struct drop_record *record, struct event_qdisc *qdisc)
{
	const struct record_qdisc *from = &record->qdisc;

	if (record->event != RECORD_DROP || record->flags & RECORD_NO_IP_HEADER)
		return;
	qdisc->known = record->flags & RECORD_HAS_QDISC;
	qdisc->has_reason = record->flags & RECORD_HAS_QDISC_REASON;
	if (!qdisc->known && !qdisc->has_reason)
		return;
	memcpy(qdisc->kind, from->kind, sizeof(qdisc->kind) - 1);
	qdisc->handle = from->handle;
	qdisc->parent = from->parent;
	qdisc->reason = from->reason;
	qdisc->tx_queue = from->tx_queue;
}

static void decode_life(const struct record_life *from, struct event_life *life)
{
	life->birth_ns = from->birth_ns;
	life->unnoted_ns = from->unnoted_ns;
	life->opened = openings[from->opened];
	life->drops = from->drops;
	life->has_min_rtt = from->min_rtt_us != UINT32_MAX;
	life->min_rtt_us = from->min_rtt_us;
	life->rto_time_ms = from->rto_time_ms;
	life->rto_count = from->rto_count;
	life->end = (struct life_end){
		.err = from->err,
		.err_soft = from->err_soft,
		.in_call = from->end & RECORD_END_OWNED,
		.no_process = from->end & RECORD_END_NO_SOCKET,
		.closed = from->end & RECORD_END_DEAD,
		.fin_received = from->end & RECORD_END_FIN_RECEIVED,
		.all_acked = from->end & RECORD_END_ALL_ACKED,
		.no_fin_wait2 = from->end & RECORD_END_NO_FIN_WAIT2,
		.read_shutdown = from->end & RECORD_END_RCV_SHUTDOWN,
		.repair = from->end & RECORD_END_REPAIR,
	};
}

static void decode_change(const struct drop_record *record, struct drop_event *event)
{
	event->old_state = record->life.old_state;
	if (record->event != RECORD_LIFE)
		return;
	event->life.has_drops = record->flags & RECORD_HAS_DROPS;
	event->life.has_rto = record->flags & RECORD_HAS_RTO_TIME;
	decode_life(&record->life, &event->life);
}

int decode_record(const void *bytes, size_t size, struct drop_event *event)
{
	const struct drop_record *record = bytes;
	int err = check(record, size);

	if (err)
		return err;
	memset(event, 0, offsetof(struct drop_event, stack_depth));
	decode_common(record, event);
	decode_owner(record, event);
	decode_tcp(record, event);
	decode_queues(record, &event->queues);
	decode_qdisc(record, &event->qdisc);
	if (record->flags & RECORD_HAS_MPTCP)
		event->mptcp = (struct event_mptcp){ record->mptcp.token, record->mptcp.local_id,
						     record->mptcp.remote_id };
	if (is_change(record))
		decode_change(record, event);
	return decode_frame(record, event);
}

void decode_socket(const struct record_socket *record, struct socket_holder *holder)
{
	*holder = (struct socket_holder){
		.id = { record->id.address, record->id.flow },
		.pid = record->owner.pid,
		.netns = record->netns,
		.port = record->port,
		.state = record->state,
	};
	memcpy(holder->comm, record->owner.comm, sizeof(holder->comm) - 1);
}

int decode_outside(const struct record_outside_key *key, const struct record_outside *record,
		   struct outside_count *count)
{
	static const enum outside_kind outside_kinds[RECORD_OUTSIDE_END] = {
		[RECORD_OUTSIDE_ABORTED] = OUTSIDE_XDP_ABORTED,
		[RECORD_OUTSIDE_TX] = OUTSIDE_XDP_TX,
		[RECORD_OUTSIDE_REDIRECT] = OUTSIDE_XDP_REDIRECT,
		[RECORD_OUTSIDE_TRAP] = OUTSIDE_TRAP,
		[RECORD_OUTSIDE_OTHER] = OUTSIDE_OTHER,
	};

	if (key->kind >= RECORD_OUTSIDE_END)
		return -EBADMSG;
	*count = (struct outside_count){ .kind = outside_kinds[key->kind],
					 .netns = key->netns,
					 .packets = record->packets };
	memcpy(count->ifname, record->ifname, sizeof(count->ifname) - 1);
	return 0;
}
