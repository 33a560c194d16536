/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLOCK_H
#define BLOCK_H

/*
 * The common form of pcapng blocks (draft-ietf-opsawg-pcapng section 3.1): builds blocks in one
 * growing buffer, and reads the fields of a block within its bounds, in either byte order. Only
 * this module handles byte order, padding, the layout of an option list, and the two lengths of a
 * block. It does not depend on the fields of the types of blocks, and does no I/O.
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
	BLOCK_BYTES_LIMIT = 16 << 20,	     /* blocks are shorter; libpcap refuses longer ones */
};

/* Whole blocks, and at most one open block after them. Zero-initialized, it is empty. */
struct block_buffer {
	unsigned char *bytes;
	size_t length; /* of all blocks, the open one included */
	size_t capacity;
	size_t start; /* of the open block */
	int error;    /* the first one of the open block: block_end returns it */
	bool swapped; /* numbers are written in the other byte order */
};

/* Opens a block at the end of the buffer. Its type and lengths are written, too. */
void block_begin(struct block_buffer *buffer, uint32_t type);

/*
 * Each function adds fields at the end of the open block. Numbers need no alignment; bytes are
 * copied and padded with zeros to a multiple of 4 (draft section 3.6.2). After an error they do
 * nothing, so one check, that of block_end(), is enough.
 */
void block_put_u16(struct block_buffer *buffer, uint16_t value);
void block_put_u32(struct block_buffer *buffer, uint32_t value);
void block_put_u32s(struct block_buffer *buffer, const uint32_t *values, size_t count);
void block_put_u64(struct block_buffer *buffer, uint64_t value);
void block_put_bytes(struct block_buffer *buffer, const void *bytes, size_t length);

/* Adds bytes without padding; their length is a multiple of 4. */
void block_put_raw(struct block_buffer *buffer, const void *bytes, size_t length);

/* Adds the list and its opt_endofopt, or nothing for an empty list (draft section 3.5). */
void block_put_options(struct block_buffer *buffer, struct pcapng_options options);

/* Each function overwrites a number in the open block, "at" bytes after its start. */
void block_patch_u16(struct block_buffer *buffer, size_t at, uint16_t value);
void block_patch_u32(struct block_buffer *buffer, size_t at, uint32_t value);

/*
 * Closes the block. Returns 0; -EINVAL if it reaches BLOCK_BYTES_LIMIT or an option in it had the
 * code of opt_endofopt; -ENOMEM. On error the buffer holds what it held before block_begin.
 */
int block_end(struct block_buffer *buffer);

/* Empties the buffer and keeps its memory for the next blocks. */
void block_buffer_clear(struct block_buffer *buffer);

/* Frees the memory. The buffer is empty then and can be used again. */
void block_buffer_release(struct block_buffer *buffer);

/* The bytes of a block, or of the header of a file, that are still to be read. */
struct block_cursor {
	const uint8_t *at;
	size_t left;
	bool swapped;
	bool failed; /* the bytes ended before the end of a field */
};

/*
 * Each function reads the next field, in host byte order. If the bytes end before the end of the
 * field, it returns 0 or NULL and sets failed; so do all later calls, and one check after several
 * fields is enough.
 */
uint16_t block_get_u16(struct block_cursor *cursor);
uint32_t block_get_u32(struct block_cursor *cursor);
uint64_t block_get_u64(struct block_cursor *cursor);
const uint8_t *block_get_bytes(struct block_cursor *cursor, size_t length); /* skips the padding */

/*
 * Reads the next option; its value points into the block. Returns 1; 0 at the end or before an
 * opt_endofopt; -EINVAL if the option is longer than the rest, with code and length filled.
 */
int block_get_option(struct block_cursor *cursor, struct pcapng_option *option);

#endif
