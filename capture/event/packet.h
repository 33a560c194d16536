/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PACKET_H
#define PACKET_H

/*
 * The TCP packet in a frame: where its headers are and what they say. Reads hostile bytes through
 * one bounds check; knows nothing of the kernel.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_ETH_LEN	 14
#define PACKET_TAG_LEN	 4 /* 802.1Q, between the MAC addresses and the type */
#define PACKET_FRAME_MAX (PACKET_ETH_LEN + PACKET_TAG_LEN + 256)
#define PACKET_SACK_MAX	 4

enum tcp_flag {
	TCP_FIN = 1 << 0,
	TCP_SYN = 1 << 1,
	TCP_RST = 1 << 2,
	TCP_PSH = 1 << 3,
	TCP_ACK = 1 << 4,
	TCP_URG = 1 << 5,
	TCP_ECE = 1 << 6,
	TCP_CWR = 1 << 7,
};

struct packet {
	const uint8_t *data; /* the frame; the caller's */
	uint32_t caplen;     /* bytes at data */
	uint32_t len;	     /* bytes of the whole frame */
	bool cut;	     /* a header, TCP's options included, goes on behind caplen */
	int family;	     /* AF_INET, AF_INET6; 0: neither, nothing below is set */
	uint32_t ip_at;	     /* offset of the IP header */
	uint8_t saddr[16];   /* IPv4 in the first four bytes */
	uint8_t daddr[16];
	uint32_t tcp_at; /* offset of the TCP header; 0: not in the bytes, nothing below is set */
	uint16_t ip_id;	 /* IPv4 */
	bool dont_fragment; /* IPv4 */
	uint16_t sport;
	uint16_t dport;
	uint32_t seq;
	uint32_t ack;
	uint16_t window;
	uint8_t flags;	      /* enum tcp_flag */
	uint32_t header_len;  /* of TCP with its options, as the header says */
	uint32_t ip_end;      /* offset of the end of the IP packet; the rest is padding */
	uint32_t payload_len; /* what that leaves after the headers */
	bool has_tsval;
	uint32_t tsval; /* RFC 7323 */
	uint32_t tsecr;
	uint8_t sack_count;
	struct {
		uint32_t start;
		uint32_t end;	 /* behind the last byte */
	} sack[PACKET_SACK_MAX]; /* RFC 2018 */
};

/*
 * Describes an Ethernet frame, with VLAN tags (802.1Q, 802.1ad) or none. What the bytes do not hold
 * stays zero.
 */
void packet_parse(struct packet *packet, const uint8_t *frame, uint32_t caplen, uint32_t len);

/*
 * The same of a frame of another capture: Ethernet, Linux cooked (SLL, SLL2), raw IP, BSD loopback.
 * Of another link type nothing is set.
 */
void packet_parse_link(struct packet *packet, uint16_t linktype, const uint8_t *frame,
		       uint32_t caplen, uint32_t len);

/* Whether packet_parse_link knows the link type (https://www.tcpdump.org/linktypes.html). */
bool packet_knows_link(uint16_t linktype);

/* Big-endian fields. */
uint16_t packet_get16(const uint8_t *at);
uint32_t packet_get32(const uint8_t *at);
void packet_put16(uint8_t *at, uint16_t value);
void packet_put32(uint8_t *at, uint32_t value);

#endif
