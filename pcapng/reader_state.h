/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef READER_STATE_H
#define READER_STATE_H

/*
 * What the reader's files share: reader.c begins and ends, reader_block.c and reader_classic.c
 * read.
 */

#include "block.h"
#include "reader.h"
#include "stream.h"

struct pcapng_reader {
	struct byte_stream stream;
	size_t taken; /* bytes of the last item, still at the window's start */
	/* Reads one item, of the kind of file that it is. Returns as pcapng_reader_next. */
	int (*next)(struct pcapng_reader *reader, struct pcapng_item *item);
	int result; /* of the last call */
	const char *unit;
	uint64_t number; /* of the block or record being read */
	uint64_t section;
	uint64_t frame;
	bool swapped; /* this section */
	struct pcapng_interface *interfaces;
	size_t interface_count; /* in this section */
	size_t interface_capacity;
	uint64_t ns_per_unit; /* a classic file's */
	uint32_t caplen_max;  /* a classic file's */
	char error[256];
};

/* Writes the message behind "block 7 at offset 1284: ". Returns -EINVAL. */
int reader_damage(struct pcapng_reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Waits for size bytes of the block, record or head. Returns 0; -EINVAL for a file that ends
 * before; -ENOMEM or -errno of the source; all with the message.
 */
int reader_need(struct pcapng_reader *reader, size_t size);

/* Adds one to the section and points the item to it. Returns 0 or -ENOMEM with the message. */
int reader_add_interface(struct pcapng_reader *reader, struct pcapng_item *item,
			 const struct pcapng_interface *interface);

/* The value of next for pcapng, and for classic pcap before its head was read. */
int reader_next_block(struct pcapng_reader *reader, struct pcapng_item *item);
int reader_next_head(struct pcapng_reader *reader, struct pcapng_item *item);

#endif
