/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLOCK_H
#define BLOCK_H

/*
 * The common form of pcapng blocks (draft-ietf-opsawg-pcapng section 3.1): puts blocks together in
 * one growing buffer, in host byte order. The only place that knows padding, the two lengths of a
 * block and the layout of an option list. It refuses to know which fields a block has, and does no
 * I/O.
 */

#include <stddef.h>
#include <stdint.h>

#include "pcapng.h"

enum block_type {
	BLOCK_INTERFACE = 1,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6, /* the enhanced one */
	BLOCK_SECTION = 0x0a0d0d0a,
};

enum {
	BLOCK_BYTE_ORDER_MAGIC = 0x1a2b3c4d, /* draft section 4.1 */
	BLOCK_BYTES_LIMIT = 16 << 20,	     /* every block is shorter: libpcap refuses longer */
};

/* Whole blocks, and at most one under construction after them. Zeroed, it is empty. */
struct block_buffer {
	unsigned char *bytes;
	size_t length; /* of all blocks, the open one included */
	size_t capacity;
	size_t start; /* of the open block */
	int error;    /* first one met in the open block: block_end returns it */
};

/* Opens a block after those that the buffer holds. */
void block_begin(struct block_buffer *buffer, uint32_t type);

/*
 * Each puts one field at the end of the open block. Numbers need no alignment; bytes are copied and
 * padded with zeros to a multiple of 4 (draft section 3.6.2). After an error they do nothing, so
 * that only block_end needs a check.
 */
void block_put_u16(struct block_buffer *buffer, uint16_t value);
void block_put_u32(struct block_buffer *buffer, uint32_t value);
void block_put_u64(struct block_buffer *buffer, uint64_t value);
void block_put_bytes(struct block_buffer *buffer, const void *bytes, size_t length);

/* Puts the list and its opt_endofopt, or nothing at all for an empty list (draft section 3.5). */
void block_put_options(struct block_buffer *buffer, struct pcapng_options options);

/*
 * Closes the block. Returns 0; -EINVAL if it reaches BLOCK_BYTES_LIMIT or an option in it had the
 * code of opt_endofopt; -ENOMEM. On error the buffer holds what it held before block_begin.
 */
int block_end(struct block_buffer *buffer);

/* Forgets all blocks and keeps the memory for the next ones. */
void block_buffer_clear(struct block_buffer *buffer);

/* Frees the memory; the buffer is empty and usable after it. */
void block_buffer_release(struct block_buffer *buffer);

#endif
