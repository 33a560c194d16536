/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_LINE_H
#define SINK_LINE_H

/* A sink that writes lines to a stream or a file. Its format defines the lines. */

#include "sink.h"
#include "util/strbuf.h"

struct line_format {
	/* Appends the lines before the first report; may be NULL. */
	void (*head)(struct strbuf *line, void *context);
	/* Appends one report, each line with its newline. */
	void (*report)(struct strbuf *line, const struct drop_report *report, void *context);
	/* Appends a line for events lost after the last report. */
	void (*lost)(struct strbuf *line, uint64_t lost);
	/* Appends the lines of the account; NULL: the form has none. */
	void (*account)(const struct account *account, struct strbuf *line);
};

/* The line of lost events in lines for people. */
void line_format_lost(struct strbuf *line, uint64_t lost);

#define LINE_CONTEXT_MAX 64

/*
 * The functions of the format get a copy of the context (size bytes, LINE_CONTEXT_MAX at most),
 * which lives as long as the sink: they may change it.
 */
struct sink *sink_line_open(const struct line_format *format, FILE *out, const void *context,
			    size_t size, struct error *error);

/* The same into a file, which is closed with the sink; the rest as for output_open_aside. */
struct sink *sink_line_open_file(const struct line_format *format, const char *path, bool part,
				 const struct output_aside *aside, const void *context, size_t size,
				 struct error *error);

#endif
