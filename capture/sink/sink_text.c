// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/socket.h>

#include "report/format.h"
#include "report/names.h"
#include "sink_line.h"
#include "util/strbuf.h"

/*
 * A terminal with fewer columns gets narrow lines: they end with the flow, which may be long, and
 * have neither state nor TCP flags.
 */
#define WIDE_COLUMNS 132

/* The columns of a wide line between TIME and STATE. */
#define STATE_AFTER_TIME 83

/* The context of the lines. */
struct text_view {
	struct sink_detail detail;
	struct time_column time;
};

static bool is_narrow(struct sink_detail detail)
{
	return detail.columns && detail.columns < WIDE_COLUMNS;
}

/* The kind of the event. In colour, drops are red, resets magenta, retransmissions yellow. */
static void add_event(struct strbuf *line, const struct drop_report *report, int width, bool colour)
{
	const char *event = report_text(report, KEY_event);

	if (colour && event)
		strbuf_addf(line, "\033[%sm",
			    !strcmp(event, "drop")    ? "31"
			    : !strcmp(event, "reset") ? "35"
						      : "33");
	format_column(line, event && width < 10 && !strcmp(event, "retransmit") ? "retrans" : event,
		      width);
	if (colour && event)
		strbuf_add(line, "\033[0m");
}

static void add_frames(struct strbuf *line, const char *frames)
{
	if (!*frames)
		return;
	strbuf_add(line, "  ");
	format_frames(line, frames, "\n  ", strbuf_add_printable);
	strbuf_add(line, "\n");
}

/* Moves a text into the line, with spaces up to a width, and one. */
static void add_padded(struct strbuf *line, struct strbuf *text, int width)
{
	strbuf_addf(line, "%-*s ", width, strbuf_string(text));
	line->failed |= text->failed;
	strbuf_free(text);
}

static void add_process(struct strbuf *line, const struct drop_report *report, int width)
{
	struct strbuf process = { 0 };

	format_owner(&process, report);
	add_padded(line, &process, width);
}

static void add_flow(struct strbuf *line, const struct packet *packet)
{
	if (packet->family)
		format_flow(line, packet);
	else
		strbuf_add(line, "? > ?");
}

/*
 * On a terminal, the columns after a long IPv6 flow continue on the next line, at their positions.
 */
static void add_flow_column(struct strbuf *line, const struct packet *packet, unsigned int state_at,
			    bool terminal)
{
	struct strbuf flow = { 0 };
	bool is_long;

	strbuf_add(line, packet->family == AF_INET    ? "4  "
			 : packet->family == AF_INET6 ? "6  "
						      : "?  ");
	add_flow(&flow, packet);
	is_long = flow.length > 45;
	add_padded(line, &flow, 45);
	if (is_long && terminal)
		strbuf_addf(line, "\n%*s", (int)state_at, "");
}

/* A change of state; the new one has a column of its own, if not in brief. */
static void add_change(struct strbuf *line, const struct drop_report *report, bool brief)
{
	const char *state = report_text(report, KEY_state);

	strbuf_add(line, brief ? "" : "from ");
	strbuf_add_printable(line, report_text(report, KEY_old_state));
	if (brief && state) {
		strbuf_add(line, ">");
		strbuf_add_printable(line, state);
	}
}

/* The end of a connection: how; if not in brief, how long it was, its bytes, its last state. */
static void add_life(struct strbuf *line, const struct drop_report *report, bool brief)
{
	const char *ended = report_text(report, KEY_ended);
	bool is_exact = report_has(report, KEY_duration_us);
	enum key duration = is_exact ? KEY_duration_us : KEY_duration_min_us;

	strbuf_add_printable(line, ended ? ended : "-");
	if (brief)
		return;
	if (report_has(report, duration))
		strbuf_addf(line, " %s%.3f ms", is_exact ? "" : ">",
			    (double)report_number(report, duration) / 1000);
	if (report_has(report, KEY_bytes_acked))
		strbuf_addf(line, " tx %llu rx %llu",
			    (unsigned long long)report_number(report, KEY_bytes_acked),
			    (unsigned long long)report_number(report, KEY_bytes_received));
	strbuf_add(line, " ");
	if (report_has(report, KEY_old_state))
		add_change(line, report, false);
}

/* Which way a reset went, if it has no reason: what is sent may have one; "-" for other events. */
static const char *reset_way(const struct drop_report *report)
{
	const char *event = report_text(report, KEY_event), *dir = report_text(report, KEY_dir);

	if (!event || strcmp(event, "reset") != 0 || !dir)
		return "-";
	return strcmp(dir, "in") == 0 ? "received" : "sent";
}

/* Why: the reason (its number if it has no name), the cause, or the kind of a retransmission. */
static void add_reason(struct strbuf *line, const struct drop_report *report)
{
	const char *reason = report_text(report, KEY_reason), *kind = report_text(report, KEY_kind);
	const char *err = report_text(report, KEY_err), *cause = report_text(report, KEY_cause);

	if (reason)
		strbuf_add_printable(line, reason);
	else if (report_has(report, KEY_reason_code))
		strbuf_add_number(line, report_number(report, KEY_reason_code));
	else if (cause)
		strbuf_add_printable(line, cause);
	else
		strbuf_add_printable(line, kind ? kind : reset_way(report));
	if (kind && report_number(report, KEY_retransmits) > 1)
		strbuf_addf(line, " #%llu",
			    (unsigned long long)report_number(report, KEY_retransmits));
	if (err) {
		strbuf_add(line, " not sent: ");
		strbuf_add_printable(line, err);
	}
}

/* Appends the last column: of a wide line; or, with brief, the shorter text of a narrow one. */
static void add_cause(struct strbuf *line, const struct drop_report *report, bool brief)
{
	const char *event = report_text(report, KEY_event);

	if (event && strcmp(event, "life") == 0)
		add_life(line, report, brief);
	else if (report_has(report, KEY_old_state))
		add_change(line, report, brief);
	else
		add_reason(line, report);
}

static void add_wide(struct strbuf *line, const struct drop_report *report, struct text_view *view)
{
	unsigned int state_at = time_column_width(&view->time) + STATE_AFTER_TIME;
	struct strbuf flags = { 0 };

	flags_format(report->packet.flags, &flags);
	time_column_add(&view->time, report->timestamp_ns, line);
	add_event(line, report, 10, view->detail.colour);
	add_process(line, report, 22);
	add_flow_column(line, &report->packet, state_at, view->detail.columns);
	format_column(line, report_text(report, KEY_state), 12);
	strbuf_addf(line, "(%s) ", strbuf_string(&flags));
	line->failed |= flags.failed;
	strbuf_free(&flags);
	add_cause(line, report, false);
	strbuf_add(line, "\n");
}

/* The columns of a narrow line between TIME and PID/COMM. */
#define PROCESS_AFTER_TIME 8

static void add_narrow_middle(struct strbuf *line, const struct drop_report *report, bool padded)
{
	struct strbuf reason = { 0 };

	add_process(line, report, padded ? 12 : 0);
	add_cause(&reason, report, true);
	add_padded(line, &reason, padded ? 14 : 0);
}

/*
 * If a line is too long, its padding is removed; if it still is, the flow is put on the next line.
 */
static void add_narrow(struct strbuf *line, const struct drop_report *report,
		       struct text_view *view)
{
	unsigned int process_at = time_column_width(&view->time) + PROCESS_AFTER_TIME;
	struct strbuf middle = { 0 }, flow = { 0 };

	time_column_add(&view->time, report->timestamp_ns, line);
	add_event(line, report, 7, view->detail.colour);
	add_flow(&flow, &report->packet);
	add_narrow_middle(&middle, report, true);
	if (process_at + middle.length + flow.length > view->detail.columns) {
		strbuf_clear(&middle);
		add_narrow_middle(&middle, report, false);
	}
	strbuf_add(line, strbuf_string(&middle));
	if (process_at + middle.length + flow.length > view->detail.columns)
		strbuf_addf(line, "\n%*s", (int)process_at, "");
	strbuf_add(line, strbuf_string(&flow));
	strbuf_add(line, "\n");
	line->failed |= middle.failed || flow.failed;
	strbuf_free(&middle);
	strbuf_free(&flow);
}

/* The state of TCP, as far as it is known. */
static void add_tcp(struct strbuf *line, const struct drop_report *report)
{
	const char *separator = "  ";

	for (enum key key = 0; (key = report_next(report, key)) < KEY_COUNT; key++) {
		const union value *value = &report->values[key];

		if (key_table[key].group != GROUP_TCP)
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
	const struct text_view *view = context;

	time_column_add_head(&view->time, line);
	if (is_narrow(view->detail))
		strbuf_addf(line, "%-7s %-12s %-14s %s\n", "EVENT", "PID/COMM", "REASON",
			    "SADDR:SPORT > DADDR:DPORT");
	else
		strbuf_addf(line, "%-10s %-22s %-2s %-45s %-12s %s\n", "EVENT", "PID/COMM", "IP",
			    "SADDR:SPORT > DADDR:DPORT", "STATE", "(FLAGS) REASON");
}

static bool shows_stack(struct sink_detail detail, const struct drop_report *report)
{
	return report->frames && detail.stack &&
	       (detail.resend_stack || !report_has(report, KEY_kind));
}

static void format_report(struct strbuf *line, const struct drop_report *report, void *context)
{
	struct text_view *view = context;

	if (report_has(report, KEY_lost))
		line_format_lost(line, report_number(report, KEY_lost));
	if (is_narrow(view->detail))
		add_narrow(line, report, view);
	else
		add_wide(line, report, view);
	if (view->detail.tcp)
		add_tcp(line, report);
	if (shows_stack(view->detail, report))
		add_frames(line, report->frames);
}

struct sink *sink_text_open(FILE *out, struct sink_detail detail, struct error *error)
{
	static const struct line_format format = { .head = format_head,
						   .report = format_report,
						   .lost = line_format_lost };
	const struct text_view view = {
		.detail = detail,
		.time = { .form = detail.time, .brief = is_narrow(detail) },
	};

	_Static_assert(sizeof(view) <= LINE_CONTEXT_MAX, "the sink has room for it");
	return sink_line_open(&format, out, &view, sizeof(view), error);
}
