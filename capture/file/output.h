/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUTPUT_H
#define OUTPUT_H

/*
 * A file that is written from its start, compressed where its name ends in .gz or .zst. What is
 * flushed can be decompressed up to there whatever happens next. It knows nothing of what the bytes
 * mean, but that each write ends where a reader may stop.
 */

#include "pcapng/pcapng.h"
#include "util/error.h"

struct output;

/* "-" is standard output. A regular file that is in the way is overwritten. NULL and the error. */
struct output *output_open(const char *path, struct error *error);

/* For pcapng_writer_new; the output must outlive the writer. It takes all bytes or fails. */
struct pcapng_target output_target(struct output *output);

/*
 * Ends the compression and closes the file. One whose writing failed is cut behind the last write,
 * or of a compressed file the last flush, that succeeded. Frees the output; NULL is accepted.
 * Returns 0 or the first error of all writing.
 */
int output_close(struct output *output);

#endif
