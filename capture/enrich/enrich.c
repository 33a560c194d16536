// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "enrich.h"
#include "enrich_chain.h"
#include "enrich_life.h"
#include "enrich_packet.h"
#include "enrich_socket.h"
#include "enrich_tcp.h"
#include "report/names.h"
#include "sites.h"
#include "util/siphash.h"

#define CPUS_MAX 8192

struct enrich {
	struct enrich_sources sources;
	struct siphash_key packet_ids;
	struct sites *sites;
	struct chain_names chain;
	uint64_t lost;
	uint64_t lost_pending; /* known from records, but in no written report yet */
	uint64_t lost_ahead;   /* written elsewhere, but in no record yet (enrich_wrote_losses) */
	uint64_t lost_on_cpu[CPUS_MAX];
	char qdisc_handle[16]; /* texts of the latest report */
	char qdisc_parent[16];
	char mptcp_token[16];
};

struct enrich *enrich_new(const struct enrich_sources *sources)
{
	struct enrich *enrich = calloc(1, sizeof(*enrich));
	int err;

	if (!enrich)
		return NULL;
	enrich->sources = *sources;
	err = siphash_draw_key(&enrich->packet_ids);
	if (!err) {
		enrich->sites = sites_new(sources->symbols);
		err = enrich->sites ? 0 : -errno;
	}
	if (!err)
		return enrich;
	enrich_free(enrich);
	errno = -err;
	return NULL;
}

void enrich_free(struct enrich *enrich)
{
	if (!enrich)
		return;
	sites_free(enrich->sites);
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

/* Sets a handle or class id as tc(8) shows it: hexadecimal, with a colon after the upper half. */
static void set_qdisc_id(struct drop_report *report, enum key key, uint32_t id, char text[16])
{
	snprintf(text, 16, id & 0xffff ? "%x:%x" : "%x:", id >> 16, id & 0xffff);
	report_set_text(report, key, id == UINT32_MAX ? "root" : text);
}

static void name_qdisc(struct enrich *enrich, const struct event_qdisc *qdisc,
		       struct drop_report *report)
{
	const char *reason = NULL;

	if (qdisc->has_reason)
		reason = reason_name(enrich->sources.drop_reasons, qdisc->reason);
	if (reason)
		report_set_text(report, KEY_qdisc_reason, reason);
	if (!qdisc->known)
		return;
	report_set_text(report, KEY_qdisc, qdisc->kind);
	set_qdisc_id(report, KEY_qdisc_handle, qdisc->handle, enrich->qdisc_handle);
	if (qdisc->parent)
		set_qdisc_id(report, KEY_qdisc_parent, qdisc->parent, enrich->qdisc_parent);
	report_set_number(report, KEY_tx_queue, qdisc->tx_queue);
}

static void name_mptcp(struct enrich *enrich, const struct event_mptcp *mptcp,
		       struct drop_report *report)
{
	if (!mptcp->token)
		return;
	snprintf(enrich->mptcp_token, sizeof(enrich->mptcp_token), "%08x", mptcp->token);
	report_set_text(report, KEY_mptcp_token, enrich->mptcp_token);
	if (mptcp->local_id >= 0)
		report_set_number(report, KEY_mptcp_local_id, (uint64_t)mptcp->local_id);
	report_set_number(report, KEY_mptcp_remote_id, (uint64_t)mptcp->remote_id);
}

static void name_cpu(const struct drop_event *event, struct drop_report *report)
{
	report_set_number(report, KEY_cpu, event->cpu);
	report_set_number(report, KEY_cpu_pid, event->cpu_pid);
	report_set_text(report, KEY_cpu_comm, event->cpu_comm);
}

/*
 * A record has the number of events that its CPU has lost since the start. What has been added
 * since the previous record of the CPU was lost before this event.
 */
static void name_losses(struct enrich *enrich, const struct drop_event *event,
			struct drop_report *report)
{
	uint64_t *known = &enrich->lost_on_cpu[event->cpu % CPUS_MAX];

	if (event->lost_on_cpu > *known) {
		uint64_t lost = event->lost_on_cpu - *known;
		uint64_t written = lost < enrich->lost_ahead ? lost : enrich->lost_ahead;

		enrich->lost_ahead -= written;
		enrich->lost_pending += lost - written;
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

void enrich_wrote_losses(struct enrich *enrich, uint64_t lost)
{
	enrich->lost += lost;
	if (lost > enrich->lost_pending)
		enrich->lost_ahead += lost - enrich->lost_pending;
	enrich->lost_pending = 0;
}

void enrich_lost_later(struct enrich *enrich, uint64_t events, uint64_t lost)
{
	enrich->lost -= lost;
	enrich->lost_pending += events + lost;
}

void enrich_event(struct enrich *enrich, const struct drop_event *event, struct drop_report *report)
{
	report_clear(report);
	report->timestamp_ns = clock_wall_ns(enrich->sources.clock, event->boottime_ns);
	report_set_text(report, KEY_event, event_kind_name(event->kind));
	name_reason(enrich, event, report);
	if (event->cause)
		report_set_text(report, KEY_cause, cause_name(event->cause));
	name_qdisc(enrich, &event->qdisc, report);
	name_mptcp(enrich, &event->mptcp, report);
	sites_name(enrich->sites, event, report);
	enrich_transmission(event, report);
	enrich_socket(&enrich->sources, event, report);
	enrich_tcp(&event->tcp, enrich->sources.ticks_per_s, report);
	enrich_life(event, enrich->sources.attached_ns, report);
	name_cpu(event, report);
	enrich_packet(&enrich->packet_ids, event, report);
	enrich_chain(&enrich->chain, event, report);
	name_losses(enrich, event, report);
}

uint64_t enrich_lost(const struct enrich *enrich)
{
	return enrich->lost;
}

uint64_t enrich_unnamed(const struct enrich *enrich)
{
	return sites_unnamed(enrich->sites);
}
