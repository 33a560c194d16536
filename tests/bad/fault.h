/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BAD_FAULT_H
#define BAD_FAULT_H

/*
 * A damaged capture file for each FAULT, and what most of them are built from. A fault registers
 * itself, so that a file of faults (fault_*.c) needs no header and no list.
 */

#include "pcapng/capture_bytes.h"

struct fault {
	const char *name; /* of the file, '_' where the file has '-' */
	const char *suffix;
	void (*make)(struct capture_bytes *file);
	struct fault *next;
};

/* Adds the fault, which must live until the program ends, to the list that make_bad.c writes. */
void register_fault(struct fault *fault);

/*
 * FAULT(name, "suffix") { ... } makes the damaged file in the variable `file`, which is empty
 * before.
 */
#define FAULT(id, type)                                              \
	static void id(struct capture_bytes *file);                  \
	static struct fault fault_##id = { #id, type, id, NULL };    \
	__attribute__((constructor)) static void register_##id(void) \
	{                                                            \
		register_fault(&fault_##id);                         \
	}                                                            \
	static void id(struct capture_bytes *file)

/* Offsets in a block, and the length of put_section()'s. */
enum {
	SECTION_BYTES = 28,
	AT_TOTAL = 4,
	AT_BODY = 8,
};

/* A section, an interface and one good packet: most files begin so. */
void begin_good(struct capture_bytes *file);

/* A block of that type whose body is `body` bytes of 0. */
void put_block(struct capture_bytes *file, uint32_t type, size_t body);

/* Bytes as they are: no padding, no NUL. */
void put_bytes(struct capture_bytes *file, const char *bytes, size_t length);

/* Overwrites `size` bytes at an offset of the last block. */
void patch(struct capture_bytes *file, size_t at, uint64_t value, unsigned int size);

/* Makes both lengths of the last block `total`. */
void patch_total(struct capture_bytes *file, uint32_t total);

/* The head of a classic file of Ethernet, and a record of four bytes that claims `caplen` bytes. */
void put_classic_head(struct capture_bytes *file, uint32_t magic, uint32_t snaplen);
void put_classic_record(struct capture_bytes *file, uint32_t caplen);

/* Removes the last bytes of the file. */
void cut(struct capture_bytes *file, size_t bytes);

#endif
