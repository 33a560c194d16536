/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PACKET_PARSE_H
#define PACKET_PARSE_H

/* The parts of packet_parse(): link header, chain of headers, TCP. Included by these alone. */

#include "packet.h"

/* Returns the bytes [at, at + length). NULL if they are not captured; sets cut if they existed. */
static inline const uint8_t *packet_bytes(struct packet *packet, uint32_t at, uint32_t length)
{
	if (at <= packet->caplen && length <= packet->caplen - at)
		return packet->data + at;
	packet->cut = packet->caplen < packet->len;
	return NULL;
}

/*
 * Follows the headers from the one at `at`, which has that ethertype, to TCP: tags, tunnels, IP and
 * its extension headers. Sets what they show.
 */
void packet_parse_chain(struct packet *packet, uint16_t ethertype, uint32_t at);

/* Sets the members of the TCP header at that offset. */
void packet_parse_tcp(struct packet *packet, uint32_t at);

#endif
