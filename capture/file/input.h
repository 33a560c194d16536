/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INPUT_H
#define INPUT_H

/*
 * The bytes of a file, a pipe or standard input, decompressed where their first bytes say gzip or
 * zstd (several members or frames one after the other are one file). It knows nothing of what the
 * bytes mean.
 */

#include "pcapng/reader.h"
#include "util/error.h"

struct input;

/* "-" is standard input. Waits for the first bytes. Returns NULL and the error. */
struct input *input_open(const char *path, struct error *error);

/*
 * For pcapng_reader_new; the input must outlive it. Its read returns -EBADMSG for damaged or
 * incomplete compressed data, after all that came out of it before.
 */
struct pcapng_source input_source(struct input *input);

/*
 * For a reading that ended with err: one line that names the file and says what is wrong with it,
 * in the compressed data or else as the reader says. Returns err.
 */
int input_failed(const struct input *input, const struct pcapng_reader *reader, int err,
		 struct error *error);

/* What to call it in messages: the path, or "standard input". */
const char *input_name(const struct input *input);

/* NULL is accepted. */
void input_close(struct input *input);

#endif
