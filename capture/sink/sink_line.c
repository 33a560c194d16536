// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file/output.h"
#include "file/whole_events.h"
#include "sink_line.h"

#define PENDING_BYTES (64 << 10)

struct sink_line {
	struct sink sink;
	const struct line_format *format;
	FILE *out; /* NULL: into output */
	struct output *output;
	struct strbuf pending; /* whole lines for output, so that none is cut off */
	struct strbuf line;
	int error; /* the first one, which stays */
	_Alignas(max_align_t) unsigned char context[LINE_CONTEXT_MAX];
};

static int put_pending(struct sink_line *self)
{
	struct pcapng_target target = output_target(self->output);
	struct strbuf *pending = &self->pending;
	ptrdiff_t taken = 0;

	if (!self->error && pending->failed)
		self->error = -ENOMEM;
	if (!self->error && pending->length)
		taken = target.write(target.context, pending->data, pending->length);
	if (taken < 0)
		self->error = (int)taken;
	strbuf_clear(pending);
	return self->error;
}

void line_format_lost(struct strbuf *line, uint64_t lost)
{
	strbuf_addf(line, "# %llu events lost here\n", (unsigned long long)lost);
}

static int put_line(struct sink_line *self)
{
	const struct strbuf *line = &self->line;

	if (!self->error && line->failed)
		self->error = -ENOMEM;
	if (self->output) {
		strbuf_add_bytes(&self->pending, strbuf_string(line), line->length);
		return self->pending.length < PENDING_BYTES ? self->error : put_pending(self);
	}
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

static int add_account(struct sink *sink, const struct account *account)
{
	struct sink_line *self = (struct sink_line *)sink;

	strbuf_clear(&self->line);
	self->format->account(account, &self->line);
	return put_line(self);
}

static int flush_output(struct sink_line *self)
{
	struct pcapng_target target = output_target(self->output);

	if (!put_pending(self))
		self->error = target.flush(target.context);
	return self->error;
}

static int tick(struct sink *sink)
{
	struct sink_line *self = (struct sink_line *)sink;

	if (self->output)
		return flush_output(self);
	if (!self->error && fflush(self->out))
		self->error = -errno;
	return self->error;
}

static uint64_t bytes(const struct sink *sink)
{
	const struct sink_line *self = (const struct sink_line *)sink;

	return output_bytes(self->output) + self->pending.length;
}

/* A compressed file has what was flushed, by the ticks. */
static bool has_all(const struct sink *sink)
{
	const struct sink_line *self = (const struct sink_line *)sink;

	return !output_is_compressed(self->output) && !self->pending.length;
}

static int end(struct sink *sink, uint64_t lost)
{
	struct sink_line *self = (struct sink_line *)sink;
	int error, closed;

	if (lost) {
		strbuf_clear(&self->line);
		self->format->lost(&self->line, lost);
		put_line(self);
	}
	error = tick(sink);
	closed = output_close(self->output);
	strbuf_free(&self->pending);
	strbuf_free(&self->line);
	free(self);
	return error ? error : closed;
}

static struct sink_line *open_line(const struct line_format *format, const void *context,
				   size_t size, struct error *error)
{
	struct sink_line *self = calloc(1, sizeof(*self));

	if (!self) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	self->sink = (struct sink){ .add = add, .tick = tick, .close = end };
	self->sink.account = format->account ? add_account : NULL;
	self->format = format;
	memcpy(self->context, context, size);
	return self;
}

static struct sink *put_head(struct sink_line *self)
{
	if (self->format->head) {
		self->format->head(&self->line, self->context);
		put_line(self);
	}
	return &self->sink;
}

struct sink *sink_line_open(const struct line_format *format, FILE *out, const void *context,
			    size_t size, struct error *error)
{
	struct sink_line *self = open_line(format, context, size, error);

	if (!self)
		return NULL;
	self->out = out;
	return put_head(self);
}

struct sink *sink_line_open_file(const struct line_format *format, const char *path, bool part,
				 const struct output_aside *aside, const void *context, size_t size,
				 struct error *error)
{
	struct sink_line *self = open_line(format, context, size, error);

	if (!self)
		return NULL;
	self->output = output_open_aside(path, part, aside, error);
	if (!self->output) {
		free(self);
		return NULL;
	}
	output_keep_whole(self->output, whole_lines);
	self->sink.bytes = bytes;
	self->sink.has_all = has_all;
	return put_head(self);
}
