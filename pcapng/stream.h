/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_H
#define STREAM_H

/*
 * A window on the bytes of a source, or on bytes in memory, which are not copied. Memory is
 * allocated only for bytes that were read, never for a length in the file. The module does not
 * interpret the bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader.h"

struct byte_stream {
	const uint8_t *bytes; /* the window; stream_need() and stream_skip() change it */
	size_t length;
	uint64_t offset;	     /* of the window in the file */
	struct pcapng_source source; /* read is NULL for bytes in memory: all are in the window */
	uint8_t *buffer;
	size_t capacity;
	int result; /* of the last read: 1; 0 at the end and -errno are final */
};

/*
 * Reads until the window has size bytes. Returns 1; 0 if the source ends before, and length is the
 * number of bytes; -ENOMEM; the -errno of the source.
 */
int stream_need(struct byte_stream *stream, size_t size);

/* Moves the start of the window by size, which is at most its length. */
void stream_skip(struct byte_stream *stream, size_t size);

/* Frees the memory. */
void stream_release(struct byte_stream *stream);

#endif
