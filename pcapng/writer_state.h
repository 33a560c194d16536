/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WRITER_STATE_H
#define WRITER_STATE_H

/* The writer's state, shared by writer.c (blocks of our own) and copy.c (blocks that were read). */

#include "block.h"
#include "pcapng.h"

struct pcapng_writer {
	struct block_buffer buffer; /* blocks to be written, in the section's byte order */
	struct pcapng_target target;
	uint64_t written;
	bool unflushed;	     /* the target has bytes that were not flushed */
	uint32_t interfaces; /* in this section, copied ones included */
	uint32_t *copied;    /* the new id of each copied interface, by its old id */
	size_t copied_count; /* in this section */
	size_t copied_capacity;
	int error; /* of the first write that failed */
};

/*
 * Adds the options, closes the block, and writes the buffer if it is full. Returns as the functions
 * of pcapng.h.
 */
int writer_finish(struct pcapng_writer *writer, struct pcapng_options options);

/* The same as pcapng_writer_add_packet without its checks. */
int writer_put_packet(struct pcapng_writer *writer, const struct pcapng_packet *packet);

/* Forgets all interfaces, at the start of a section. */
void writer_forget_interfaces(struct pcapng_writer *writer);

#endif
