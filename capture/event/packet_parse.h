/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PACKET_PARSE_H
#define PACKET_PARSE_H

/*
 * The parts of packet_parse(): packet.c (link header), packet_chain.c (tags, tunnels, IP) and
 * packet_tcp.c. Only these include it.
 */

#include "packet.h"

/*
 * Returns the bytes [at, at + length); NULL if they were not captured. Sets packet->cut if the
 * frame was longer than what was captured.
 */
static inline const uint8_t *packet_bytes(struct packet *packet, uint32_t at, uint32_t length)
{
	if (at <= packet->caplen && length <= packet->caplen - at)
		return packet->data + at;
	packet->cut = packet->caplen < packet->len;
	return NULL;
}

/*
 * Parses the headers from offset `at`, where one with that ethertype begins, up to the TCP header:
 * tags, tunnels, IP and its extension headers. Sets the members of *packet that they define.
 */
void packet_parse_chain(struct packet *packet, uint16_t ethertype, uint32_t at);

/* Sets the members of the TCP header at that offset. */
void packet_parse_tcp(struct packet *packet, uint32_t at);

#endif
