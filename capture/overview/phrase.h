/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PHRASE_H
#define PHRASE_H

/* Numbers and times as parts of sentences, for people. Pure, but for the local time zone. */

#include <stdint.h>

#include "util/strbuf.h"

/*
 * In a text of ours, a name that comes from a file is between these two: a text that was made
 * printable has neither. Each form of the report writes them in its own way.
 */
#define NAME_BEGIN "\001"
#define NAME_END   "\002"

/* Appends the name, made printable, between the marks. */
void phrase_name(struct strbuf *out, const char *name);

/* "1,234,567". */
void phrase_number(struct strbuf *out, uint64_t number);

/* "1 drop", "2,000 drops". */
void phrase_count(struct strbuf *out, uint64_t number, const char *singular, const char *plural);

/* "92%"; "100%" is all, "less than 1%" is not none. */
void phrase_share(struct strbuf *out, uint64_t part, uint64_t whole);

/* "14:03:59" and "2026-11-27 14:03:59", local time. */
void phrase_time(struct strbuf *out, uint64_t timestamp_ns);
void phrase_date(struct strbuf *out, uint64_t timestamp_ns);

/* The difference of the local time to UTC at that time, in seconds, and as "+01:00". */
long phrase_zone_s(uint64_t timestamp_ns);
void phrase_zone(struct strbuf *out, uint64_t timestamp_ns);

/* "from 14:03:59 to 14:05:10", with days if they differ; "at 14:03:59" within a second. */
void phrase_range(struct strbuf *out, uint64_t first_ns, uint64_t last_ns);

/* "2026-11-27 14:03:59 to 14:05:10", the second day only if it is another. */
void phrase_span(struct strbuf *out, uint64_t first_ns, uint64_t last_ns);

/* "35 us", "1.2 ms", "35 s", "2 min 5 s". */
void phrase_duration(struct strbuf *out, uint64_t ns);

#endif
