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

/* The value of a column. */
enum column_value {
	VALUE_OF_KEY,  /* a text or a number */
	KIB_OF_KEY,    /* bytes in units of 1024 */
	TIME_OF_DAY,   /* of the end, local time */
	SECONDS_SINCE, /* the first connection of the output */
	IP_VERSION,
	LOCAL_ADDRESS,
	LOCAL_PORT,
	REMOTE_ADDRESS,
	REMOTE_PORT,
	DURATION_MS,
	SRTT_MS,
};

struct column {
	const char *title;
	unsigned int forms; /* it is shown in any of these; ALWAYS: in all */
	int width;	    /* as in printf(): negative: left-aligned; 0: the last column */
	int wide_width;
	int longest; /* characters of a value in the narrow form; 0: no limit */
	enum column_value value;
	enum key key; /* of VALUE_OF_KEY and KIB_OF_KEY */
};

static const struct column columns[] = {
	{ "TIME", WITH_TIME, -8, -8, 0, TIME_OF_DAY, KEY_COUNT },
	{ "TIME(s)", WITH_SECONDS, -9, -9, 0, SECONDS_SINCE, KEY_COUNT },
	{ "PID", ALWAYS, -7, -7, 0, VALUE_OF_KEY, KEY_owner_pid },
	{ "COMM", ALWAYS, -10, -16, 10, VALUE_OF_KEY, KEY_owner },
	{ "IP", IN_WIDE | IN_CSV, -2, -2, 0, IP_VERSION, KEY_COUNT },
	{ "LADDR", ALWAYS, -15, -39, 0, LOCAL_ADDRESS, KEY_COUNT },
	{ "LPORT", ALWAYS, -5, -5, 0, LOCAL_PORT, KEY_COUNT },
	{ "RADDR", ALWAYS, -15, -39, 0, REMOTE_ADDRESS, KEY_COUNT },
	{ "RPORT", ALWAYS, -5, -5, 0, REMOTE_PORT, KEY_COUNT },
	{ "TX_KB", ALWAYS, 5, 9, 0, KIB_OF_KEY, KEY_bytes_acked },
	{ "RX_KB", ALWAYS, 5, 9, 0, KIB_OF_KEY, KEY_bytes_received },
	{ "MS", ALWAYS, 0, -12, 0, DURATION_MS, KEY_COUNT },
	{ "RETR", IN_WIDE, -5, -5, 0, VALUE_OF_KEY, KEY_total_retrans },
	{ "DROPS", IN_WIDE, -5, -5, 0, VALUE_OF_KEY, KEY_drops },
	{ "SRTT_MS", IN_WIDE, -9, -9, 0, SRTT_MS, KEY_COUNT },
	{ "ENDED", IN_WIDE, -17, -17, 0, VALUE_OF_KEY, KEY_ended },
	{ "OWNER-SRC", IN_WIDE, 0, 0, 0, VALUE_OF_KEY, KEY_owner_src },
};

#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static void add_value_of(struct strbuf *cell, const struct drop_report *report, enum key key)
{
	if (!report_has(report, key))
		return;
	if (key_table[key].type == VALUE_NUMBER)
		strbuf_add_number(cell, report_number(report, key));
	else
		strbuf_add_printable(cell, report_text(report, key));
}

static void add_kib_of(struct strbuf *cell, const struct drop_report *report, enum key key)
{
	if (report_has(report, key))
		strbuf_add_number(cell, report_number(report, key) / 1024);
}

/* Appends microseconds as milliseconds, rounded to 1 to 3 decimals. */
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

/* The result is negative if the clock was set back. */
static void add_seconds(struct strbuf *cell, uint64_t time_ns, uint64_t first_ns)
{
	strbuf_addf(cell, "%.6f", (double)(int64_t)(time_ns - first_ns) / (double)NS_PER_S);
}

static void add_address(struct strbuf *cell, const struct packet *packet, bool sender)
{
	if (packet->family)
		format_address(cell, packet, sender);
}

static void add_port(struct strbuf *cell, const struct packet *packet, bool sender)
{
	if (packet->tcp_at)
		strbuf_add_number(cell, sender ? packet->sport : packet->dport);
}

/* A lower bound has a ">" before it. */
static void add_duration(struct strbuf *cell, const struct drop_report *report)
{
	bool is_exact = report_has(report, KEY_duration_us);
	enum key key = is_exact ? KEY_duration_us : KEY_duration_min_us;

	if (!report_has(report, key))
		return;
	if (!is_exact)
		strbuf_add(cell, ">");
	add_ms(cell, report_number(report, key), 2);
}

/*
 * Appends the value of a column; nothing if it is unknown. The packet of a connection that has
 * ended is made from its socket, so that the sender is the local end. An srtt of 0 was not
 * measured.
 */
static void add_value(struct strbuf *cell, const struct column *column,
		      const struct drop_report *report, const struct life_lines *lines)
{
	const struct packet *packet = &report->packet;

	switch (column->value) {
	case VALUE_OF_KEY:
		add_value_of(cell, report, column->key);
		break;
	case KIB_OF_KEY:
		add_kib_of(cell, report, column->key);
		break;
	case TIME_OF_DAY:
		format_clock(cell, report->timestamp_ns);
		break;
	case SECONDS_SINCE:
		add_seconds(cell, report->timestamp_ns, lines->first_ns);
		break;
	case IP_VERSION:
		if (packet->family)
			strbuf_add(cell, packet->family == AF_INET ? "4" : "6");
		break;
	case LOCAL_ADDRESS:
	case REMOTE_ADDRESS:
		add_address(cell, packet, column->value == LOCAL_ADDRESS);
		break;
	case LOCAL_PORT:
	case REMOTE_PORT:
		add_port(cell, packet, column->value == LOCAL_PORT);
		break;
	case DURATION_MS:
		add_duration(cell, report);
		break;
	case SRTT_MS:
		if (report_number(report, KEY_srtt_us))
			add_ms(cell, report_number(report, KEY_srtt_us), 3);
		break;
	}
}

static bool is_shown(const struct column *column, const struct sink_life_view *view)
{
	unsigned int forms = (view->wide ? IN_WIDE : 0) | (view->csv ? IN_CSV : 0) |
			     (view->seconds ? WITH_SECONDS : 0) | (view->time ? WITH_TIME : 0);

	return column->forms == ALWAYS || column->forms & forms;
}

/* Appends a value of CSV, quoted if it has a comma or a quote (RFC 4180). */
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

/* Returns the bytes of a text that are shown: at most `longest`, in whole characters; 0: all. */
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

/* If a left-aligned value is too long, continues the line below, at the next column. */
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

/* Appends the value with padding. A negative width aligns it to the left; 0: no padding. */
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
		add_value(&cell, &columns[i], report, lines);
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
