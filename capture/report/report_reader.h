/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_READER_H
#define REPORT_READER_H

/*
 * Reports from a file: the blocks of a capture, one after the other, back into what was written.
 * What a packet's block does not hold it keeps from blocks before: the names of interfaces, and the
 * stacks that sampled events share. Memory is bounded. Does no I/O; trusts nothing that it has not
 * checked.
 */

#include <stdint.h>

#include "pcapng/reader.h"
#include "report.h"

enum report_read {
	REPORT_NONE,	/* no packet */
	REPORT_PLAIN,	/* a packet without an annotation: the report has the packet, no values */
	REPORT_DAMAGED, /* an annotation that cannot be read to its end; what is before is set */
	REPORT_WHOLE,
};

struct report_reader;

/* Returns NULL for lack of memory. NULL is accepted by _free. */
struct report_reader *report_reader_new(void);
void report_reader_free(struct report_reader *reader);

/*
 * Takes the next block of a file, each in its order, whether it is wanted or not. Returns an enum
 * report_read, or -ENOMEM. The report's texts live until the next call, its packet as long as the
 * item. Of a packet that is no Ethernet frame, it has the length alone.
 */
int report_reader_take(struct report_reader *reader, const struct pcapng_item *item,
		       struct drop_report *report);

/* Whether the last report's frames stand with an earlier packet alone (stack=sampled). */
bool report_reader_shared(const struct report_reader *reader);

/* Events that the files' statistics count as lost, but no packet so far has named. */
uint64_t report_reader_lost(const struct report_reader *reader);

#endif
