// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/socket.h>

#include "report/format.h"
#include "sink_line.h"

#define TIME_WIDTH     8
#define PID_WIDTH      6
#define IP_WIDTH       2
#define ENDPOINT_WIDTH 20 /* enough for IPv4; a longer end continues the line below */
#define TYPE_WIDTH     2
#define STATE_WIDTH    12
#define KIND_WIDTH     6
#define SEQ_WIDTH      10

/*
 * The lines with all columns need this width. Without IP and COMM, those of IPv4 have 80 columns.
 */
#define ALL_COLUMNS 100

static bool is_narrow(const struct sink_retrans_view *view)
{
	return view->columns && view->columns < ALL_COLUMNS;
}

/* Appends the text, spaces up to the width, and one more. */
static void add_padded(struct strbuf *line, const char *text, int width)
{
	strbuf_addf(line, "%-*s ", width, text);
}

static void add_pid(struct strbuf *line, const struct drop_report *report)
{
	if (report_has(report, KEY_owner_pid))
		strbuf_addf(line, "%-*llu ", PID_WIDTH,
			    (unsigned long long)report_number(report, KEY_owner_pid));
	else
		add_padded(line, "-", PID_WIDTH);
}

/* Appends both ends. The sender of a retransmitted segment is the local one. */
static void add_ends(struct strbuf *line, const struct drop_report *report,
		     const struct sink_retrans_view *view)
{
	const int local_at = TIME_WIDTH + 1 + PID_WIDTH + 1 + (is_narrow(view) ? 0 : IP_WIDTH + 1);
	const int type_at = local_at + ENDPOINT_WIDTH + 1;
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
	add_padded(line, type, TYPE_WIDTH);
	add_padded(line, remote.length ? strbuf_string(&remote) : "?", ENDPOINT_WIDTH);
	if (view->columns && remote.length > ENDPOINT_WIDTH)
		strbuf_addf(line, "\n%*s", type_at + TYPE_WIDTH + 1 + ENDPOINT_WIDTH + 1, "");
	line->failed |= local.failed || remote.failed;
	strbuf_free(&local);
	strbuf_free(&remote);
}

/* Appends the kind of the retransmission, and the error if it could not be sent. */
static void add_kind(struct strbuf *line, const struct drop_report *report)
{
	const char *kind = report_text(report, KEY_kind), *err = report_text(report, KEY_err);
	struct strbuf text = { 0 };

	strbuf_add_printable(&text, kind ? kind : "-");
	if (err) {
		strbuf_add(&text, " not sent: ");
		strbuf_add_printable(&text, err);
	}
	add_padded(line, strbuf_string(&text), KIND_WIDTH);
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

	add_padded(line, "TIME", TIME_WIDTH);
	add_padded(line, "PID", PID_WIDTH);
	if (!is_narrow(view))
		add_padded(line, "IP", IP_WIDTH);
	add_padded(line, "LADDR:LPORT", ENDPOINT_WIDTH);
	add_padded(line, "T>", TYPE_WIDTH);
	add_padded(line, "RADDR:RPORT", ENDPOINT_WIDTH);
	add_padded(line, "STATE", STATE_WIDTH);
	add_padded(line, "KIND", KIND_WIDTH);
	if (view->sequence)
		add_padded(line, "SEQ", SEQ_WIDTH);
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
		add_padded(line, ip_version(packet), IP_WIDTH);
	add_ends(line, report, view);
	format_column(line, report_text(report, KEY_state), STATE_WIDTH);
	add_kind(line, report);
	if (view->sequence && packet->tcp_at)
		strbuf_addf(line, "%-*lu ", SEQ_WIDTH, (unsigned long)packet->seq);
	else if (view->sequence)
		add_padded(line, "?", SEQ_WIDTH);
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
