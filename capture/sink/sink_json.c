// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

#include "account/account_text.h"
#include "report/format.h"
#include "report/names.h"
#include "sink_line.h"
#include "util/strbuf.h"

static void add_name(struct strbuf *line, const char *name)
{
	if (line->length && line->data[line->length - 1] != '{')
		strbuf_add(line, ",");
	strbuf_add_json(line, name);
	strbuf_add(line, ":");
}

static void add_string(struct strbuf *line, const char *name, const char *value)
{
	add_name(line, name);
	strbuf_add_json(line, value);
}

static void add_number(struct strbuf *line, const char *name, uint64_t value)
{
	add_name(line, name);
	strbuf_add_number(line, value);
}

static void add_values(struct strbuf *line, const struct drop_report *report)
{
	for (enum key key = 0; (key = report_next(report, key)) < KEY_COUNT; key++) {
		const union value *value = &report->values[key];

		if (key_table[key].type == VALUE_NUMBER)
			add_number(line, key_table[key].name, value->number);
		else
			add_string(line, key_table[key].name, value->text);
	}
}

static void add_tcp(struct strbuf *line, const struct packet *packet)
{
	struct strbuf flags = { 0 };

	flags_format(packet->flags, &flags);
	add_number(line, "sport", packet->sport);
	add_number(line, "dport", packet->dport);
	add_string(line, "flags", strbuf_string(&flags));
	add_number(line, "seq", packet->seq);
	if (packet->flags & TCP_ACK)
		add_number(line, "ack", packet->ack);
	add_number(line, "window", packet->window);
	add_number(line, "payload_len", packet->payload_len);
	line->failed |= flags.failed;
	strbuf_free(&flags);
}

static void add_packet(struct strbuf *line, const struct packet *packet)
{
	char address[INET6_ADDRSTRLEN];

	add_number(line, "len", packet->len);
	add_number(line, "caplen", packet->caplen);
	if (!packet->family)
		return;
	add_number(line, "ip", packet->family == AF_INET ? 4 : 6);
	add_string(line, "saddr",
		   inet_ntop(packet->family, packet->saddr, address, sizeof(address)));
	add_string(line, "daddr",
		   inet_ntop(packet->family, packet->daddr, address, sizeof(address)));
	if (packet->tcp_at)
		add_tcp(line, packet);
}

static void add_frames(struct strbuf *line, const char *frames)
{
	add_name(line, "frames");
	strbuf_add(line, "[");
	format_frames(line, frames, ",", strbuf_add_json);
	strbuf_add(line, "]");
}

/* In UTC, with all nanoseconds: a number of JSON loses some of them in most programs. */
static void add_iso_time(struct strbuf *line, uint64_t timestamp_ns)
{
	time_t seconds = (time_t)(timestamp_ns / 1000000000);
	char text[32];
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm))
		text[0] = '\0';
	strbuf_addf(line, "\"%s.%09lluZ\"", text, (unsigned long long)(timestamp_ns % 1000000000));
}

static void format_report(struct strbuf *line, const struct drop_report *report, void *context)
{
	const struct sink_detail *detail = context;

	strbuf_add(line, "{");
	add_name(line, "time");
	strbuf_addf(line, "%llu.%09llu", (unsigned long long)(report->timestamp_ns / 1000000000),
		    (unsigned long long)(report->timestamp_ns % 1000000000));
	add_name(line, "time_iso");
	add_iso_time(line, report->timestamp_ns);
	add_values(line, report);
	if (report->ifname)
		add_string(line, "ifname", report->ifname);
	add_packet(line, &report->packet);
	if (detail->stack && report->frames)
		add_frames(line, report->frames);
	strbuf_add(line, "}\n");
}

/* An object of its own, so that the lines report all losses. */
static void format_lost(struct strbuf *line, uint64_t lost)
{
	strbuf_addf(line, "{\"lost\":%llu}\n", (unsigned long long)lost);
}

/* The first line of a dump. */
static void format_head(struct strbuf *line, void *context)
{
	const struct sink_detail *detail = context;

	if (!detail->why)
		return;
	strbuf_add(line, "{");
	add_string(line, "dump", detail->why);
	strbuf_add(line, "}\n");
}

static const struct line_format json = { format_head, format_report, format_lost,
					 account_print_json };

struct sink *sink_json_open(FILE *out, struct sink_detail detail, struct error *error)
{
	return sink_line_open(&json, out, &detail, sizeof(detail), error);
}

struct sink *sink_json_open_file(const char *path, bool part, const struct output_aside *aside,
				 struct sink_detail detail, struct error *error)
{
	return sink_line_open_file(&json, path, part, aside, &detail, sizeof(detail), error);
}
