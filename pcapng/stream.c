// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_CAPACITY = 64 << 10,
};

/* Makes room after the window: moves it to the start of the buffer, and doubles a full buffer. */
static int make_room(struct byte_stream *stream)
{
	size_t capacity = stream->capacity ? 2 * stream->capacity : FIRST_CAPACITY;
	uint8_t *buffer = stream->buffer;

	if (stream->length) /* memmove must not get the NULL of a new stream */
		memmove(buffer, stream->bytes, stream->length);
	if (stream->length == stream->capacity) {
		buffer = realloc(buffer, capacity);
		if (!buffer)
			return -ENOMEM;
		stream->buffer = buffer;
		stream->capacity = capacity;
	}
	stream->bytes = buffer;
	return 0;
}

/* Returns 1 if it has read bytes; 0 at the end; -errno. */
static int fill(struct byte_stream *stream)
{
	size_t end = stream->bytes ? stream->bytes - stream->buffer + stream->length : 0;
	ptrdiff_t n;
	int err;

	if (end == stream->capacity) {
		err = make_room(stream);
		if (err)
			return err;
		end = stream->length;
	}
	n = stream->source.read(stream->source.context, stream->buffer + end,
				stream->capacity - end);
	if (n <= 0)
		return (int)n;
	stream->length += n;
	return 1;
}

int stream_need(struct byte_stream *stream, size_t size)
{
	while (stream->length < size) {
		if (stream->result > 0)
			stream->result = fill(stream);
		if (stream->result <= 0)
			return stream->result;
	}
	return 1;
}

void stream_skip(struct byte_stream *stream, size_t size)
{
	if (!size)
		return;
	stream->bytes += size;
	stream->length -= size;
	stream->offset += size;
}

void stream_release(struct byte_stream *stream)
{
	free(stream->buffer);
	*stream = (struct byte_stream){ 0 };
}
