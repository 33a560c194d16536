// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

#include "names.h"
#include "sink_line.h"
#include "text.h"

static void add_time(struct text *line, uint64_t timestamp_ns)
{
	time_t seconds = (time_t)(timestamp_ns / 1000000000);
	struct tm tm;
	char clock[16];

	localtime_r(&seconds, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	text_addf(line, "%s.%06u ", clock, (unsigned int)(timestamp_ns % 1000000000 / 1000));
}

static void add_process(struct text *line, const struct drop_report *report)
{
	const char *comm = report_text(report, KEY_cpu_comm);
	struct text process = { 0 };

	text_add_number(&process, report_number(report, KEY_cpu_pid));
	text_add(&process, "/");
	text_add_printable(&process, comm ? comm : "?");
	text_addf(line, "%-22s ", text_string(&process));
	text_free(&process);
}

static void add_endpoint(struct text *out, const struct packet *packet, const uint8_t *address,
			 uint16_t port)
{
	char ip[INET6_ADDRSTRLEN];

	inet_ntop(packet->family, address, ip, sizeof(ip));
	text_addf(out, packet->family == AF_INET6 ? "[%s]:" : "%s:", ip);
	if (packet->tcp_at)
		text_add_number(out, port);
	else
		text_add(out, "?");
}

static void add_flow(struct text *line, const struct packet *packet)
{
	struct text flow = { 0 };

	if (packet->family) {
		text_addf(line, "%c  ", packet->family == AF_INET ? '4' : '6');
		add_endpoint(&flow, packet, packet->saddr, packet->sport);
		text_add(&flow, " > ");
		add_endpoint(&flow, packet, packet->daddr, packet->dport);
	} else {
		text_add(&flow, "?  ? > ?");
	}
	text_addf(line, "%-45s ", text_string(&flow));
	text_free(&flow);
}

/* A reason without a name is shown by its number. */
static void add_reason(struct text *line, const struct drop_report *report)
{
	const char *reason = report_text(report, KEY_reason);

	if (reason)
		text_add_printable(line, reason);
	else if (report->values[KEY_reason_code].present)
		text_add_number(line, report_number(report, KEY_reason_code));
	else
		text_add(line, "-");
}

static void add_line(struct text *line, const struct drop_report *report)
{
	const char *state = report_text(report, KEY_state);
	struct text flags = { 0 };

	add_time(line, report->timestamp_ns);
	text_addf(line, "%-10s ", report_text(report, KEY_event));
	add_process(line, report);
	add_flow(line, &report->packet);
	flags_format(report->packet.flags, &flags);
	text_addf(line, "%-12s (%s) ", state ? state : "-", text_string(&flags));
	text_free(&flags);
	add_reason(line, report);
	text_add(line, "\n");
}

static void format_head(struct text *line)
{
	text_addf(line, "%-15s %-10s %-22s %-2s %-45s %-12s %s\n", "TIME", "EVENT", "PID/COMM",
		  "IP", "SADDR:SPORT > DADDR:DPORT", "STATE", "(FLAGS) REASON");
}

static void format_lost(struct text *line, uint64_t lost)
{
	text_addf(line, "# %llu events lost here\n", (unsigned long long)lost);
}

static void format_report(struct text *line, const struct drop_report *report, bool with_stack)
{
	if (report->values[KEY_lost].present)
		format_lost(line, report_number(report, KEY_lost));
	add_line(line, report);
	if (with_stack && report->frames) {
		text_add(line, report->frames);
		text_add(line, "\n");
	}
}

struct sink *sink_text_open(FILE *out, bool with_stack, struct error *error)
{
	static const struct line_format format = { format_head, format_report, format_lost };

	return sink_line_open(&format, out, with_stack, error);
}
