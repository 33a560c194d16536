/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WRITER_STATE_H
#define WRITER_STATE_H

/* What the writer's files share: writer.c puts blocks of our own, copy.c those that were read. */

#include "block.h"
#include "pcapng.h"

struct pcapng_writer {
	struct block_buffer buffer; /* what is not written yet; swapped: this section */
	struct pcapng_target target;
	uint64_t written;
	bool unflushed;	     /* the target has bytes that it was not told to flush */
	uint32_t interfaces; /* in this section, copied ones included */
	uint32_t *copied;    /* index: id of an interface in the section it was read from */
	size_t copied_count; /* in this section */
	size_t copied_capacity;
	int error; /* of a write: stays */
};

/*
 * Puts the options, closes the block, and writes when there is enough. Returns as the public calls.
 */
int writer_finish(struct pcapng_writer *writer, struct pcapng_options options);

/* As pcapng_writer_add_packet, without its refusals. */
int writer_put_packet(struct pcapng_writer *writer, const struct pcapng_packet *packet);

/* A section begins: no interface is left. */
void writer_forget_interfaces(struct pcapng_writer *writer);

#endif
