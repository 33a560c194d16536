/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCAPNG_COPY_H
#define PCAPNG_COPY_H

/*
 * Blocks of one file into another, as they stand. Without some of the packets it is still a file
 * that explains itself: a stack that the packets left out had for others goes with the first of
 * those.
 */

#include "pcapng/reader.h"
#include "util/error.h"
#include "report/report.h"

struct pcapng_copy;

/*
 * Opens path for writing (output.h); from is the path of what is read, which must be another file.
 * Returns NULL and the error.
 */
struct pcapng_copy *pcapng_copy_open(const char *path, const char *from, struct error *error);

/* Each returns 0 or -errno. shared: the report's frames stand with an earlier packet alone. */
int pcapng_copy_block(struct pcapng_copy *copy, const struct pcapng_item *item);
int pcapng_copy_packet(struct pcapng_copy *copy, const struct pcapng_item *item,
		       const struct drop_report *report, bool shared);
int pcapng_copy_flush(struct pcapng_copy *copy);

/* Closes and frees. Returns 0 or the first error of all writing. */
int pcapng_copy_close(struct pcapng_copy *copy);

#endif
