/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GATHER_H
#define GATHER_H

/*
 * Gathers an overview from the blocks and reports of capture files, one after the other. Memory is
 * bounded. It does no I/O. Functions that return an int return 0 or -ENOMEM.
 */

#include "overview.h"
#include "pcapng/reader.h"

/* Makes the overview empty. */
void overview_init(struct overview *overview);
void overview_free(struct overview *overview);

/* Reads the options of a section or an interface about the capture; ignores other blocks. */
int gather_block(struct overview *overview, const struct pcapng_item *item);

int gather_report(struct overview *overview, const struct drop_report *report);

/* Counts the verdict of a report of `compare`, which gather_report gets as well. */
int gather_verdict(struct overview *overview, const struct drop_report *report);

/* Ends it: lost is the number of events lost that no report has named. Everything is sorted. */
int gather_end(struct overview *overview, uint64_t lost);

#endif
