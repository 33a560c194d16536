/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INPUT_H
#define INPUT_H

/*
 * Reads the bytes of a file, a pipe or standard input, and decompresses them if the first bytes are
 * those of gzip or zstd (several members or frames in a row are one file). It does not interpret
 * the bytes.
 */

#include "pcapng/reader.h"
#include "util/error.h"

struct input;

/*
 * Opens the file, or takes one that is held (held.h); "-" is standard input. Waits for the first
 * bytes. Returns NULL and the error.
 */
struct input *input_open(const char *path, struct error *error);

/*
 * For pcapng_reader_new; the input must outlive the reader. Its read returns -EBADMSG for damaged
 * or incomplete compressed data, after all bytes before the damage.
 */
struct pcapng_source input_source(struct input *input);

/*
 * Sets the error for a reader that ended with err: one line that names the file and the damage, of
 * the compressed data or as the reader reports it. Returns err.
 */
int input_failed(const struct input *input, const struct pcapng_reader *reader, int err,
		 struct error *error);

/* The name for messages: the path, or "standard input". */
const char *input_name(const struct input *input);

/* NULL is accepted. */
void input_close(struct input *input);

#endif
