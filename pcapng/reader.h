/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef READER_H
#define READER_H

/*
 * Reads capture files block by block, from a stream or from memory: pcapng in either byte order
 * with all kinds of blocks, and classic pcap (version 2.0 to 2.4, both byte orders, micro- and
 * nanoseconds, and the modified form with longer records), which is returned as one section with
 * one interface. Memory is bounded by the largest block (BLOCK_BYTES_LIMIT) and the interfaces of a
 * section. After damage, or one of the limits below, nothing more is read; all blocks before it
 * are. Section lengths are ignored, as by other readers, because programs that edit files leave
 * wrong ones. The reader does not decompress, and does not interpret packets.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pcapng.h"

/*
 * No program writes as many, but a small compressed file can have them. tcpdropcap begins a new
 * section after 65,536 interfaces.
 */
enum pcapng_limit {
	PCAPNG_INTERFACES_MAX = 1 << 18, /* in a section */
	PCAPNG_INTERFACES_ALL = 1 << 24, /* in a file */
	PCAPNG_SECTIONS_MAX = 1 << 20,
};

/* The source of the bytes. */
struct pcapng_source {
	/* Returns the number of bytes read, 0 at the end, -errno. */
	ptrdiff_t (*read)(void *context, void *bytes, size_t size);
	void *context;
};

/* Reads from fd, which the caller closes. A signal without SA_RESTART causes -EINTR. */
struct pcapng_source pcapng_source_fd(int fd);

enum pcapng_item_type {
	PCAPNG_SECTION,	  /* Section Header Block, or the head of a classic file */
	PCAPNG_INTERFACE, /* Interface Description Block, or made from the head of a classic file */
	PCAPNG_PACKET, /* Enhanced, Simple or obsolete Packet Block; a record of a classic file */
	PCAPNG_STATISTICS, /* Interface Statistics Block */
	PCAPNG_OTHER,	   /* any other block, known or not */
};

struct pcapng_interface {
	uint32_t id; /* in its section */
	uint16_t linktype;
	uint32_t snaplen; /* 0: no limit */
	uint8_t tsresol;  /* if_tsresol; 6 without one */
	int64_t offset_s; /* if_tsoffset */
};

/* One block. Its pointers live until the next call of the reader. */
struct pcapng_item {
	enum pcapng_item_type type;
	uint64_t number;  /* of the block in the file, from 1; in a classic file of the record, 0
			     before the first */
	uint64_t offset;  /* of its first byte in the (uncompressed) file */
	uint64_t section; /* number of its section, from 1 */
	bool swapped;	  /* the numbers in raw and in options are in the other byte order */
	const void *raw;  /* the whole block of the file, unchanged; NULL: a classic file */
	size_t raw_length;
	const uint8_t *options; /* the option list, checked; NULL: the block cannot have one */
	size_t options_length;	/* without the opt_endofopt, which may be missing */
	const struct pcapng_interface *interface; /* for an interface, its packets, statistics */
	uint64_t frame;	    /* for a packet: its number in the file, from 1, as in Wireshark */
	bool has_timestamp; /* false: a Simple Packet Block, or a time before 1970 or after 2554 */
	uint64_t timestamp_ns; /* since the epoch; offset and resolution of the interface applied */
	uint32_t caplen;       /* more than len, or than the snaplen, in files of some programs */
	uint32_t len;
	const uint8_t *data; /* caplen bytes */
	uint64_t lost;	     /* for a packet: epb_dropcount; for statistics: isb_ifdrop; 0: none */
};

struct pcapng_reader;

/* Returns a reader, or NULL and errno. The source must outlive the reader. */
struct pcapng_reader *pcapng_reader_new(struct pcapng_source source);

/* The same for bytes in memory, which must outlive the reader. */
struct pcapng_reader *pcapng_reader_new_memory(const void *bytes, size_t length);

/*
 * Returns 1 and fills *item; 0 at a clean end; -EINVAL for damage; -EPROTO for a file that is not a
 * capture file; -ENOMEM; or the -errno of the source. After 0 or an error, all later calls return
 * the same.
 */
int pcapng_reader_next(struct pcapng_reader *reader, struct pcapng_item *item);

/*
 * The message of an error: one line, without a newline, with block and offset and, for damage, the
 * two numbers that disagree: "block 7 at offset 1284: total length 44, but 48 at its end".
 */
const char *pcapng_reader_error(const struct pcapng_reader *reader);

/* NULL is accepted. */
void pcapng_reader_free(struct pcapng_reader *reader);

/*
 * Iterates over the options of an item, from *at = 0. Returns true and fills *option, whose value
 * points into the item; false after the last one.
 */
bool pcapng_item_option(const struct pcapng_item *item, size_t *at, struct pcapng_option *option);

/* The value of an option of the item as a number; 0 if it has another length. */
uint32_t pcapng_item_u32(const struct pcapng_item *item, const struct pcapng_option *option);
uint64_t pcapng_item_u64(const struct pcapng_item *item, const struct pcapng_option *option);

#endif
