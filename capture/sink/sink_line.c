// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sink_line.h"

struct sink_line {
	struct sink sink;
	const struct line_format *format;
	FILE *out;
	struct strbuf line;
	int error; /* the first one, which stays */
	_Alignas(max_align_t) unsigned char context[LINE_CONTEXT_MAX];
};

static int put_line(struct sink_line *self)
{
	const struct strbuf *line = &self->line;

	if (!self->error && line->failed)
		self->error = -ENOMEM;
	if (!self->error && fwrite(strbuf_string(line), 1, line->length, self->out) != line->length)
		self->error = -errno;
	return self->error;
}

static int add(struct sink *sink, const struct drop_report *report)
{
	struct sink_line *self = (struct sink_line *)sink;

	strbuf_clear(&self->line);
	self->format->report(&self->line, report, self->context);
	return put_line(self);
}

static int tick(struct sink *sink)
{
	struct sink_line *self = (struct sink_line *)sink;

	if (!self->error && fflush(self->out))
		self->error = -errno;
	return self->error;
}

static int end(struct sink *sink, uint64_t lost)
{
	struct sink_line *self = (struct sink_line *)sink;
	int error;

	if (lost) {
		strbuf_clear(&self->line);
		self->format->lost(&self->line, lost);
		put_line(self);
	}
	error = tick(sink);
	strbuf_free(&self->line);
	free(self);
	return error;
}

struct sink *sink_line_open(const struct line_format *format, FILE *out, const void *context,
			    size_t size, struct error *error)
{
	struct sink_line *self = calloc(1, sizeof(*self));

	if (!self) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	self->sink = (struct sink){ add, tick, end };
	self->format = format;
	self->out = out;
	memcpy(self->context, context, size);
	if (format->head) {
		format->head(&self->line, self->context);
		put_line(self);
	}
	return &self->sink;
}
