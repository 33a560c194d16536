/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef READING_H
#define READING_H

/*
 * What the reader makes of a file, as text that a test can compare: a line for each item, with its
 * comment in parentheses, and the reader's message at the end.
 */

#include "pcapng/reader.h"

struct capture_bytes;

struct reading {
	char text[8192];
	int result; /* of the last call of the reader */
};

/* Adds the items of the reader, up to the end or an error, and frees the reader. */
void read_on(struct reading *reading, struct pcapng_reader *reader);

/*
 * Read the bytes from memory; a page that cannot be read follows them. The result lives until the
 * next call.
 */
struct reading *read_bytes(const void *bytes, size_t length);
struct reading *read_file(const struct capture_bytes *file);

/* A source that gives this many bytes at once, and then the end or an error. */
struct trickle {
	const uint8_t *bytes;
	size_t left, piece;
	int last;
	int calls_after_end;
};

ptrdiff_t read_trickle(void *context, void *to, size_t size);

#endif
