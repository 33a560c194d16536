/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COPY_H
#define COPY_H

/*
 * Blocks of one file into another, as they stand. Without some of the packets it is still a file
 * that explains itself: a stack that the packets left out had for others goes with the first of
 * those.
 */

#include "pcapng/reader.h"
#include "util/error.h"
#include "report/report.h"

struct copy;

/*
 * Opens path for writing (output.h); from is the path of what is read, which must be another file.
 * Returns NULL and the error.
 */
struct copy *copy_open(const char *path, const char *from, struct error *error);

/* Each returns 0 or -errno. shared: the report's frames stand with an earlier packet alone. */
int copy_block(struct copy *copy, const struct pcapng_item *item);
int copy_packet(struct copy *copy, const struct pcapng_item *item, const struct drop_report *report,
		bool shared);
int copy_flush(struct copy *copy);

/* Closes and frees. Returns 0 or the first error of all writing. */
int copy_close(struct copy *copy);

#endif
