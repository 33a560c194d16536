/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCAPNG_H
#define PCAPNG_H

/*
 * pcapng files (draft-ietf-opsawg-pcapng): a writer, and a reader (reader.h) of pcapng and classic
 * pcap, which need only the C library. The writer writes sections of its own in host byte order,
 * with SHB version 1.0 and section length -1, and copies blocks that were read. It adds no options
 * other than those it is given.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pcapng_linktype {
	PCAPNG_LINKTYPE_ETHERNET = 1,
	PCAPNG_LINKTYPE_RAW = 101,
};

/* Option codes, by block (draft sections 3.5, 4.1 to 4.6). */
enum pcapng_option_code {
	PCAPNG_OPT_COMMENT = 1,
	PCAPNG_SHB_HARDWARE = 2,
	PCAPNG_SHB_OS = 3,
	PCAPNG_SHB_USERAPPL = 4,
	PCAPNG_IF_NAME = 2,
	PCAPNG_IF_DESCRIPTION = 3,
	PCAPNG_IF_TSRESOL = 9,
	PCAPNG_IF_FILTER = 11,
	PCAPNG_IF_TSOFFSET = 14,
	PCAPNG_EPB_FLAGS = 2,
	PCAPNG_EPB_DROPCOUNT = 4,
	PCAPNG_EPB_PACKETID = 5,
	PCAPNG_EPB_QUEUE = 6,
	PCAPNG_ISB_STARTTIME = 2,
	PCAPNG_ISB_ENDTIME = 3,
	PCAPNG_ISB_IFRECV = 4,
	PCAPNG_ISB_IFDROP = 5,
};

/* Bits of epb_flags (draft section 4.3.1). */
enum pcapng_epb_flag {
	PCAPNG_INBOUND = 1,
	PCAPNG_OUTBOUND = 2,
	PCAPNG_UNICAST = 1 << 2,
	PCAPNG_MULTICAST = 2 << 2,
	PCAPNG_BROADCAST = 3 << 2,
	PCAPNG_PROMISCUOUS = 4 << 2,
	PCAPNG_CHECKSUM_NOT_READY = 1 << 9,
};

/*
 * One option. The value has length bytes in the form of the file and is copied when the block is
 * added. If width is given, the value consists of numbers, which are converted to the byte order of
 * the section.
 */
struct pcapng_option {
	uint16_t code;
	uint16_t length;
	const void *value;
	uint8_t width; /* bytes of each number: 2, 4 or 8; 0: nothing is converted */
};

struct pcapng_options {
	const struct pcapng_option *list;
	size_t count;
};

struct pcapng_packet {
	uint32_t interface_id;
	uint64_t timestamp; /* in the unit of the interface's if_tsresol */
	uint32_t caplen;    /* bytes at data */
	uint32_t len;	    /* bytes the packet had */
	const void *data;
	struct pcapng_options options;
};

struct pcapng_item; /* reader.h */

/* The destination of the bytes. */
struct pcapng_target {
	/* Returns the number of bytes taken, at least one, or -errno. */
	ptrdiff_t (*write)(void *context, const void *bytes, size_t size);
	/* Forwards the bytes taken so far. Returns 0 or -errno. NULL: nothing to do. */
	int (*flush)(void *context);
	void *context;
};

/*
 * Writes to fd, which the caller closes. A write that a signal interrupts is repeated. If a
 * non-blocking fd accepts no bytes, the write waits without a time limit; a signal that interrupts
 * this wait makes it fail with -EINTR. Nothing was written then, and the write can be repeated.
 */
struct pcapng_target pcapng_target_fd(int fd);

struct pcapng_writer;

/* The target must outlive the writer. Returns a writer, or NULL and errno. */
struct pcapng_writer *pcapng_writer_new(struct pcapng_target target);

/*
 * Each function adds one block; in a copied section, in the byte order of that section. The
 * timestamp of a statistics block is in the unit of its interface. Returns 0; -EINVAL if a block or
 * option does not fit its length field, and nothing is added; -ENOMEM; or the -errno of the target.
 * After an error of the target, all later calls return it: the file ends with a whole block or a
 * part of the next.
 */
int pcapng_writer_add_section(struct pcapng_writer *writer, struct pcapng_options options);
int pcapng_writer_add_interface(struct pcapng_writer *writer, uint16_t linktype, uint32_t snaplen,
				struct pcapng_options options, uint32_t *interface_id);
int pcapng_writer_add_packet(struct pcapng_writer *writer, const struct pcapng_packet *packet);
int pcapng_writer_add_statistics(struct pcapng_writer *writer, uint32_t interface_id,
				 uint64_t timestamp, struct pcapng_options options);

/*
 * Adds a block that was read, unchanged: a file of this writer that is copied block by block is the
 * same file. Two numbers change: the length of a section becomes -1, because blocks may be added to
 * it, and the ids of interfaces if one of our own was added to the section. A classic file becomes
 * a section with one interface. A section is copied before its blocks. Returns as above; -EINVAL if
 * it was not, or for a Simple Packet Block whose interface is no longer the first of the section.
 */
int pcapng_writer_copy(struct pcapng_writer *writer, const struct pcapng_item *item);

/*
 * The same for a packet, with more options after its own. -EINVAL for a Simple Packet Block, which
 * cannot have options, and for a block that is not a packet.
 */
int pcapng_writer_copy_with(struct pcapng_writer *writer, const struct pcapng_item *item,
			    struct pcapng_options options);

/*
 * The same for a packet of which only the first caplen bytes are copied; its length stays. A Simple
 * Packet Block has no captured length: its further bytes become zeros. With caplen UINT32_MAX it is
 * pcapng_writer_copy_with().
 */
int pcapng_writer_copy_cut(struct pcapng_writer *writer, const struct pcapng_item *item,
			   uint32_t caplen, struct pcapng_options options);

/*
 * Writes the buffered blocks to the target and flushes it, if there are new bytes. Returns as
 * above.
 */
int pcapng_writer_flush(struct pcapng_writer *writer);

/* Return the bytes of all blocks added so far, and the bytes of those that are not written yet. */
uint64_t pcapng_writer_bytes(const struct pcapng_writer *writer);
uint64_t pcapng_writer_buffered(const struct pcapng_writer *writer);

/* Flushes and frees the writer. NULL is accepted. Returns 0 or the first error of the writer. */
int pcapng_writer_free(struct pcapng_writer *writer);

#endif
