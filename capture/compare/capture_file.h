/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_FILE_H
#define CAPTURE_FILE_H

/*
 * A capture file that compare reads from its start to its end, or up to its damage; what is before
 * the damage is used. It does not interpret the packets.
 */

#include "file/input.h"
#include "util/error.h"
#include "util/strbuf.h"

struct capture_file {
	struct input *input;
	struct pcapng_reader *reader;
};

/* Returns 0, or -errno and the error; capture_file_close() in either case. */
int capture_file_open(struct capture_file *file, const char *path, struct error *error);
void capture_file_close(struct capture_file *file);

/*
 * Returns 1 and fills *item; 0 at the end of the file; -errno. The item lives until the next call.
 */
static inline int capture_file_next(struct capture_file *file, struct pcapng_item *item)
{
	return pcapng_reader_next(file->reader, item);
}

/*
 * Evaluates the last result of capture_file_next(). For damage, appends a line with the file and
 * the damage to *damage. Returns 0 at the end of the file and for damage; -errno and the error for
 * a file that is not a capture file, and for lack of memory.
 */
int capture_file_end(const struct capture_file *file, int got, struct strbuf *damage,
		     struct error *error);

/* Sets the error for lack of memory, or for a limit of the matcher (-EOVERFLOW). Returns err. */
int capture_file_no_memory(int err, struct error *error);

#endif
