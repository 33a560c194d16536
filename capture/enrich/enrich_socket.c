// SPDX-License-Identifier: GPL-2.0-or-later
#include "enrich_socket.h"
#include "report/names.h"

static void name_state(const struct drop_event *event, struct drop_report *report)
{
	static const char *const names[] = {
		[EVENT_SOCK_NONE] = "none",	[EVENT_SOCK_RX_SK] = "rx_sk",
		[EVENT_SOCK_SKB] = "skb",	[EVENT_SOCK_HOOK] = "hook",
		[EVENT_SOCK_FENTRY] = "fentry", [EVENT_SOCK_STACK] = "stack",
	};
	const char *state = state_name(event->state);

	if (state)
		report_set_text(report, KEY_state, state);
	report_set_text(report, KEY_sock, names[event->sock]);
}

static void name_owner(struct owners *owners, const struct drop_event *event,
		       struct drop_report *report)
{
	static const char *const sources[] = {
		[OWNER_EXACT] = "exact",
		[OWNER_LISTENER] = "listener",
		[OWNER_CURRENT] = "current",
	};
	struct owner owner;

	if (!owners_find(owners, event, &owner))
		return;
	report_set_number(report, KEY_owner_pid, owner.pid);
	report_set_text(report, KEY_owner, owner.comm);
	report_set_text(report, KEY_owner_src, sources[owner.source]);
}

static void name_cgroup(struct cgroups *cgroups, const struct drop_event *event,
			struct drop_report *report)
{
	const char *path = event->has_cgroup ? cgroups_path(cgroups, event->cgroup_id) : NULL;

	if (path)
		report_set_text(report, KEY_cgroup, path);
}

static void name_queues(const struct event_queues *queues, struct drop_report *report)
{
	if (!queues->known)
		return;
	report_set_number(report, KEY_accept_queue, queues->accept_queue);
	report_set_number(report, KEY_accept_queue_max, queues->accept_queue_max);
	report_set_number(report, KEY_syn_queue, queues->syn_queue);
}

void enrich_socket(const struct enrich_sources *sources, const struct drop_event *event,
		   struct drop_report *report)
{
	name_state(event, report);
	name_owner(sources->owners, event, report);
	if (event->has_uid)
		report_set_number(report, KEY_uid, event->uid);
	name_cgroup(sources->cgroups, event, report);
	name_queues(&event->queues, report);
}
