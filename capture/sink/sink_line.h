/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_LINE_H
#define SINK_LINE_H

/* A sink of lines on a stream. The format alone decides what is in a line. */

#include "sink.h"
#include "util/strbuf.h"

struct line_format {
	/* Appends the lines before the first report; may be NULL. */
	void (*head)(struct strbuf *line, struct sink_detail detail);
	/* Appends one report, each line with its newline. */
	void (*report)(struct strbuf *line, const struct drop_report *report,
		       struct sink_detail detail);
	/* Appends a line for events lost after the last report. */
	void (*lost)(struct strbuf *line, uint64_t lost);
};

struct sink *sink_line_open(const struct line_format *format, FILE *out, struct sink_detail detail,
			    struct error *error);

#endif
