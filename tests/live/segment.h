/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hand-made TCP segments for the lab, which a socket would not send, or not at that moment. IPv4 or
 * IPv6, depending on the addresses, with valid checksums. Refuses nothing: an invalid segment is
 * often the purpose.
 */
#ifndef TESTS_LIVE_SEGMENT_H
#define TESTS_LIVE_SEGMENT_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_MAX 65536

#define SEGMENT_SYN 0x02
#define SEGMENT_PSH 0x08
#define SEGMENT_ACK 0x10

struct segment {
	int family;		      /* AF_INET or AF_INET6 */
	uint8_t source[16], dest[16]; /* IPv4 uses 4 bytes */
	uint16_t source_port, dest_port;
	uint32_t seq, ack;
	uint8_t flags;
	int data_offset;	/* in words of four bytes; -1: the valid one */
	uint16_t mss;		/* sent as an option; 0: none */
	uint32_t tsval, tsecr;	/* the same, timestamps (tsval 0: none); not both */
	int is_spoilt;		/* the checksum of TCP is wrong */
	uint16_t id;		/* IPv4, and of a fragment */
	size_t fragment_offset; /* bytes of the TCP segment that are left out; 0: none */
	size_t fragment_length; /* bytes of it that the fragment has; 0: all others */
	int more_fragments;
	int destination_options; /* so many extension headers of eight bytes each before TCP, IPv6
				    only */
	size_t payload;		 /* bytes, all of the same value */
};

/*
 * Parses an IPv4 or IPv6 address into `to` (16 bytes). Returns the family; exits with a message if
 * the text is not an address.
 */
int segment_address(const char *text, uint8_t *to);

/* Parses a MAC address, "02:00:00:00:99:01". Exits with a message if the text is not one. */
void segment_mac(const char *text, uint8_t *to);

/* Writes the IP packet to out, which has room for SEGMENT_MAX bytes. Returns its length. */
size_t segment_build(const struct segment *segment, uint8_t *out);

/*
 * Parses an IPv4 or IPv6 packet without extension headers. Returns 1, or 0 if it has no TCP header.
 */
int segment_parse(const uint8_t *packet, size_t length, struct segment *segment);

#endif
