/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TIME_COLUMN_H
#define TIME_COLUMN_H

/* The column of times in lines for people, in the forms that tcpdump has. */

#include <stdbool.h>
#include <stdint.h>

#include "util/strbuf.h"

enum time_form {
	TIME_CLOCK,    /* 09:15:38.478796 */
	TIME_NONE,     /* no column */
	TIME_EPOCH,    /* 1795770938.478796 */
	TIME_PREVIOUS, /* 00:00:00.053388, since the line before */
	TIME_DATE,     /* 2026-11-27 09:15:38.478796+0100 */
	TIME_FIRST,    /* since the first line */
	TIME_FORM_COUNT,
};

/* Zero-initialized, but for the form. */
struct time_column {
	enum time_form form;
	bool brief; /* a clock without its fraction */
	bool has_first;
	uint64_t first_ns, previous_ns; /* of the lines so far */
};

/* The columns that it takes, with the space after it. */
unsigned int time_column_width(const struct time_column *column);

/* Appends the heading, or the time of the next line, each with spaces up to that width. */
void time_column_add_head(const struct time_column *column, struct strbuf *line);
void time_column_add(struct time_column *column, uint64_t timestamp_ns, struct strbuf *line);

#endif
