/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMPRESSION_H
#define COMPRESSION_H

/* Bytes on their way into a file, compressed if its name ends in .gz or .zst. */

#include <stdbool.h>
#include <stddef.h>

/* How much output a step must produce. */
enum compression_step {
	STEP_MORE,  /* as much as the compression likes */
	STEP_FLUSH, /* all bytes that it was given */
	STEP_END,   /* all bytes and the end of the stream */
	STEP_COUNT,
};

struct compression;

/*
 * Returns the suffix, in the case of the name, that promises a compression or an archive (".gz",
 * ".xz", ".zip"); NULL: none. Only .gz and .zst are kept here.
 */
const char *compression_suffix(const char *name);

/*
 * put(context, bytes, size) receives the output, and returns 0 or -errno. Returns NULL for lack of
 * memory.
 */
struct compression *compression_new(const char *name,
				    int (*put)(void *context, const void *bytes, size_t size),
				    void *context);
void compression_free(struct compression *compression); /* NULL is accepted */

/* Returns false if the bytes pass through unchanged, at each step. */
bool compression_compresses(const struct compression *compression);

/* Returns 0; -EIO if the compression fails; or the error of put. */
int compression_step(struct compression *compression, const void *bytes, size_t size,
		     enum compression_step step);

#endif
