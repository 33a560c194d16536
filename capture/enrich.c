// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "enrich.h"
#include "identity.h"
#include "names.h"
#include "text.h"

#define CPUS_MAX 8192

struct enrich {
	struct enrich_sources sources;
	struct identity identity;
	struct stacks *stacks;
	struct text at;
	uint64_t lost;
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
	err = identity_init(&enrich->identity);
	if (!err && sources->symbols) {
		enrich->stacks = stacks_new(sources->symbols);
		err = enrich->stacks ? 0 : -ENOMEM;
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
	text_free(&enrich->at);
	free(enrich);
}

static void name_reason(struct enrich *enrich, const struct drop_event *event,
			struct drop_report *report)
{
	const char *name;

	if (!event->has_reason)
		return;
	name = reason_name(enrich->sources.reasons, event->reason);
	if (name)
		report_set_text(report, KEY_reason, name);
	report_set_number(report, KEY_reason_code, event->reason);
}

static void name_location(struct enrich *enrich, const struct drop_event *event,
			  struct drop_report *report)
{
	struct symbol symbol;

	if (!event->location || !enrich->sources.symbols)
		return;
	if (!symbols_find(enrich->sources.symbols, event->location, &symbol)) {
		enrich->unnamed++;
		return;
	}
	text_clear(&enrich->at);
	text_addf(&enrich->at, "%s+0x%llx", symbol.name, (unsigned long long)symbol.offset);
	report_set_text(report, KEY_at, text_string(&enrich->at));
}

static void name_socket(const struct drop_event *event, struct drop_report *report)
{
	static const char *const names[] = {
		[EVENT_SOCK_NONE] = "none",
		[EVENT_SOCK_RX_SK] = "rx_sk",
		[EVENT_SOCK_SKB] = "skb",
		[EVENT_SOCK_HOOK] = "hook",
	};
	const char *state = state_name(event->state);

	if (state)
		report_set_text(report, KEY_state, state);
	report_set_text(report, KEY_sock, names[event->sock]);
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
		report->packet_id = identity_of(&enrich->identity, event->skb);
	if (event->segs > 1)
		report_set_number(report, KEY_segs, event->segs);
	report_set_text(report, KEY_hdr, event->synthesized ? "synthesized" : "wire");
	if (event->l2_absent)
		report_set_text(report, KEY_l2, "absent");
	if (event->length_clamped)
		report_set_number(report, KEY_skb_len, event->packet.len - PACKET_ETH_LEN);
}

static void name_stack(struct enrich *enrich, const struct drop_event *event,
		       struct drop_report *report)
{
	const struct stack *stack = NULL;

	if (enrich->stacks)
		stack = stacks_intern(enrich->stacks, event->stack, event->stack_depth,
				      event->location);
	report_set_text(report, KEY_stack, stack ? "own" : "none");
	if (!stack)
		return;
	report_set_number(report, KEY_stack_id, stack->id);
	report->frames = stack->frames;
}

/* The record has its CPU's losses since the start; what is new stands just before this event. */
static void name_losses(struct enrich *enrich, const struct drop_event *event,
			struct drop_report *report)
{
	uint64_t *known = &enrich->lost_on_cpu[event->cpu % CPUS_MAX];

	if (event->lost_on_cpu <= *known)
		return;
	report_set_number(report, KEY_lost, event->lost_on_cpu - *known);
	enrich->lost += event->lost_on_cpu - *known;
	*known = event->lost_on_cpu;
}

void enrich_event(struct enrich *enrich, const struct drop_event *event, struct drop_report *report)
{
	memset(report, 0, sizeof(*report));
	report->timestamp_ns = clock_wall_ns(enrich->sources.clock, event->monotonic_ns);
	report_set_text(report, KEY_event, event_kind_name(event->kind));
	name_reason(enrich, event, report);
	name_location(enrich, event, report);
	name_socket(event, report);
	name_cpu(event, report);
	name_device(event, report);
	name_packet(enrich, event, report);
	name_stack(enrich, event, report);
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
