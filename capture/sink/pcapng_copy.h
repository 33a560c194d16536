/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCAPNG_COPY_H
#define PCAPNG_COPY_H

/*
 * Copies blocks of one file into another as they are. The copy can be read without the packets that
 * were left out: the first packet that shared a stack with one of those gets the frames.
 */

#include "pcapng/reader.h"
#include "util/error.h"
#include "report/report.h"

struct pcapng_copy;

/*
 * Opens path for writing (output.h); from is the path of the file that is read, which must be
 * another one. Returns NULL and the error.
 */
struct pcapng_copy *pcapng_copy_open(const char *path, const char *from, struct error *error);

/* Each returns 0 or -errno. shared: only an earlier packet has the frames of the report. */
int pcapng_copy_block(struct pcapng_copy *copy, const struct pcapng_item *item);
int pcapng_copy_packet(struct pcapng_copy *copy, const struct pcapng_item *item,
		       const struct drop_report *report, bool shared);
int pcapng_copy_flush(struct pcapng_copy *copy);

/* Closes and frees. Returns 0 or the first error of all writing. */
int pcapng_copy_close(struct pcapng_copy *copy);

#endif
