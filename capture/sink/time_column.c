// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include <time.h>

#include "report/format.h"
#include "time_column.h"
#include "util/time.h"

unsigned int time_column_width(const struct time_column *column)
{
	static const unsigned char widths[TIME_FORM_COUNT] = {
		[TIME_CLOCK] = 16,    [TIME_NONE] = 0,	[TIME_EPOCH] = 18,
		[TIME_PREVIOUS] = 17, [TIME_DATE] = 32, [TIME_FIRST] = 17,
	};

	return column->form == TIME_CLOCK && column->brief ? 9 : widths[column->form];
}

void time_column_add_head(const struct time_column *column, struct strbuf *line)
{
	unsigned int width = time_column_width(column);

	if (width)
		strbuf_addf(line, "%-*s ", (int)width - 1, "TIME");
}

static void add_fraction(struct strbuf *text, uint64_t ns)
{
	strbuf_addf(text, ".%06u", (unsigned int)(ns % NS_PER_S / 1000));
}

/* A file that is not in the order of time has negative differences. */
static void add_difference(struct strbuf *text, uint64_t from_ns, uint64_t to_ns)
{
	uint64_t ns = to_ns < from_ns ? from_ns - to_ns : to_ns - from_ns;
	unsigned long long seconds = ns / NS_PER_S;

	strbuf_addf(text, "%s%02llu:%02llu:%02llu", to_ns < from_ns ? "-" : "", seconds / 3600,
		    seconds / 60 % 60, seconds % 60);
	add_fraction(text, ns);
}

static void add_date(struct strbuf *text, uint64_t timestamp_ns)
{
	time_t seconds = (time_t)(timestamp_ns / NS_PER_S);
	char date[24], zone[8];
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	strbuf_add(text, date);
	add_fraction(text, timestamp_ns);
	strbuf_add(text, zone);
}

static void add_text(const struct time_column *column, uint64_t timestamp_ns, struct strbuf *text)
{
	switch (column->form) {
	case TIME_EPOCH:
		strbuf_addf(text, "%llu", (unsigned long long)(timestamp_ns / NS_PER_S));
		add_fraction(text, timestamp_ns);
		return;
	case TIME_DATE:
		add_date(text, timestamp_ns);
		return;
	case TIME_PREVIOUS:
		add_difference(text, column->previous_ns, timestamp_ns);
		return;
	case TIME_FIRST:
		add_difference(text, column->first_ns, timestamp_ns);
		return;
	default:
		format_clock(text, timestamp_ns);
		if (!column->brief)
			add_fraction(text, timestamp_ns);
	}
}

void time_column_add(struct time_column *column, uint64_t timestamp_ns, struct strbuf *line)
{
	unsigned int width = time_column_width(column);
	struct strbuf text = { 0 };

	if (!width)
		return;
	if (!column->has_first)
		column->first_ns = column->previous_ns = timestamp_ns;
	column->has_first = true;
	add_text(column, timestamp_ns, &text);
	column->previous_ns = timestamp_ns;
	strbuf_addf(line, "%-*s ", (int)width - 1, strbuf_string(&text));
	line->failed |= text.failed;
	strbuf_free(&text);
}
