/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCAPNG_H
#define PCAPNG_H

/*
 * pcapng files (draft-ietf-opsawg-pcapng), on libc alone: a writer, and a reader of those and of
 * classic pcap. The writer writes sections of its own in host byte order, SHB version 1.0 and
 * section length -1, and copies what was read as it stands. They know nothing of where packets come
 * from and refuse to invent an option that they were not given.
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
 * One option: its value is length bytes in file form, copied when the block is added. In a section
 * of the other byte order, numbers in it are written in that order if width says how long each of
 * them is.
 */
struct pcapng_option {
	uint16_t code;
	uint16_t length;
	const void *value;
	uint8_t width; /* 2, 4 or 8 bytes; 0: no numbers, or in the section's order already */
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

/* Where the bytes go. */
struct pcapng_target {
	/* Returns the number of bytes taken, at least one, or -errno. */
	ptrdiff_t (*write)(void *context, const void *bytes, size_t size);
	/* Hands on what was taken. Returns 0 or -errno. NULL: nothing to do. */
	int (*flush)(void *context);
	void *context;
};

/*
 * Writes to fd, which stays the caller's. A signal does not end a write. While a non-blocking fd is
 * full, it waits, without a limit of time; a signal that interrupts this wait makes the write fail
 * with -EINTR before it has taken anything, and it can be repeated.
 */
struct pcapng_target pcapng_target_fd(int fd);

struct pcapng_writer;

/* The target must outlive the writer. Returns a writer, or NULL and errno. */
struct pcapng_writer *pcapng_writer_new(struct pcapng_target target);

/*
 * Each adds one block, to a copied section in that section's byte order. The timestamp of a
 * statistics block is in its interface's unit. Returns 0; -EINVAL if a block or option would not
 * fit its length field, nothing is added then; -ENOMEM; or the -errno of the target, after which
 * every later call returns the same error: the file ends with its last whole block or a part of the
 * next one.
 */
int pcapng_writer_add_section(struct pcapng_writer *writer, struct pcapng_options options);
int pcapng_writer_add_interface(struct pcapng_writer *writer, uint16_t linktype, uint32_t snaplen,
				struct pcapng_options options, uint32_t *interface_id);
int pcapng_writer_add_packet(struct pcapng_writer *writer, const struct pcapng_packet *packet);
int pcapng_writer_add_statistics(struct pcapng_writer *writer, uint32_t interface_id,
				 uint64_t timestamp, struct pcapng_options options);

/*
 * Adds a block that was read, as it stands in its file, so that a file of this writer's copied
 * block by block is the same file. Two numbers change: a section's length becomes -1, for it may
 * get blocks that it did not have; and the ids of interfaces where one of our own was added to the
 * section. A classic file becomes a section with one interface. A section is copied before what is
 * in it; -EINVAL if it was not, or for a Simple Packet Block when the section's first interface is
 * no longer the first.
 */
int pcapng_writer_copy(struct pcapng_writer *writer, const struct pcapng_item *item);

/*
 * The same for a packet, with further options behind those that it has. -EINVAL for a Simple Packet
 * Block, which can have none, and for what is no packet.
 */
int pcapng_writer_copy_with(struct pcapng_writer *writer, const struct pcapng_item *item,
			    struct pcapng_options options);

/*
 * Hands what is buffered to the target and lets it flush, if there is anything new. Returns as
 * above.
 */
int pcapng_writer_flush(struct pcapng_writer *writer);

/* Bytes of all blocks added so far, written or still buffered. */
uint64_t pcapng_writer_bytes(const struct pcapng_writer *writer);

/* Flushes and frees; NULL is accepted. Returns 0 or the first error the writer met. */
int pcapng_writer_free(struct pcapng_writer *writer);

#endif
