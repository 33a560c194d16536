/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCAPNG_FILE_H
#define PCAPNG_FILE_H

/* Files in memory and packets with options, for the tests of the writer. */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pcapng/pcapng.h"

/* clang-format off */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LIST(array) ((struct pcapng_options){ (array), COUNT(array) })
#define TEXT(code, text) { (code), sizeof(text) - 1, (text), 0 }
#define VALUE(code, value) { (code), sizeof(value), &(value), 0 }
/* clang-format on */

static const struct pcapng_options none;

enum {
	PREFIX = 28 + 20, /* bytes that begin_file writes */
	MIB = 1 << 20,
	BLOCK_LIMIT = 16 * MIB,
};

static char zeros[BLOCK_LIMIT];

static const uint32_t inbound = PCAPNG_INBOUND | PCAPNG_UNICAST;
static const uint32_t queue = 3;
static const uint64_t dropcount = 7;
static const uint64_t packetid = 0x0123456789abcdef;

static const struct pcapng_option packet_options[] = {
	VALUE(PCAPNG_EPB_FLAGS, inbound),      VALUE(PCAPNG_EPB_DROPCOUNT, dropcount),
	VALUE(PCAPNG_EPB_PACKETID, packetid),  VALUE(PCAPNG_EPB_QUEUE, queue),
	TEXT(PCAPNG_OPT_COMMENT, "first one"), TEXT(PCAPNG_OPT_COMMENT, "two\nlines"),
};

/* Returns a writer with a section and one Ethernet interface, both without options. */
static inline struct pcapng_writer *begin_file(int fd)
{
	struct pcapng_writer *writer = pcapng_writer_new(pcapng_target_fd(fd));
	uint32_t id;

	if (!writer || pcapng_writer_add_section(writer, none) ||
	    pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_ETHERNET, 262144, none, &id))
		abort();
	return writer;
}

static inline int memory_file(void)
{
	return memfd_create("pcapng", MFD_CLOEXEC);
}

/* Whether these bytes, and no more, follow the first skip bytes of the file. */
static inline bool file_holds(int fd, size_t skip, const void *want, size_t length)
{
	unsigned char *got = malloc(length + 1);
	ssize_t n = pread(fd, got, length + 1, skip);
	bool same = n >= 0 && (size_t)n == length && memcmp(got, want, length) == 0;

	free(got);
	return same;
}

static inline int add_packet(struct pcapng_writer *writer, uint32_t caplen,
			     struct pcapng_options options)
{
	struct pcapng_packet packet = { 0, 1, caplen, caplen, zeros, options };

	return pcapng_writer_add_packet(writer, &packet);
}

#endif
