// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/socket.h>

#include "report/format.h"
#include "sink_line.h"

#define ENDPOINT_WIDTH 20 /* IPv4; an address of IPv6 may have more */

/* Without IP and COMM the lines of IPv4 have 80 columns; a narrower terminal gets no more. */
#define ALL_COLUMNS 100

static bool is_narrow(const struct sink_retrans_view *view)
{
	return view->columns && view->columns < ALL_COLUMNS;
}

/* Appends text with spaces up to a width, and one. */
static void add_padded(struct strbuf *line, const char *text, int width)
{
	strbuf_addf(line, "%-*s ", width, text);
}

static void add_pid(struct strbuf *line, const struct drop_report *report)
{
	if (report_has(report, KEY_owner_pid))
		strbuf_addf(line, "%-6llu ",
			    (unsigned long long)report_number(report, KEY_owner_pid));
	else
		add_padded(line, "-", 6);
}

/* The sender of a segment that is sent again is this host. */
static void add_ends(struct strbuf *line, const struct drop_report *report,
		     const struct sink_retrans_view *view)
{
	const int type_at = is_narrow(view) ? 37 : 40;
	const struct packet *packet = &report->packet;
	const char *event = report_text(report, KEY_event);
	const char *type = event && strcmp(event, "tlp") == 0 ? "L>" : "R>";
	struct strbuf local = { 0 }, remote = { 0 };

	if (packet->family) {
		format_endpoint(&local, packet, true);
		format_endpoint(&remote, packet, false);
	}
	add_padded(line, local.length ? strbuf_string(&local) : "?", ENDPOINT_WIDTH);
	if (view->columns && local.length > ENDPOINT_WIDTH)
		strbuf_addf(line, "\n%*s", type_at, "");
	add_padded(line, type, 2);
	add_padded(line, remote.length ? strbuf_string(&remote) : "?", ENDPOINT_WIDTH);
	if (view->columns && remote.length > ENDPOINT_WIDTH)
		strbuf_addf(line, "\n%*s", type_at + 3 + ENDPOINT_WIDTH + 1, "");
	line->failed |= local.failed || remote.failed;
	strbuf_free(&local);
	strbuf_free(&remote);
}

/* How it was sent again, and why it was not, if it was not. */
static void add_kind(struct strbuf *line, const struct drop_report *report)
{
	const char *kind = report_text(report, KEY_kind), *err = report_text(report, KEY_err);
	struct strbuf text = { 0 };

	strbuf_add_printable(&text, kind ? kind : "-");
	if (err) {
		strbuf_add(&text, " not sent: ");
		strbuf_add_printable(&text, err);
	}
	add_padded(line, strbuf_string(&text), 6);
	line->failed |= text.failed;
	strbuf_free(&text);
}

static void end_line(struct strbuf *line)
{
	while (line->length && line->data[line->length - 1] == ' ')
		line->data[--line->length] = '\0';
	strbuf_add(line, "\n");
}

static void format_head(struct strbuf *line, void *context)
{
	const struct sink_retrans_view *view = context;

	strbuf_addf(line, "%-8s %-6s %s%-20s %-2s %-20s %-12s %-6s ", "TIME", "PID",
		    is_narrow(view) ? "" : "IP ", "LADDR:LPORT", "T>", "RADDR:RPORT", "STATE",
		    "KIND");
	if (view->sequence)
		add_padded(line, "SEQ", 10);
	if (!is_narrow(view))
		strbuf_add(line, "COMM");
	end_line(line);
}

static const char *ip_version(const struct packet *packet)
{
	if (!packet->family)
		return "?";
	return packet->family == AF_INET ? "4" : "6";
}

static void format_report(struct strbuf *line, const struct drop_report *report, void *context)
{
	const struct sink_retrans_view *view = context;
	const struct packet *packet = &report->packet;

	if (report_has(report, KEY_lost))
		line_format_lost(line, report_number(report, KEY_lost));
	format_clock(line, report->timestamp_ns);
	strbuf_add(line, " ");
	add_pid(line, report);
	if (!is_narrow(view))
		add_padded(line, ip_version(packet), 2);
	add_ends(line, report, view);
	format_column(line, report_text(report, KEY_state), 12);
	add_kind(line, report);
	if (view->sequence && packet->tcp_at)
		strbuf_addf(line, "%-10lu ", (unsigned long)packet->seq);
	else if (view->sequence)
		add_padded(line, "?", 10);
	if (!is_narrow(view))
		format_column(line, report_text(report, KEY_owner), 0);
	end_line(line);
}

struct sink *sink_retrans_open(FILE *out, struct sink_retrans_view view, struct error *error)
{
	static const struct line_format format = { .head = format_head,
						   .report = format_report,
						   .lost = line_format_lost };

	_Static_assert(sizeof(view) <= LINE_CONTEXT_MAX, "the sink has room for it");
	return sink_line_open(&format, out, &view, sizeof(view), error);
}
