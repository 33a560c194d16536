/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCAPNG_H
#define PCAPNG_H

/*
 * pcapng files (draft-ietf-opsawg-pcapng), on libc alone: a writer, and a reader of those and of
 * classic pcap. The writer writes sections of its own in host byte order, SHB version 1.0 and section
 * length -1, and copies what was read as it stands. They know nothing of where packets come from and
 * refuse to invent an option that they were not given.
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
 * One option: its value is length bytes in file form, copied when the block is added. In a section of the
 * other byte order, numbers in it are written in that order if width says how long each of them is.
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

struct pcapng_writer;

/*
 * Writes to fd from now on. The fd stays the caller's and must outlive the writer.
 * Returns a writer, or NULL and errno.
 */
struct pcapng_writer *pcapng_writer_new(int fd);

/*
 * Each adds one block. The timestamp of a statistics block is in its interface's unit.
 * Returns 0; -EINVAL if a block or option would not fit its length field, nothing is added then;
 * -ENOMEM; or the -errno of a write to the fd, after which every later call returns the same
 * error: the file ends with its last whole block or a part of the next one.
 */
int pcapng_writer_add_section(struct pcapng_writer *writer, struct pcapng_options options);
int pcapng_writer_add_interface(struct pcapng_writer *writer, uint16_t linktype, uint32_t snaplen,
				struct pcapng_options options, uint32_t *interface_id);
int pcapng_writer_add_packet(struct pcapng_writer *writer, const struct pcapng_packet *packet);
int pcapng_writer_add_statistics(struct pcapng_writer *writer, uint32_t interface_id,
				 uint64_t timestamp, struct pcapng_options options);

/* Hands what is buffered to the kernel. Returns as above. */
int pcapng_writer_flush(struct pcapng_writer *writer);

/* Bytes of all blocks added so far, written or still buffered. */
uint64_t pcapng_writer_bytes(const struct pcapng_writer *writer);

/* Bytes of whole blocks that the fd has taken for sure: where to cut a file whose writing failed. */
uint64_t pcapng_writer_written(const struct pcapng_writer *writer);

/* Flushes and frees; NULL is accepted. Returns 0 or the first error the writer met. */
int pcapng_writer_free(struct pcapng_writer *writer);

#endif
