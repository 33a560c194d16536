/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOP_FORMAT_H
#define TOP_FORMAT_H

/*
 * The connections of one round as text. A line is never wider than the terminal, if that has at
 * least 32 columns: values that do not fit are shortened, with a ~ for the missing part, and whole
 * columns are left out. The choice of columns depends on the width alone, so that it does not
 * change from round to round.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "top_table.h"
#include "util/strbuf.h"

struct top_block {
	struct top_row *const *rows;
	size_t count;
	/* Returns the path of the cgroup, valid until the next call; NULL if it is unknown. */
	const char *(*cgroup_path)(void *context, uint64_t id);
	void *context;
	uint64_t time_ns;     /* the end of the round, since the epoch */
	uint64_t interval_ns; /* the length of the round */
};

/* Appends the line "HH:MM:SS loadavg: ...", local time. loadavg is the text of /proc/loadavg. */
void top_format_summary(struct strbuf *out, uint64_t time_ns, const char *loadavg);

/*
 * Appends a line of titles and a line for each connection. width is that of the terminal in
 * columns; 0: all columns, as wide as they need. The titles are bold with is_color.
 */
void top_format_table(struct strbuf *out, const struct top_block *block, unsigned int width,
		      bool is_color);

/* Appends one JSON object a line for each connection. */
void top_format_json(struct strbuf *out, const struct top_block *block);

#endif
