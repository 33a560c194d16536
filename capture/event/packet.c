// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/if_ether.h>

#include "packet_parse.h"

#define ETHERTYPE_AT 12

/* https://www.tcpdump.org/linktypes.html */
enum linktype {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_RAW_OLD = 12, /* libpcap's own number on most systems, which some programs write */
	LINK_RAW_BSD = 14, /* the same on OpenBSD and BSD/OS */
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276,
};

uint16_t packet_get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

uint32_t packet_get32(const uint8_t *at)
{
	return (uint32_t)packet_get16(at) << 16 | packet_get16(at + 2);
}

void packet_put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

void packet_put32(uint8_t *at, uint32_t value)
{
	packet_put16(at, (uint16_t)(value >> 16));
	packet_put16(at + 2, (uint16_t)value);
}

/* Parses the packet at `at`. Its ethertype is at type_at. */
static void parse_ethertype(struct packet *packet, uint32_t type_at, uint32_t at)
{
	const uint8_t *type = packet_bytes(packet, type_at, 2);

	if (type)
		packet_parse_chain(packet, packet_get16(type), at);
}

/*
 * Parses the IP packet of the version in its first byte. A BSD loopback header has the number of
 * the family, but that differs between systems.
 */
static void parse_version(struct packet *packet, uint32_t at)
{
	const uint8_t *version = packet_bytes(packet, at, 1);

	if (version)
		packet_parse_chain(packet, *version >> 4 == 4 ? ETH_P_IP : ETH_P_IPV6, at);
}

void packet_parse_link(struct packet *packet, uint16_t linktype, const uint8_t *frame,
		       uint32_t caplen, uint32_t len)
{
	*packet = (struct packet){ .data = frame, .caplen = caplen, .len = len };
	switch (linktype) {
	case LINK_ETHERNET:
		parse_ethertype(packet, ETHERTYPE_AT, PACKET_ETH_LEN);
		break;
	case LINK_SLL:
		parse_ethertype(packet, 14, 16);
		break;
	case LINK_SLL2:
		parse_ethertype(packet, 0, 20);
		break;
	case LINK_RAW_OLD:
	case LINK_RAW_BSD:
	case LINK_RAW:
	case LINK_IPV4:
	case LINK_IPV6:
		parse_version(packet, 0);
		break;
	case LINK_NULL:
	case LINK_LOOP:
		parse_version(packet, 4);
		break;
	}
}

void packet_parse(struct packet *packet, const uint8_t *frame, uint32_t caplen, uint32_t len)
{
	packet_parse_link(packet, LINK_ETHERNET, frame, caplen, len);
}

bool packet_knows_link(uint16_t linktype)
{
	switch (linktype) {
	case LINK_NULL:
	case LINK_ETHERNET:
	case LINK_RAW_OLD:
	case LINK_RAW_BSD:
	case LINK_RAW:
	case LINK_LOOP:
	case LINK_SLL:
	case LINK_IPV4:
	case LINK_IPV6:
	case LINK_SLL2:
		return true;
	default:
		return false;
	}
}
