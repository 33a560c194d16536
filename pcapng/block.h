/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLOCK_H
#define BLOCK_H

/*
 * The common form of pcapng blocks (draft-ietf-opsawg-pcapng section 3.1): puts blocks together in
 * one growing buffer, and takes those of a file apart within their bounds, in either byte order.
 * The only place that swaps bytes and that knows padding, the layout of an option list and the two
 * lengths of a block. It refuses to know which fields a block has, and does no I/O.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pcapng.h"

enum block_type {
	BLOCK_INTERFACE = 1,
	BLOCK_OBSOLETE_PACKET = 2,
	BLOCK_SIMPLE_PACKET = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6, /* the enhanced one */
	BLOCK_JOURNAL = 9,
	BLOCK_CUSTOM = 0x0bad,
	BLOCK_CUSTOM_NOT_COPIED = 0x40000bad,
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
	bool swapped; /* numbers are put in the other byte order */
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

/* Bytes as they are, in a length that is a multiple of 4 already. */
void block_put_raw(struct block_buffer *buffer, const void *bytes, size_t length);

/* Puts the list and its opt_endofopt, or nothing at all for an empty list (draft section 3.5). */
void block_put_options(struct block_buffer *buffer, struct pcapng_options options);

/* Each overwrites a number that is in the open block, at bytes from its start. */
void block_patch_u16(struct block_buffer *buffer, size_t at, uint16_t value);
void block_patch_u32(struct block_buffer *buffer, size_t at, uint32_t value);

/*
 * Closes the block. Returns 0; -EINVAL if it reaches BLOCK_BYTES_LIMIT or an option in it had the
 * code of opt_endofopt; -ENOMEM. On error the buffer holds what it held before block_begin.
 */
int block_end(struct block_buffer *buffer);

/* Forgets all blocks and keeps the memory for the next ones. */
void block_buffer_clear(struct block_buffer *buffer);

/* Frees the memory; the buffer is empty and usable after it. */
void block_buffer_release(struct block_buffer *buffer);

/* What is left to read of a block or of a file's head. */
struct block_cursor {
	const uint8_t *at;
	size_t left;
	bool swapped;
	bool failed; /* something was asked for that is not there */
};

/*
 * Each takes the next field, in host byte order; 0 or NULL and failed where the bytes end before
 * it, and from then on, so that one check does for several fields.
 */
uint16_t block_get_u16(struct block_cursor *cursor);
uint32_t block_get_u32(struct block_cursor *cursor);
uint64_t block_get_u64(struct block_cursor *cursor);
const uint8_t *block_get_bytes(struct block_cursor *cursor, size_t length); /* and their padding */

/*
 * Takes the next option; its value points into the block. Returns 1; 0 at opt_endofopt, which it
 * does not take, or at the end; -EINVAL if the option is longer than what is left: code and length
 * are filled then too.
 */
int block_get_option(struct block_cursor *cursor, struct pcapng_option *option);

#endif
