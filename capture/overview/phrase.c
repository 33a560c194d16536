// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "phrase.h"
#include "util/time.h"

void phrase_name(struct strbuf *out, const char *name)
{
	strbuf_add(out, NAME_BEGIN);
	strbuf_add_printable(out, name);
	strbuf_add(out, NAME_END);
}

void phrase_number(struct strbuf *out, uint64_t number)
{
	if (number >= 1000) {
		phrase_number(out, number / 1000);
		strbuf_addf(out, ",%03u", (unsigned int)(number % 1000));
	} else {
		strbuf_addf(out, "%u", (unsigned int)number);
	}
}

void phrase_count(struct strbuf *out, uint64_t number, const char *singular, const char *plural)
{
	phrase_number(out, number);
	strbuf_add(out, " ");
	strbuf_add(out, number == 1 ? singular : plural);
}

void phrase_share(struct strbuf *out, uint64_t part, uint64_t whole)
{
	unsigned int percent = whole ? (unsigned int)((double)part * 100 / (double)whole) : 0;

	if (part && !percent)
		strbuf_add(out, "less than 1%");
	else
		strbuf_addf(out, "%u%%", part < whole && percent > 99 ? 99 : percent);
}

static void add_time(struct strbuf *out, uint64_t timestamp_ns, const char *format)
{
	time_t seconds = (time_t)(timestamp_ns / NS_PER_S);
	struct tm tm = { 0 };
	char text[64];

	localtime_r(&seconds, &tm);
	strftime(text, sizeof(text), format, &tm);
	strbuf_add(out, text);
}

void phrase_time(struct strbuf *out, uint64_t timestamp_ns)
{
	add_time(out, timestamp_ns, "%H:%M:%S");
}

void phrase_date(struct strbuf *out, uint64_t timestamp_ns)
{
	add_time(out, timestamp_ns, "%Y-%m-%d %H:%M:%S");
}

long phrase_zone_s(uint64_t timestamp_ns)
{
	time_t seconds = (time_t)(timestamp_ns / NS_PER_S);
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	return tm.tm_gmtoff;
}

void phrase_zone(struct strbuf *out, uint64_t timestamp_ns)
{
	long minutes = phrase_zone_s(timestamp_ns) / 60;

	strbuf_addf(out, "%c%02ld:%02ld", minutes < 0 ? '-' : '+', labs(minutes) / 60,
		    labs(minutes) % 60);
}

static bool is_same_day(uint64_t a_ns, uint64_t b_ns)
{
	time_t a = (time_t)(a_ns / NS_PER_S), b = (time_t)(b_ns / NS_PER_S);
	struct tm day_a = { 0 }, day_b = { 0 };

	localtime_r(&a, &day_a);
	localtime_r(&b, &day_b);
	return day_a.tm_yday == day_b.tm_yday && day_a.tm_year == day_b.tm_year;
}

void phrase_range(struct strbuf *out, uint64_t first_ns, uint64_t last_ns)
{
	void (*add)(struct strbuf *, uint64_t) = is_same_day(first_ns, last_ns) ? phrase_time
										: phrase_date;

	if (first_ns / NS_PER_S == last_ns / NS_PER_S) {
		strbuf_add(out, "at ");
		phrase_time(out, first_ns);
		return;
	}
	strbuf_add(out, "from ");
	add(out, first_ns);
	strbuf_add(out, " to ");
	add(out, last_ns);
}

void phrase_span(struct strbuf *out, uint64_t first_ns, uint64_t last_ns)
{
	phrase_date(out, first_ns);
	if (first_ns / NS_PER_S == last_ns / NS_PER_S)
		return;
	strbuf_add(out, " to ");
	(is_same_day(first_ns, last_ns) ? phrase_time : phrase_date)(out, last_ns);
}

/* With one digit after the point below ten. */
static void add_unit(struct strbuf *out, uint64_t tenths, const char *unit)
{
	if (tenths < 100 && tenths % 10)
		strbuf_addf(out, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, unit);
	else
		strbuf_addf(out, "%" PRIu64 " %s", tenths / 10, unit);
}

static void add_two_units(struct strbuf *out, uint64_t large, const char *large_unit,
			  uint64_t small, const char *small_unit)
{
	strbuf_addf(out, "%" PRIu64 " %s", large, large_unit);
	if (small)
		strbuf_addf(out, " %" PRIu64 " %s", small, small_unit);
}

void phrase_duration(struct strbuf *out, uint64_t ns)
{
	uint64_t seconds = ns / NS_PER_S;

	if (ns < NS_PER_MS)
		add_unit(out, ns / 100, "us");
	else if (ns < NS_PER_S)
		add_unit(out, ns / (NS_PER_MS / 10), "ms");
	else if (seconds < 120)
		add_unit(out, ns / (NS_PER_S / 10), "s");
	else if (seconds < 7200)
		add_two_units(out, seconds / 60, "min", seconds % 60, "s");
	else
		add_two_units(out, seconds / 3600, "h", seconds / 60 % 60, "min");
}
