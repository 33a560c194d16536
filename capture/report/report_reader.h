/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_READER_H
#define REPORT_READER_H

/*
 * Makes reports from the blocks of a capture file: the same reports that were written. It keeps the
 * names of interfaces, and the stacks that sampled events share, for later packets. Memory is
 * bounded. It does no I/O, and checks all that it reads.
 */

#include <stdint.h>

#include "pcapng/reader.h"
#include "report.h"

enum report_read {
	REPORT_NONE,	/* the block is not a packet */
	REPORT_PLAIN,	/* a packet without an annotation: the report has the packet, no values */
	REPORT_DAMAGED, /* an annotation of which a part cannot be read: the rest is set */
	REPORT_WHOLE,	/* a packet with a complete annotation */
};

struct report_reader;

/* Returns NULL for lack of memory. NULL is accepted by _free. */
struct report_reader *report_reader_new(void);
void report_reader_free(struct report_reader *reader);

/*
 * Reads the next block of a file; all blocks must be read, in their order. Returns an enum
 * report_read, or -ENOMEM. The report's texts live until the next call, and its packet as long as
 * the item. An IP packet of another link type becomes an Ethernet frame; for other packets, the
 * report has only the length.
 */
int report_reader_take(struct report_reader *reader, const struct pcapng_item *item,
		       struct drop_report *report);

/* Returns whether the frames of the last report come from an earlier packet (stack=sampled). */
bool report_reader_shared(const struct report_reader *reader);

/* Returns how many lost events are in the statistics of interfaces, but in no packet so far. */
uint64_t report_reader_lost(const struct report_reader *reader);

#endif
