/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef READER_STATE_H
#define READER_STATE_H

/* The reader's state, shared by reader.c, reader_block.c (pcapng) and reader_classic.c (pcap). */

#include "block.h"
#include "reader.h"
#include "stream.h"

struct pcapng_reader {
	struct byte_stream stream;
	size_t taken; /* bytes of the last item, which are still in the window */
	/* Reads one item of this kind of file. Returns as pcapng_reader_next. */
	int (*next)(struct pcapng_reader *reader, struct pcapng_item *item);
	int result;	  /* of the last call */
	const char *unit; /* "block" or "record", for errors */
	uint64_t number;  /* of the block or record being read */
	uint64_t section;
	uint64_t frame;
	bool swapped; /* this section */
	struct pcapng_interface *interfaces;
	size_t interface_count; /* in this section */
	size_t interface_capacity;
	size_t interfaces_all; /* in all sections */
	/* Members of a classic file. */
	uint64_t ns_per_unit;
	uint32_t caplen_max;
	uint16_t version_minor;
	uint8_t record_bytes; /* length of a record's header */
	char error[256];
};

/* Sets the message, after "block 7 at offset 1284: ". Returns -EINVAL. */
int reader_damage(struct pcapng_reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Reads until the window has size bytes of the block, record or head. Returns 0; or, with the
 * message: -EINVAL if the file ends before; -ENOMEM; the -errno of the source.
 */
int reader_need(struct pcapng_reader *reader, size_t size);

/*
 * Adds an interface to the section and to the item. Returns 0; or, with the message, -EINVAL for
 * more interfaces than the limit, and -ENOMEM.
 */
int reader_add_interface(struct pcapng_reader *reader, struct pcapng_item *item,
			 const struct pcapng_interface *interface);

/* Values of `next`: for pcapng, and for the start of a classic pcap file. */
int reader_next_block(struct pcapng_reader *reader, struct pcapng_item *item);
int reader_next_head(struct pcapng_reader *reader, struct pcapng_item *item);

#endif
