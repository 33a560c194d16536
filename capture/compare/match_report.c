// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "match_report.h"
#include "match_time.h"
#include "report/names.h"
#include "util/hash.h"
#include "util/strbuf.h"

struct label {
	UT_hash_handle hh;
	uint32_t number; /* its place in the list, + 1 */
	char text[];	 /* the key, with its NUL */
};

static enum event_kind kind_of(const struct drop_report *report)
{
	const char *name = report_text(report, KEY_event);
	enum event_kind kind = 0;

	while (kind < EVENT_KIND_COUNT && (!name || strcmp(name, event_kind_name(kind)) != 0))
		kind++;
	return kind;
}

static enum event_direction direction_of(const struct drop_report *report)
{
	const char *dir = report_text(report, KEY_dir);

	if (dir)
		return strcmp(dir, "in") == 0 ? EVENT_IN : EVENT_OUT;
	if (report->has_direction)
		return report->inbound ? EVENT_IN : EVENT_OUT;
	return EVENT_DIR_UNKNOWN;
}

static bool text_is(const struct drop_report *report, enum key key, const char *expected)
{
	const char *text = report_text(report, key);

	return text && strcmp(text, expected) == 0;
}

static bool has_socket(const struct drop_report *report)
{
	const char *sock = report_text(report, KEY_sock);

	return sock && strcmp(sock, "none") != 0;
}

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/*
 * A capture sees a packet when the qdisc hands it to the device (dev_queue_xmit_nit()). A packet
 * that has no local socket may have been seen before, when it came in to be forwarded, and one in a
 * tunnel or with a tag by the device that has put it there.
 */
static bool is_before_tap(const struct drop_report *report)
{
	static const char *const reasons[] = {
		"NETFILTER_DROP", "QDISC_",	 "FQ_",
		"CAKE_",	  "TC_EGRESS",	 "NEIGH_",
		"IP_OUTNO",	  "PKT_TOO_BIG", "BPF_CGROUP_EGRESS",
	};
	const char *reason = report_text(report, KEY_reason);

	if (!reason || !text_is(report, KEY_sock, "skb") || direction_of(report) != EVENT_OUT ||
	    report_has(report, KEY_tunnel) || report_has(report, KEY_vlan))
		return false;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (has_prefix(reason, reasons[i]))
			return true;
	}
	return false;
}

/* tcp_data_queue() and what it calls, which tcp_ack() precedes. */
static bool is_ack_taken(const struct drop_report *report)
{
	static const char *const reasons[] = {
		"TCP_OLD_DATA", "TCP_OVERWINDOW",      "TCP_ZEROWINDOW",
		"TCP_OFOMERGE", "TCP_OFO_QUEUE_PRUNE", "TCP_OFO_DROP",
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (text_is(report, KEY_reason, reasons[i]))
			return true;
	}
	return false;
}

struct match_event event_of_report(const struct drop_report *report, uint64_t number)
{
	int64_t time = time_from_ns(report->timestamp_ns);
	enum event_kind kind = kind_of(report);
	uint64_t lost = report_number(report, KEY_lost);
	struct match_event event = {
		.packet = segment_info_of(&report->packet, time, 0),
		.lost = lost < UINT32_MAX ? (uint32_t)lost : UINT32_MAX,
		.netns = (uint32_t)report_number(report, KEY_netns),
		.tx = NONE,
		.kind = (uint8_t)kind,
		.direction = (uint8_t)direction_of(report),
		.has_tcp = report->packet.tcp_at && kind != EVENT_KIND_COUNT &&
			   kind != EVENT_STATE && kind != EVENT_LIFE,
		.failed = report_has(report, KEY_err),
		.timeout = text_is(report, KEY_kind, "rto"),
		.probe = text_is(report, KEY_kind, "tlp"),
		.has_socket = has_socket(report),
		.before_tap = kind == EVENT_DROP && is_before_tap(report),
		.ack_taken = kind == EVENT_DROP && is_ack_taken(report),
	};

	event.packet.number = number;
	event.packet.synthesized = text_is(report, KEY_hdr, "synthesized");
	return event;
}

static void format_label(const struct drop_report *report, struct strbuf *label)
{
	const char *reason = report_text(report, KEY_reason), *at = report_text(report, KEY_at);

	if (reason)
		strbuf_add(label, reason);
	else if (report_has(report, KEY_reason_code))
		strbuf_addf(label, "reason %llu",
			    (unsigned long long)report_number(report, KEY_reason_code));
	if (at)
		strbuf_addf(label, "%sat %s", label->length ? " " : "", at);
}

static int append(struct label_set *labels, struct label *label)
{
	if (labels->count == labels->capacity) {
		uint32_t capacity = labels->capacity ? labels->capacity * 2 : 16;
		struct label **list = reallocarray(labels->list, capacity, sizeof(*list));

		if (!list)
			return -ENOMEM;
		labels->list = list;
		labels->capacity = capacity;
	}
	labels->list[labels->count++] = label;
	label->number = labels->count;
	return 0;
}

/* Returns the label of the set with this text, a new one if there is none; NULL: out of memory. */
static struct label *find_or_add(struct label_set *labels, const struct strbuf *text)
{
	size_t length = text->length;
	struct label *label;

	HASH_FIND(hh, labels->table, text->data, length, label);
	if (label)
		return label;
	label = malloc(sizeof(*label) + length + 1);
	if (!label)
		return NULL;
	memcpy(label->text, text->data, length + 1);
	HASH_ADD_KEYPTR(hh, labels->table, label->text, length, label);
	if (label->hh.tbl && !append(labels, label))
		return label;
	if (label->hh.tbl)
		HASH_DEL(labels->table, label);
	free(label);
	return NULL;
}

int labels_add(struct label_set *labels, const struct drop_report *report, uint32_t *number)
{
	struct strbuf buffer = { 0 };
	const struct label *label;

	*number = 0;
	format_label(report, &buffer);
	if (!buffer.length && !buffer.failed)
		return 0;
	label = buffer.failed ? NULL : find_or_add(labels, &buffer);
	strbuf_free(&buffer);
	if (!label)
		return -ENOMEM;
	*number = label->number;
	return 0;
}

const char *labels_find(const struct label_set *labels, uint32_t number)
{
	return number ? labels->list[number - 1]->text : NULL;
}

void labels_free(struct label_set *labels)
{
	struct label *label, *following;

	HASH_ITER(hh, labels->table, label, following)
	{
		HASH_DEL(labels->table, label);
		free(label);
	}
	free(labels->list);
}
