/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_READER_H
#define REPORT_READER_H

/*
 * Makes reports from the blocks of a capture file, one after the other, as they were when they were
 * written. It keeps names of interfaces, and stacks that sampled events share, for the packets
 * after them. Memory is bounded. It does no I/O, and trusts nothing that it has not checked.
 */

#include <stdint.h>

#include "pcapng/reader.h"
#include "report.h"

enum report_read {
	REPORT_NONE,	/* no packet */
	REPORT_PLAIN,	/* a packet without an annotation: the report has the packet, no values */
	REPORT_DAMAGED, /* an annotation of which a part cannot be read: the rest is set */
	REPORT_WHOLE,
};

struct report_reader;

/* Returns NULL for lack of memory. NULL is accepted by _free. */
struct report_reader *report_reader_new(void);
void report_reader_free(struct report_reader *reader);

/*
 * Takes the next block of a file; each must be taken, in its order. Returns an enum report_read, or
 * -ENOMEM. The report's texts live until the next call, its packet as long as the item. A
 * packet of another link type that is IP becomes an Ethernet frame; of others, the report has only
 * the length.
 */
int report_reader_take(struct report_reader *reader, const struct pcapng_item *item,
		       struct drop_report *report);

/* Returns whether only an earlier packet has the frames of the last report (stack=sampled). */
bool report_reader_shared(const struct report_reader *reader);

/* Events that the statistics of interfaces count as lost, but no packet so far has reported. */
uint64_t report_reader_lost(const struct report_reader *reader);

#endif
