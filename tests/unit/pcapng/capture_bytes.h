/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_BYTES_H
#define CAPTURE_BYTES_H

/*
 * Capture files put together field by field, in either byte order, for the tests of the reader; and
 * bytes that end where a page does that may not be touched, so that an overread of one byte faults.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct capture_bytes {
	uint8_t bytes[4096];
	size_t length;
	size_t start; /* of the open block */
	bool big;     /* endian */
};

static inline void put_number(struct capture_bytes *file, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++) {
		unsigned int shift = 8 * (file->big ? size - 1 - i : i);

		if (file->length < sizeof(file->bytes))
			file->bytes[file->length++] = (uint8_t)(value >> shift);
	}
}

static inline void put16(struct capture_bytes *file, uint16_t value)
{
	put_number(file, value, 2);
}

static inline void put32(struct capture_bytes *file, uint32_t value)
{
	put_number(file, value, 4);
}

static inline void put64(struct capture_bytes *file, uint64_t value)
{
	put_number(file, value, 8);
}

static inline void put_padded(struct capture_bytes *file, const char *bytes, size_t length)
{
	for (size_t i = 0; i < ((length + 3) & ~(size_t)3); i++)
		put_number(file, i < length ? (uint8_t)bytes[i] : 0, 1);
}

static inline void begin_block(struct capture_bytes *file, uint32_t type)
{
	file->start = file->length;
	put32(file, type);
	put32(file, 0);
}

static inline void end_block(struct capture_bytes *file)
{
	uint32_t total = (uint32_t)(file->length + 4 - file->start);
	size_t end = file->length;

	file->length = file->start + 4;
	put32(file, total);
	file->length = end;
	put32(file, total);
}

static inline void put_option(struct capture_bytes *file, uint16_t code, const char *value,
			      size_t length)
{
	put16(file, code);
	put16(file, (uint16_t)length);
	put_padded(file, value, length);
}

static inline void put_section(struct capture_bytes *file)
{
	begin_block(file, 0x0a0d0d0a);
	put32(file, 0x1a2b3c4d);
	put16(file, 1);
	put16(file, 0);
	put64(file, UINT64_MAX);
	end_block(file);
}

/* An Ethernet interface without options. */
static inline void put_interface(struct capture_bytes *file, uint32_t snaplen)
{
	begin_block(file, 1);
	put16(file, 1);
	put16(file, 0);
	put32(file, snaplen);
	end_block(file);
}

/* Begins an Enhanced Packet Block: the fixed part and the data, before the options. */
static inline void begin_packet(struct capture_bytes *file, uint32_t id, uint64_t time,
				const char *data)
{
	begin_block(file, 6);
	put32(file, id);
	put32(file, (uint32_t)(time >> 32));
	put32(file, (uint32_t)time);
	put32(file, (uint32_t)strlen(data));
	put32(file, (uint32_t)strlen(data) + 100);
	put_padded(file, data, strlen(data));
}

static inline void put_packet(struct capture_bytes *file, uint32_t id, uint64_t time,
			      const char *data)
{
	begin_packet(file, id, time, data);
	end_block(file);
}

/* Copies the bytes so that a page that cannot be read follows them. */
struct guarded {
	uint8_t *bytes;
	void *map;
	size_t map_length;
};

static inline struct guarded guard(const void *bytes, size_t length)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (length + page - 1) / page * page;
	struct guarded guarded = { .map_length = whole + page };

	guarded.map = mmap(NULL, guarded.map_length, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (guarded.map == MAP_FAILED ||
	    mprotect((uint8_t *)guarded.map + whole, page, PROT_NONE) != 0)
		abort();
	guarded.bytes = (uint8_t *)guarded.map + whole - length;
	if (length)
		memcpy(guarded.bytes, bytes, length);
	return guarded;
}

static inline void unguard(struct guarded guarded)
{
	munmap(guarded.map, guarded.map_length);
}

#endif
