// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "enrich.h"
#include "enrich_life.h"
#include "skb_id.h"
#include "report/names.h"
#include "stack_cache.h"
#include "util/strbuf.h"

#define CPUS_MAX	 8192
#define LOCATIONS	 251  /* a prime: addresses are spread over it */
#define ERRNO_END	 4096 /* include/linux/err.h */
#define TIMER_LOSS_PROBE 5    /* ICSK_TIME_LOSS_PROBE, include/net/inet_connection_sock.h */

/* A location and its name. */
struct named_location {
	uint64_t address; /* 0: free */
	bool known;
	bool lasting; /* in the kernel itself: the name never changes */
	struct strbuf name;
};

struct enrich {
	struct enrich_sources sources;
	struct siphash_key packet_ids;
	struct stacks *stacks;
	struct stack_cache *latest; /* with stacks */
	struct named_location locations[LOCATIONS];
	uint64_t generation; /* of the symbols that named the latest stacks and the locations */
	uint64_t lost;
	uint64_t lost_pending; /* not yet in a written report */
	uint64_t unnamed;
	uint64_t lost_on_cpu[CPUS_MAX];
};

struct enrich *enrich_new(const struct enrich_sources *sources)
{
	struct enrich *enrich = calloc(1, sizeof(*enrich));
	int err;

	if (!enrich)
		return NULL;
	enrich->sources = *sources;
	err = siphash_draw_key(&enrich->packet_ids);
	if (!err && sources->symbols) {
		enrich->stacks = stacks_new(sources->symbols);
		enrich->latest = stack_cache_new();
		err = enrich->stacks && enrich->latest ? 0 : -ENOMEM;
	}
	if (err) {
		enrich_free(enrich);
		errno = -err;
		return NULL;
	}
	return enrich;
}

void enrich_free(struct enrich *enrich)
{
	if (!enrich)
		return;
	stacks_free(enrich->stacks);
	stack_cache_free(enrich->latest);
	for (size_t i = 0; i < LOCATIONS; i++)
		strbuf_free(&enrich->locations[i].name);
	free(enrich);
}

static void name_reason(struct enrich *enrich, const struct drop_event *event,
			struct drop_report *report)
{
	const struct enrich_sources *sources = &enrich->sources;
	const char *name;

	if (!event->has_reason)
		return;
	name = reason_name(event->kind == EVENT_RESET ? sources->reset_reasons
						      : sources->drop_reasons,
			   event->reason);
	if (name)
		report_set_text(report, KEY_reason, name);
	report_set_number(report, KEY_reason_code, event->reason);
}

/*
 * Returns why TCP retransmits, or NULL if that is unknown. Loss and Recovery come first: the timer
 * of a probe may still be pending when an acknowledgement has just started a recovery
 * (tcp_xmit_recovery() of net/ipv4/tcp_input.c).
 */
static const char *retransmit_kind(const struct drop_event *event)
{
	if (event->kind == EVENT_SYNACK)
		return "synack";
	if (event->kind != EVENT_RETRANSMIT || !event->tcp.has_flow)
		return NULL;
	if (event->state == TCP_SYN_SENT)
		return "syn";
	/*
	 * Loss without undo is not due to a timeout: the path MTU is smaller than before, or the
	 * peer did not accept the data of a SYN.
	 */
	if (event->tcp.ca_state == TCP_CA_Loss)
		return event->tcp.undo || event->tcp.retransmits ? "rto" : NULL;
	if (event->tcp.ca_state == TCP_CA_Recovery)
		return "fast";
	return event->tcp.pending == TIMER_LOSS_PROBE ? "tlp" : NULL;
}

/* A transmission results in 0, -errno, or the verdict of a queue (NET_XMIT_DROP is 1). */
static const char *err_name(int err)
{
	if (err < 0 && err > -ERRNO_END)
		return strerrorname_np(-err);
	return err == 1 ? "NET_XMIT_DROP" : NULL;
}

static void name_transmission(const struct drop_event *event, struct drop_report *report)
{
	const char *kind = retransmit_kind(event);
	const char *err = event->has_err ? err_name(event->err) : NULL;

	if (kind)
		report_set_text(report, KEY_kind, kind);
	if (err)
		report_set_text(report, KEY_err, err);
	if (event->segs > 1)
		report_set_number(report, KEY_segs, event->segs);
}

/* Forgets temporary names if addresses may have other names now. */
static void follow_symbols(struct enrich *enrich, uint64_t generation)
{
	if (generation == enrich->generation)
		return;
	enrich->generation = generation;
	stack_cache_forget(enrich->latest);
	for (size_t i = 0; i < LOCATIONS; i++) {
		if (!enrich->locations[i].lasting)
			enrich->locations[i].address = 0;
	}
}

/* Few locations drop: each is named once. */
static const struct named_location *find_named(struct enrich *enrich, uint64_t address)
{
	struct named_location *location = &enrich->locations[address % LOCATIONS];
	struct symbols *symbols = enrich->sources.symbols;
	struct symbol symbol;

	if (location->address == address && location->lasting)
		return location;
	follow_symbols(enrich, symbols_update(symbols));
	if (location->address == address)
		return location;
	location->address = address;
	strbuf_clear(&location->name);
	location->known = symbols_find_location(symbols, address, &symbol);
	location->lasting = location->known && !symbol.module;
	if (location->known)
		strbuf_addf(&location->name, "%s+0x%llx", symbol.name,
			    (unsigned long long)symbol.offset);
	return location;
}

/* Returns where the kernel freed the packet; 0 if that is unknown, or the event is not a drop. */
static uint64_t find_location(struct enrich *enrich, const struct drop_event *event)
{
	if (event->location || event->kind != EVENT_DROP || !enrich->stacks)
		return event->location;
	return stacks_freed_at(enrich->stacks, event->stack, event->stack_depth);
}

static void name_location(struct enrich *enrich, uint64_t location, struct drop_report *report)
{
	const struct named_location *named;

	if (!location || !enrich->sources.symbols)
		return;
	named = find_named(enrich, location);
	if (named->known)
		report_set_text(report, KEY_at, strbuf_string(&named->name));
	else
		enrich->unnamed++;
}

static void name_socket(const struct drop_event *event, struct drop_report *report)
{
	static const char *const names[] = {
		[EVENT_SOCK_NONE] = "none",	[EVENT_SOCK_RX_SK] = "rx_sk",
		[EVENT_SOCK_SKB] = "skb",	[EVENT_SOCK_HOOK] = "hook",
		[EVENT_SOCK_FENTRY] = "fentry",
	};
	const char *state = state_name(event->state);

	if (state)
		report_set_text(report, KEY_state, state);
	report_set_text(report, KEY_sock, names[event->sock]);
}

static void name_owner(struct enrich *enrich, const struct drop_event *event,
		       struct drop_report *report)
{
	static const char *const sources[] = {
		[OWNER_EXACT] = "exact",
		[OWNER_LISTENER] = "listener",
		[OWNER_CURRENT] = "current",
	};
	uint64_t id = event->cgroup_id;
	const char *cgroup = event->has_cgroup ? cgroups_path(enrich->sources.cgroups, id) : NULL;
	struct owner owner;

	if (owners_find(enrich->sources.owners, event, &owner)) {
		report_set_number(report, KEY_owner_pid, owner.pid);
		report_set_text(report, KEY_owner, owner.comm);
		report_set_text(report, KEY_owner_src, sources[owner.source]);
	}
	if (event->has_uid)
		report_set_number(report, KEY_uid, event->uid);
	if (cgroup)
		report_set_text(report, KEY_cgroup, cgroup);
}

static void name_tcp_flow(const struct event_tcp *tcp, uint32_t ticks_per_s,
			  struct drop_report *report)
{
	const char *ca_state = ca_state_name(tcp->ca_state);

	if (ca_state)
		report_set_text(report, KEY_ca_state, ca_state);
	report_set_number(report, KEY_cwnd, tcp->cwnd);
	report_set_number(report, KEY_ssthresh, tcp->ssthresh);
	report_set_number(report, KEY_srtt_us, tcp->srtt_us);
	report_set_number(report, KEY_rttvar_us, tcp->rttvar_us);
	if (ticks_per_s)
		report_set_number(report, KEY_rto_us,
				  (uint64_t)tcp->rto_ticks * 1000000 / ticks_per_s);
	report_set_number(report, KEY_packets_out, tcp->packets_out);
	report_set_number(report, KEY_retrans_out, tcp->retrans_out);
	report_set_number(report, KEY_lost_out, tcp->lost_out);
	report_set_number(report, KEY_sacked_out, tcp->sacked_out);
	report_set_number(report, KEY_snd_wnd, tcp->snd_wnd);
	report_set_number(report, KEY_rcv_wnd, tcp->rcv_wnd);
	report_set_number(report, KEY_bytes_acked, tcp->bytes_acked);
	report_set_number(report, KEY_bytes_received, tcp->bytes_received);
	report_set_number(report, KEY_total_retrans, tcp->total_retrans);
}

static void name_tcp(struct enrich *enrich, const struct drop_event *event,
		     struct drop_report *report)
{
	const struct event_tcp *tcp = &event->tcp;

	if (tcp->has_flow)
		name_tcp_flow(tcp, enrich->sources.ticks_per_s, report);
	if (tcp->has_retransmits)
		report_set_number(report, KEY_retransmits, tcp->retransmits);
	if (!tcp->has_memory)
		return;
	report_set_number(report, KEY_rmem, tcp->rmem);
	report_set_number(report, KEY_rcvbuf, tcp->rcvbuf);
	report_set_number(report, KEY_wmem, tcp->wmem);
	report_set_number(report, KEY_sndbuf, tcp->sndbuf);
	report_set_number(report, KEY_backlog, tcp->backlog);
	if (tcp->cc[0])
		report_set_text(report, KEY_cc, tcp->cc);
}

static void name_cpu(const struct drop_event *event, struct drop_report *report)
{
	report_set_number(report, KEY_cpu, event->cpu);
	report_set_number(report, KEY_cpu_pid, event->cpu_pid);
	report_set_text(report, KEY_cpu_comm, event->cpu_comm);
}

static void name_device(const struct drop_event *event, struct drop_report *report)
{
	if (event->direction != EVENT_DIR_UNKNOWN) {
		report->has_direction = true;
		report->inbound = event->direction == EVENT_IN;
		report_set_text(report, KEY_dir, report->inbound ? "in" : "out");
	}
	if (event->netns)
		report_set_number(report, KEY_netns, event->netns);
	if (event->ifindex)
		report_set_number(report, KEY_ifindex, event->ifindex);
	if (event->ifname[0])
		report->ifname = event->ifname;
	report->pkt_type = event->pkt_type;
	report->has_queue = event->has_queue;
	report->queue = event->queue;
}

static void name_packet(struct enrich *enrich, const struct drop_event *event,
			struct drop_report *report)
{
	report->packet = event->packet;
	report->checksum_not_ready = event->checksum_partial;
	report->has_packet_id = event->skb != 0;
	if (event->skb)
		report->packet_id = skb_id_of(&enrich->packet_ids, event->skb);
	report_set_text(report, KEY_hdr, event->synthesized ? "synthesized" : "wire");
	if (event->l2_absent)
		report_set_text(report, KEY_l2, "absent");
	if (event->length_clamped)
		report_set_number(report, KEY_skb_len, event->packet.len - event->packet.ip_at);
}

/*
 * Returns the stack of the event, or, if the kernel side did not walk it, the latest stack of its
 * site. NULL if none is known.
 */
static const struct stack *find_stack(struct enrich *enrich, const struct drop_event *event,
				      uint64_t location)
{
	const struct stack *stack;

	if (!enrich->stacks)
		return NULL;
	if (event->stack_sampled)
		return stack_cache_latest(enrich->latest, event);
	stack = stacks_intern(enrich->stacks, event->stack, event->stack_depth, location);
	follow_symbols(enrich, symbols_generation(enrich->sources.symbols));
	if (stack)
		stack_cache_note(enrich->latest, event, stack);
	return stack;
}

static void name_stack(const struct drop_event *event, const struct stack *stack,
		       struct drop_report *report)
{
	report_set_text(report, KEY_stack,
			!stack		       ? "none"
			: event->stack_sampled ? "sampled"
					       : "own");
	if (!stack)
		return;
	report_set_number(report, KEY_stack_id, stack->id);
	report->frames = stack->frames;
}

/*
 * A record has the number of events that its CPU has lost since the start. Those that are new in it
 * were lost before this event.
 */
static void name_losses(struct enrich *enrich, const struct drop_event *event,
			struct drop_report *report)
{
	uint64_t *known = &enrich->lost_on_cpu[event->cpu % CPUS_MAX];

	if (event->lost_on_cpu > *known) {
		enrich->lost_pending += event->lost_on_cpu - *known;
		*known = event->lost_on_cpu;
	}
	if (enrich->lost_pending)
		report_set_number(report, KEY_lost, enrich->lost_pending);
}

void enrich_written(struct enrich *enrich)
{
	enrich->lost += enrich->lost_pending;
	enrich->lost_pending = 0;
}

void enrich_event(struct enrich *enrich, const struct drop_event *event, struct drop_report *report)
{
	uint64_t location;

	if (enrich->sources.symbols)
		symbols_begin_event(enrich->sources.symbols, event->boottime_ns);
	location = find_location(enrich, event);
	memset(report, 0, sizeof(*report));
	report->timestamp_ns = clock_wall_ns(enrich->sources.clock, event->boottime_ns);
	report_set_text(report, KEY_event, event_kind_name(event->kind));
	name_reason(enrich, event, report);
	name_location(enrich, location, report);
	name_transmission(event, report);
	name_socket(event, report);
	name_owner(enrich, event, report);
	name_tcp(enrich, event, report);
	enrich_life(event, enrich->sources.attached_ns, report);
	name_cpu(event, report);
	name_device(event, report);
	name_packet(enrich, event, report);
	name_stack(event, find_stack(enrich, event, location), report);
	name_losses(enrich, event, report);
}

uint64_t enrich_lost(const struct enrich *enrich)
{
	return enrich->lost;
}

uint64_t enrich_unnamed(const struct enrich *enrich)
{
	return enrich->unnamed + (enrich->stacks ? stacks_unnamed(enrich->stacks) : 0);
}
