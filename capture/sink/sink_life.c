// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "report/format.h"
#include "sink_line.h"
#include "util/time.h"

/* The context of the lines. */
struct life_lines {
	struct sink_life_view view;
	uint64_t first_ns; /* time of the first connection; 0: none yet */
};

/* The forms in which a column is printed. */
enum column_form {
	ALWAYS,
	IN_WIDE = 1 << 0,
	IN_CSV = 1 << 1,
	WITH_SECONDS = 1 << 2,
	WITH_TIME = 1 << 3,
};

struct column {
	const char *title;
	unsigned int forms; /* it needs one of these; ALWAYS: none */
	int width;	    /* negative: left-aligned; 0: the last one */
	int wide_width;
	int longest; /* characters, if not wide; 0: no limit */
	/* Appends the value; nothing if it is unknown. */
	void (*add)(struct strbuf *cell, const struct drop_report *report,
		    struct life_lines *lines);
};

static void add_number_of(struct strbuf *cell, const struct drop_report *report, enum key key)
{
	if (report_has(report, key))
		strbuf_add_number(cell, report_number(report, key));
}

static void add_text_of(struct strbuf *cell, const struct drop_report *report, enum key key)
{
	const char *text = report_text(report, key);

	if (text)
		strbuf_add_printable(cell, text);
}

static void add_kib_of(struct strbuf *cell, const struct drop_report *report, enum key key)
{
	if (report_has(report, key))
		strbuf_add_number(cell, report_number(report, key) / 1024);
}

/* Microseconds as milliseconds with so many decimals, 1 to 3. */
static void add_ms(struct strbuf *cell, uint64_t us, int decimals)
{
	static const unsigned int units[] = { 1000, 100, 10, 1 };
	uint64_t number = us / units[decimals] + (us % units[decimals] * 2 >= units[decimals]);
	unsigned int scale = 1000 / units[decimals];
	char digits[4] = { 0 };

	strbuf_add_number(cell, number / scale);
	number %= scale;
	for (int i = decimals - 1; i >= 0; i--, number /= 10)
		digits[i] = (char)('0' + number % 10);
	strbuf_add(cell, ".");
	strbuf_add(cell, digits);
}

static void add_time(struct strbuf *cell, const struct drop_report *report,
		     struct life_lines *lines)
{
	(void)lines;
	format_clock(cell, report->timestamp_ns);
}

/* The clock may be set back. */
static void add_seconds(struct strbuf *cell, const struct drop_report *report,
			struct life_lines *lines)
{
	int64_t since = (int64_t)(report->timestamp_ns - lines->first_ns);

	strbuf_addf(cell, "%.6f", (double)since / (double)NS_PER_S);
}

static void add_pid(struct strbuf *cell, const struct drop_report *report, struct life_lines *lines)
{
	(void)lines;
	add_number_of(cell, report, KEY_owner_pid);
}

static void add_comm(struct strbuf *cell, const struct drop_report *report,
		     struct life_lines *lines)
{
	(void)lines;
	add_text_of(cell, report, KEY_owner);
}

static void add_ip(struct strbuf *cell, const struct drop_report *report, struct life_lines *lines)
{
	(void)lines;
	if (report->packet.family)
		strbuf_add(cell, report->packet.family == AF_INET ? "4" : "6");
}

static void add_address(struct strbuf *cell, const struct drop_report *report, bool local)
{
	if (report->packet.family)
		format_address(cell, &report->packet, local);
}

static void add_port(struct strbuf *cell, const struct drop_report *report, bool local)
{
	if (report->packet.tcp_at)
		strbuf_add_number(cell, local ? report->packet.sport : report->packet.dport);
}

/* The packet of a connection that has ended is made from its socket: the sender is local. */
static void add_laddr(struct strbuf *cell, const struct drop_report *report,
		      struct life_lines *lines)
{
	(void)lines;
	add_address(cell, report, true);
}

static void add_lport(struct strbuf *cell, const struct drop_report *report,
		      struct life_lines *lines)
{
	(void)lines;
	add_port(cell, report, true);
}

static void add_raddr(struct strbuf *cell, const struct drop_report *report,
		      struct life_lines *lines)
{
	(void)lines;
	add_address(cell, report, false);
}

static void add_rport(struct strbuf *cell, const struct drop_report *report,
		      struct life_lines *lines)
{
	(void)lines;
	add_port(cell, report, false);
}

static void add_sent(struct strbuf *cell, const struct drop_report *report,
		     struct life_lines *lines)
{
	(void)lines;
	add_kib_of(cell, report, KEY_bytes_acked);
}

static void add_received(struct strbuf *cell, const struct drop_report *report,
			 struct life_lines *lines)
{
	(void)lines;
	add_kib_of(cell, report, KEY_bytes_received);
}

/* A lower bound is marked. */
static void add_duration(struct strbuf *cell, const struct drop_report *report,
			 struct life_lines *lines)
{
	bool is_exact = report_has(report, KEY_duration_us);
	enum key key = is_exact ? KEY_duration_us : KEY_duration_min_us;

	(void)lines;
	if (!report_has(report, key))
		return;
	if (!is_exact)
		strbuf_add(cell, ">");
	add_ms(cell, report_number(report, key), 2);
}

static void add_retransmissions(struct strbuf *cell, const struct drop_report *report,
				struct life_lines *lines)
{
	(void)lines;
	add_number_of(cell, report, KEY_total_retrans);
}

static void add_drops(struct strbuf *cell, const struct drop_report *report,
		      struct life_lines *lines)
{
	(void)lines;
	add_number_of(cell, report, KEY_drops);
}

/* 0: not measured. */
static void add_srtt(struct strbuf *cell, const struct drop_report *report,
		     struct life_lines *lines)
{
	(void)lines;
	if (report_number(report, KEY_srtt_us))
		add_ms(cell, report_number(report, KEY_srtt_us), 3);
}

static void add_ended(struct strbuf *cell, const struct drop_report *report,
		      struct life_lines *lines)
{
	(void)lines;
	add_text_of(cell, report, KEY_ended);
}

static void add_owner_source(struct strbuf *cell, const struct drop_report *report,
			     struct life_lines *lines)
{
	(void)lines;
	add_text_of(cell, report, KEY_owner_src);
}

static const struct column columns[] = {
	{ "TIME", WITH_TIME, -8, -8, 0, add_time },
	{ "TIME(s)", WITH_SECONDS, -9, -9, 0, add_seconds },
	{ "PID", ALWAYS, -7, -7, 0, add_pid },
	{ "COMM", ALWAYS, -10, -16, 10, add_comm },
	{ "IP", IN_WIDE | IN_CSV, -2, -2, 0, add_ip },
	{ "LADDR", ALWAYS, -15, -39, 0, add_laddr },
	{ "LPORT", ALWAYS, -5, -5, 0, add_lport },
	{ "RADDR", ALWAYS, -15, -39, 0, add_raddr },
	{ "RPORT", ALWAYS, -5, -5, 0, add_rport },
	{ "TX_KB", ALWAYS, 5, 9, 0, add_sent },
	{ "RX_KB", ALWAYS, 5, 9, 0, add_received },
	{ "MS", ALWAYS, 0, -12, 0, add_duration },
	{ "RETR", IN_WIDE, -5, -5, 0, add_retransmissions },
	{ "DROPS", IN_WIDE, -5, -5, 0, add_drops },
	{ "SRTT_MS", IN_WIDE, -9, -9, 0, add_srtt },
	{ "ENDED", IN_WIDE, -17, -17, 0, add_ended },
	{ "OWNER-SRC", IN_WIDE, 0, 0, 0, add_owner_source },
};

#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static bool is_shown(const struct column *column, const struct sink_life_view *view)
{
	unsigned int forms = (view->wide ? IN_WIDE : 0) | (view->csv ? IN_CSV : 0) |
			     (view->seconds ? WITH_SECONDS : 0) | (view->time ? WITH_TIME : 0);

	return column->forms == ALWAYS || column->forms & forms;
}

/* Quotes what a reader of CSV would take for more than one value (RFC 4180). */
static void add_csv(struct strbuf *line, const char *value)
{
	if (!value[strcspn(value, ",\"")]) {
		strbuf_add(line, value);
		return;
	}
	strbuf_add(line, "\"");
	for (; *value; value++)
		strbuf_add_bytes(line, *value == '"' ? "\"\"" : value, *value == '"' ? 2 : 1);
	strbuf_add(line, "\"");
}

/* Returns how many bytes the first characters of a text have, all of them for a limit of 0. */
static int cut(const char *text, int longest)
{
	int length = (int)strlen(text);

	if (!longest || length <= longest)
		return length;
	while (longest > 0 && ((unsigned char)text[longest] & 0xc0) == 0x80)
		longest--;
	return longest;
}

static int width_of(const struct column *column, const struct sink_life_view *view)
{
	return view->wide ? column->wide_width : column->width;
}

/* After a left-aligned value that is too long: the line goes on below, in the next column. */
static void continue_below(struct strbuf *line, size_t number, const char *value,
			   const struct sink_life_view *view)
{
	const int width = width_of(&columns[number], view);
	int at = 0;

	if (!view->terminal || view->csv || width >= 0 ||
	    cut(value, view->wide ? 0 : columns[number].longest) <= -width)
		return;
	for (size_t i = 0; i <= number; i++) {
		if (is_shown(&columns[i], view))
			at += abs(width_of(&columns[i], view)) + 1;
	}
	strbuf_addf(line, "\n%*s", at - 1, "");
}

/* A width as that of printf(): negative for a left-aligned value, 0 for no padding. */
static void add_padded(struct strbuf *line, const char *value, int length, int width)
{
	static const char spaces[] = "                                        ";
	int padding = abs(width) - length;

	if (padding < 0 || padding >= (int)sizeof(spaces))
		padding = 0;
	if (width > 0)
		strbuf_add_bytes(line, spaces, (size_t)padding);
	strbuf_add_bytes(line, value, (size_t)length);
	if (width < 0)
		strbuf_add_bytes(line, spaces, (size_t)padding);
}

static void add_cell(struct strbuf *line, const struct column *column, const char *value,
		     const struct sink_life_view *view, bool first)
{
	if (!first)
		strbuf_add(line, view->csv ? "," : " ");
	if (view->csv)
		add_csv(line, value);
	else
		add_padded(line, value, cut(value, view->wide ? 0 : column->longest),
			   width_of(column, view));
}

static void format_head(struct strbuf *line, void *context)
{
	const struct life_lines *lines = context;
	bool first = true;

	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (!is_shown(&columns[i], &lines->view))
			continue;
		add_cell(line, &columns[i], columns[i].title, &lines->view, first);
		first = false;
	}
	strbuf_add(line, "\n");
}

static void format_report(struct strbuf *line, const struct drop_report *report, void *context)
{
	struct life_lines *lines = context;
	struct strbuf cell = { 0 };
	bool first = true;

	if (!lines->first_ns)
		lines->first_ns = report->timestamp_ns;
	if (report_has(report, KEY_lost))
		line_format_lost(line, report_number(report, KEY_lost));
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (!is_shown(&columns[i], &lines->view))
			continue;
		strbuf_clear(&cell);
		columns[i].add(&cell, report, lines);
		if (!cell.length && !lines->view.csv)
			strbuf_add(&cell, "-");
		add_cell(line, &columns[i], strbuf_string(&cell), &lines->view, first);
		continue_below(line, i, strbuf_string(&cell), &lines->view);
		first = false;
	}
	strbuf_add(line, "\n");
	line->failed |= cell.failed;
	strbuf_free(&cell);
}

struct sink *sink_life_open(FILE *out, struct sink_life_view view, struct error *error)
{
	static const struct line_format format = { .head = format_head,
						   .report = format_report,
						   .lost = line_format_lost };
	const struct life_lines lines = { .view = view };

	_Static_assert(sizeof(lines) <= LINE_CONTEXT_MAX, "the sink has room for it");
	return sink_line_open(&format, out, &lines, sizeof(lines), error);
}
