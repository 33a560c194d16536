// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "report/format.h"
#include "report/names.h"
#include "sink_line.h"
#include "util/strbuf.h"

static void add_time(struct strbuf *line, uint64_t timestamp_ns)
{
	time_t seconds = (time_t)(timestamp_ns / 1000000000);
	struct tm tm;
	char clock[16];

	localtime_r(&seconds, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	strbuf_addf(line, "%s.%06u ", clock, (unsigned int)(timestamp_ns % 1000000000 / 1000));
}

static void add_frames(struct strbuf *line, const char *frames)
{
	if (!*frames)
		return;
	strbuf_add(line, "  ");
	format_frames(line, frames, "\n  ", strbuf_add_printable);
	strbuf_add(line, "\n");
}

/* Moves a text into the line, with spaces up to a width. */
static void add_padded(struct strbuf *line, struct strbuf *text, int width)
{
	strbuf_addf(line, "%-*s ", width, strbuf_string(text));
	line->failed |= text->failed;
	strbuf_free(text);
}

/* The owner; in parentheses, if that is unknown, the process that ran on the CPU. */
static void add_process(struct strbuf *line, const struct drop_report *report)
{
	const char *owner = report_text(report, KEY_owner), *comm = owner;
	enum key pid = owner ? KEY_owner_pid : KEY_cpu_pid;
	struct strbuf process = { 0 };

	if (!owner)
		comm = report_text(report, KEY_cpu_comm);
	strbuf_add(&process, owner ? "" : "(");
	if (report->values[pid].present)
		strbuf_add_number(&process, report_number(report, pid));
	else
		strbuf_add(&process, "?");
	strbuf_add(&process, "/");
	strbuf_add_printable(&process, comm ? comm : "?");
	strbuf_add(&process, owner ? "" : ")");
	add_padded(line, &process, 22);
}

static void add_flow(struct strbuf *line, const struct packet *packet)
{
	struct strbuf flow = { 0 };

	if (packet->family) {
		strbuf_addf(line, "%c  ", packet->family == AF_INET ? '4' : '6');
		format_flow(&flow, packet);
	} else {
		strbuf_add(&flow, "?  ? > ?");
	}
	add_padded(line, &flow, 45);
}

/* The end of a connection: how, how long it was, and its bytes. */
static void add_life(struct strbuf *line, const struct drop_report *report)
{
	const char *ended = report_text(report, KEY_ended);
	bool is_exact = report->values[KEY_duration_us].present;
	enum key duration = is_exact ? KEY_duration_us : KEY_duration_min_us;

	strbuf_add_printable(line, ended ? ended : "-");
	if (report->values[duration].present)
		strbuf_addf(line, " %s%.3f ms", is_exact ? "" : ">",
			    (double)report_number(report, duration) / 1000);
	if (report->values[KEY_bytes_acked].present)
		strbuf_addf(line, " tx %llu rx %llu",
			    (unsigned long long)report_number(report, KEY_bytes_acked),
			    (unsigned long long)report_number(report, KEY_bytes_received));
	strbuf_add(line, " ");
}

/* Before a change of state. */
static void add_old_state(struct strbuf *line, const struct drop_report *report)
{
	strbuf_add(line, "from ");
	strbuf_add_printable(line, report_text(report, KEY_old_state));
}

/* Why: the reason (its number if it has no name), or the kind of a retransmission. */
static void add_reason(struct strbuf *line, const struct drop_report *report)
{
	const char *reason = report_text(report, KEY_reason), *kind = report_text(report, KEY_kind);
	const char *err = report_text(report, KEY_err);

	if (reason)
		strbuf_add_printable(line, reason);
	else if (report->values[KEY_reason_code].present)
		strbuf_add_number(line, report_number(report, KEY_reason_code));
	else
		strbuf_add_printable(line, kind ? kind : "-");
	if (kind && report_number(report, KEY_retransmits) > 1)
		strbuf_addf(line, " #%llu",
			    (unsigned long long)report_number(report, KEY_retransmits));
	if (err) {
		strbuf_add(line, " not sent: ");
		strbuf_add_printable(line, err);
	}
}

static void add_line(struct strbuf *line, const struct drop_report *report)
{
	const char *event = report_text(report, KEY_event);
	struct strbuf flags = { 0 };

	flags_format(report->packet.flags, &flags);
	add_time(line, report->timestamp_ns);
	format_column(line, event, 10);
	add_process(line, report);
	add_flow(line, &report->packet);
	format_column(line, report_text(report, KEY_state), 12);
	strbuf_addf(line, "(%s) ", strbuf_string(&flags));
	line->failed |= flags.failed;
	strbuf_free(&flags);
	if (event && strcmp(event, "life") == 0)
		add_life(line, report);
	if (report->values[KEY_old_state].present)
		add_old_state(line, report);
	else
		add_reason(line, report);
	strbuf_add(line, "\n");
}

/* The state of TCP, as far as it is known. */
static void add_tcp(struct strbuf *line, const struct drop_report *report)
{
	const char *separator = "  ";

	for (enum key key = 0; key < KEY_COUNT; key++) {
		const struct value *value = &report->values[key];

		if (!value->present || key_table[key].group != GROUP_TCP)
			continue;
		strbuf_add(line, separator);
		strbuf_add(line, key_table[key].name);
		strbuf_add(line, "=");
		if (key_table[key].type == VALUE_NUMBER)
			strbuf_add_number(line, value->number);
		else
			strbuf_add_logfmt(line, value->text);
		separator = " ";
	}
	if (separator[1] == '\0')
		strbuf_add(line, "\n");
}

static void format_head(struct strbuf *line, void *context)
{
	(void)context;
	strbuf_addf(line, "%-15s %-10s %-22s %-2s %-45s %-12s %s\n", "TIME", "EVENT", "PID/COMM",
		    "IP", "SADDR:SPORT > DADDR:DPORT", "STATE", "(FLAGS) REASON");
}

static void format_lost(struct strbuf *line, uint64_t lost)
{
	strbuf_addf(line, "# %llu events lost here\n", (unsigned long long)lost);
}

static void format_report(struct strbuf *line, const struct drop_report *report, void *context)
{
	const struct sink_detail *detail = context;

	if (report->values[KEY_lost].present)
		format_lost(line, report_number(report, KEY_lost));
	add_line(line, report);
	if (detail->tcp)
		add_tcp(line, report);
	if (detail->stack && report->frames)
		add_frames(line, report->frames);
}

struct sink *sink_text_open(FILE *out, struct sink_detail detail, struct error *error)
{
	static const struct line_format format = { format_head, format_report, format_lost };

	return sink_line_open(&format, out, &detail, sizeof(detail), error);
}
