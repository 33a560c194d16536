// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/if_ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "event/event.h"
#include "filter.h"
#include "report/names.h"
#include "util/number.h"
#include "util/strbuf.h"
#include "util/wrong_word.h"

#define COMM_MAX 15 /* TASK_COMM_LEN - 1, include/linux/sched.h */

/* Returns 0 if the list of the option has room for one more item, or -EINVAL and the error. */
static int check_room(const char *option, size_t count, struct error *error)
{
	if (count < FILTER_ITEMS_MAX)
		return 0;
	return error_set(error, -EINVAL, "%s: more than %d items", option, FILTER_ITEMS_MAX);
}

static int add_item(const char *option, struct filter_list *list, const char *item,
		    struct error *error)
{
	int err = check_room(option, list->count, error);

	if (err)
		return err;
	list->items[list->count] = strdup(item);
	if (!list->items[list->count])
		return error_set(error, -ENOMEM, "out of memory");
	list->count++;
	return 0;
}

static void free_list(struct filter_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
}

static int find_event(const char *name)
{
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		if (strcmp(name, event_kind_name((enum event_kind)kind)) == 0)
			return kind;
	}
	return -1;
}

static int not_one_of(const char *option, const char *name, void (*list)(struct strbuf *names),
		      struct error *error)
{
	struct strbuf names = { 0 };

	list(&names);
	wrong_word_of_few(error, option, name, strbuf_string(&names));
	strbuf_free(&names);
	return -EINVAL;
}

int filter_add_event(struct filter *filter, const char *name, struct error *error)
{
	int kind = find_event(name);

	if (kind < 0)
		return not_one_of("--events", name, event_kinds_list, error);
	filter->events |= 1U << kind;
	return 0;
}

void filter_list_states(struct strbuf *names)
{
	states_list(names);
	strbuf_add(names, " NONE");
}

int filter_add_state(struct filter *filter, const char *name, struct error *error)
{
	int state = state_find(name);

	if (state < 0)
		return not_one_of("--state", name, filter_list_states, error);
	filter->states |= 1U << state;
	return 0;
}

int filter_add_cause(struct filter *filter, const char *name, struct error *error)
{
	enum event_cause cause = cause_find(name);

	if (!cause)
		return not_one_of("--cause", name, causes_list, error);
	filter->causes |= 1U << cause;
	return 0;
}

int filter_add_reason(struct filter *filter, const char *name, struct error *error)
{
	return add_item("--reason", &filter->reasons, name, error);
}

int filter_add_pid(struct filter *filter, const char *text, struct error *error)
{
	int err = check_room("--pid", filter->pid_count, error);
	uint64_t pid;

	if (err)
		return err;
	if (!number_parse(text, &pid) || !pid || pid > INT32_MAX)
		return error_set(error, -EINVAL, "--pid: '%s' is not a process id", text);
	filter->pids[filter->pid_count++] = (uint32_t)pid;
	return 0;
}

int filter_add_comm(struct filter *filter, const char *comm, struct error *error)
{
	if (strlen(comm) > COMM_MAX)
		return error_set(error, -EINVAL,
				 "--comm: '%s' is longer than the 15 characters of a command name",
				 comm);
	return add_item("--comm", &filter->comms, comm, error);
}

static int add_port(const char *option, uint16_t *ports, size_t *count, const char *text,
		    struct error *error)
{
	int err = check_room(option, *count, error);
	uint64_t port;

	if (err)
		return err;
	if (!number_parse(text, &port) || port > UINT16_MAX)
		return error_set(error, -EINVAL, "%s: '%s' is not a port", option, text);
	ports[(*count)++] = (uint16_t)port;
	return 0;
}

int filter_add_local_port(struct filter *filter, const char *text, struct error *error)
{
	return add_port("--lport", filter->local_ports, &filter->local_port_count, text, error);
}

int filter_add_remote_port(struct filter *filter, const char *text, struct error *error)
{
	return add_port("--rport", filter->remote_ports, &filter->remote_port_count, text, error);
}

int filter_add_kind(struct filter *filter, const char *kind, struct error *error)
{
	return where_add_value(&filter->where, "--kind", "kind", kind, error);
}

int filter_add_uid(struct filter *filter, const char *uid, struct error *error)
{
	return where_add_value(&filter->where, "--uid", "uid", uid, error);
}

int filter_add_ifname(struct filter *filter, const char *ifname, struct error *error)
{
	if (strcmp(ifname, "any") == 0) /* as tcpdump's -i any */
		return 0;
	return where_add_value(&filter->where, "--interface", "ifname", ifname, error);
}

const char *filter_ifname(const struct filter *filter, size_t index)
{
	return where_option_value(filter->where, "--interface", index);
}

int filter_add_cgroup(struct filter *filter, const char *path_or_part, struct error *error)
{
	return where_add_cgroup(&filter->where, path_or_part, error);
}

void filter_free(struct filter *filter)
{
	free_list(&filter->reasons);
	free_list(&filter->comms);
	where_free(filter->where);
	expression_free(filter->expression);
	*filter = (struct filter){ 0 };
}

static bool event_matches(const struct filter *filter, const struct drop_report *report)
{
	const char *name = report_text(report, KEY_event);
	int kind = name ? find_event(name) : -1;

	return !filter->events || (kind >= 0 && filter->events >> kind & 1);
}

static bool state_matches(const struct filter *filter, const struct drop_report *report)
{
	const char *name = report_text(report, KEY_state);
	int state = name ? state_find(name) : 0;

	return !filter->states || (state >= 0 && filter->states >> state & 1);
}

/* Accepts the prefixes of both enums, because a file does not have the enum of a name. */
bool filter_reason_is(const char *requested, const char *name)
{
	static const char *const prefixes[] = { "SKB_DROP_REASON_", "SK_RST_REASON_" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t length = strlen(prefixes[i]);

		if (strncasecmp(requested, prefixes[i], length) == 0)
			requested += length;
	}
	return strcasecmp(requested, name) == 0;
}

/* names has commas, and perhaps spaces, between two of them. */
static bool is_reason_listed(const char *requested, const char *names)
{
	char name[64];

	for (names += strspn(names, ", "); *names; names += strspn(names, ", ")) {
		size_t length = strcspn(names, ", ");

		snprintf(name, sizeof(name), "%.*s", (int)length, names);
		if (filter_reason_is(requested, name))
			return true;
		names += length;
	}
	return false;
}

const char *filter_unknown_reason(const struct filter *filter, const char *names)
{
	for (size_t i = 0; i < filter->reasons.count; i++) {
		if (!is_reason_listed(filter->reasons.items[i], names))
			return filter->reasons.items[i];
	}
	return NULL;
}

static bool reason_matches(const struct filter *filter, const struct drop_report *report)
{
	const char *name = report_text(report, KEY_reason);

	for (size_t i = 0; name && i < filter->reasons.count; i++) {
		if (filter_reason_is(filter->reasons.items[i], name))
			return true;
	}
	return !filter->reasons.count;
}

static bool cause_matches(const struct filter *filter, const struct drop_report *report)
{
	const char *name = report_text(report, KEY_cause);
	enum event_cause cause = name ? cause_find(name) : CAUSE_NONE;

	return !filter->causes || filter->causes >> cause & 1;
}

static bool pid_matches(const struct filter *filter, const struct drop_report *report)
{
	uint64_t pid = report_number(report, KEY_owner_pid);

	for (size_t i = 0; i < filter->pid_count; i++) {
		if (filter->pids[i] == pid)
			return true;
	}
	return !filter->pid_count;
}

static bool comm_matches(const struct filter *filter, const struct drop_report *report)
{
	const char *comm = report_text(report, KEY_owner);

	for (size_t i = 0; comm && i < filter->comms.count; i++) {
		if (strcmp(filter->comms.items[i], comm) == 0)
			return true;
	}
	return !filter->comms.count;
}

static bool port_matches(const uint16_t *ports, size_t count, const struct drop_report *report,
			 bool sender)
{
	const struct packet *packet = &report->packet;

	for (size_t i = 0; packet->tcp_at && i < count; i++) {
		if (ports[i] == (sender ? packet->sport : packet->dport))
			return true;
	}
	return !count;
}

/* If the direction is unknown, the sender counts as the local end. */
static bool ports_match(const struct filter *filter, const struct drop_report *report)
{
	bool inbound = report->has_direction && report->inbound;

	return port_matches(filter->local_ports, filter->local_port_count, report, !inbound) &&
	       port_matches(filter->remote_ports, filter->remote_port_count, report, inbound);
}

/*
 * Evaluates the expression on the TCP packet as a frame of its own, without the headers before it.
 * Only the first bytes of a packet of a file may be needed: they are cut to PACKET_FRAME_MAX.
 */
static bool inner_matches(const struct expression *expression, const struct packet *packet)
{
	uint8_t frame[PACKET_FRAME_MAX] = { 0 };
	uint32_t length = packet->caplen - packet->ip_at;
	struct packet inner = { .data = frame,
				.len = packet->len - packet->ip_at + PACKET_ETH_LEN };

	if (length > sizeof(frame) - PACKET_ETH_LEN)
		length = sizeof(frame) - PACKET_ETH_LEN;
	packet_put16(frame + PACKET_ETH_LEN - 2, packet->family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
	memcpy(frame + PACKET_ETH_LEN, packet->data + packet->ip_at, length);
	inner.caplen = length + PACKET_ETH_LEN;
	return expression_matches(expression, &inner);
}

static bool expression_accepts(const struct filter *filter, const struct drop_report *report)
{
	const struct packet *packet = &report->packet;

	if (!filter->expression)
		return true;
	if (filter->inner && packet->family && packet->ip_at != PACKET_ETH_LEN)
		return inner_matches(filter->expression, packet);
	return expression_matches(filter->expression, packet);
}

bool filter_matches_captured(const struct filter *filter, const struct drop_report *report)
{
	return pid_matches(filter, report) && comm_matches(filter, report) &&
	       ports_match(filter, report) && where_matches(filter->where, report) &&
	       expression_accepts(filter, report);
}

bool filter_matches(const struct filter *filter, const struct drop_report *report)
{
	if (filter->family && report->packet.family != filter->family)
		return false;
	if (filter->netns && report_number(report, KEY_netns) != filter->netns)
		return false;
	return event_matches(filter, report) && state_matches(filter, report) &&
	       reason_matches(filter, report) && cause_matches(filter, report) &&
	       filter_matches_captured(filter, report);
}
