// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "output.h"
#include "put.h"

/* The one stream of text, onto standard output. */
struct text {
	int fd;
	struct write_queue *queue; /* NULL: it is written at once */
	int error;		   /* of the queue's thread alone: the first one, which stays */
};

/* A job of the queue. */
static int write_job_bytes(void *context, const void *bytes, size_t size)
{
	struct text *text = context;
	uint64_t taken = 0;

	if (!text->error)
		text->error = put_all(text->fd, bytes, size, &taken);
	return text->error;
}

static ssize_t write_text(void *cookie, const char *bytes, size_t size)
{
	struct text *text = cookie;
	uint64_t taken = 0;
	int err;

	err = text->queue ? write_queue_add(text->queue, write_job_bytes, text, bytes, size)
			  : put_all(text->fd, bytes, size, &taken);
	errno = -err;
	return err ? 0 : (ssize_t)size; /* fopencookie(3): an error is 0 */
}

FILE *output_text_stream(struct write_queue *queue)
{
	static struct text text = { .fd = STDOUT_FILENO };
	static FILE *stream;

	text.queue = queue;
	if (stream)
		return stream;
	stream = fopencookie(&text, "w", (cookie_io_functions_t){ .write = write_text });
	if (stream && isatty(text.fd))
		setvbuf(stream, NULL, _IOLBF, 0);
	return stream;
}
