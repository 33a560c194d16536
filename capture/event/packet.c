// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "packet.h"

#define ETHERTYPE_AT   12
#define EXTENSIONS_MAX 12
#define VLAN_TAGS_MAX  4

enum linktype {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_RAW_OLD = 12, /* libpcap's own number on most systems, which some programs write */
	LINK_RAW_BSD = 14, /* the same of OpenBSD and BSD/OS */
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

/* Returns the bytes [at, at + length). NULL if they are not captured; sets cut if they existed. */
static inline const uint8_t *bytes(struct packet *packet, uint32_t at, uint32_t length)
{
	if (at <= packet->caplen && length <= packet->caplen - at)
		return packet->data + at;
	packet->cut = packet->caplen < packet->len;
	return NULL;
}

/*
 * Sets where the IP packet at this offset ends: the frame of a small one is padded. A length of 0,
 * or the largest that the field can hold, belongs to a GSO packet that is larger than the field.
 */
static void set_ip_end(struct packet *packet, uint32_t at, uint32_t length)
{
	packet->ip_end = packet->len;
	if (length && length < 65535 && length < packet->len - at)
		packet->ip_end = at + length;
}

/* Returns the offset of the TCP header, 0 if there is none. */
static uint32_t parse_ipv4(struct packet *packet, uint32_t at)
{
	const uint8_t *ip = bytes(packet, at, 20);
	uint32_t header_len;

	if (!ip || ip[0] >> 4 != 4)
		return 0;
	packet->family = AF_INET;
	memcpy(packet->saddr, ip + 12, 4);
	memcpy(packet->daddr, ip + 16, 4);
	packet->ip_id = packet_get16(ip + 4);
	packet->dont_fragment = ip[6] & 0x40;
	set_ip_end(packet, at, packet_get16(ip + 2));
	header_len = (ip[0] & 15) * 4U;
	if (ip[9] != IPPROTO_TCP || packet_get16(ip + 6) & 0x1fff || header_len < 20)
		return 0;
	return at + header_len;
}

/* Returns the length of the extension header of this type, 0 if TCP cannot follow it. */
static uint32_t extension_len(uint8_t type, const uint8_t *extension)
{
	switch (type) {
	case IPPROTO_FRAGMENT:
		return packet_get16(extension + 2) & 0xfff8 ? 0 : 8;
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
		return (extension[1] + 1U) * 8;
	case IPPROTO_AH:
		return (extension[1] + 2U) * 4;
	default:
		return 0;
	}
}

static bool is_extension(uint8_t type)
{
	return type == IPPROTO_FRAGMENT || type == IPPROTO_HOPOPTS || type == IPPROTO_ROUTING ||
	       type == IPPROTO_DSTOPTS || type == IPPROTO_AH;
}

static uint32_t parse_ipv6(struct packet *packet, uint32_t at)
{
	const uint8_t *ip = bytes(packet, at, 40), *extension;
	uint32_t length;
	uint8_t next;

	if (!ip || ip[0] >> 4 != 6)
		return 0;
	packet->family = AF_INET6;
	memcpy(packet->saddr, ip + 8, 16);
	memcpy(packet->daddr, ip + 24, 16);
	set_ip_end(packet, at, packet_get16(ip + 4) ? packet_get16(ip + 4) + 40U : 0);
	next = ip[6];
	at += 40;
	for (int i = 0; i < EXTENSIONS_MAX && is_extension(next); i++) {
		extension = bytes(packet, at, 4);
		length = extension ? extension_len(next, extension) : 0;
		if (!length)
			return 0;
		at += length;
		next = extension[0];
	}
	return next == IPPROTO_TCP ? at : 0;
}

/* RFC 2018: kind 5, then blocks of two numbers each. */
static void parse_sack(struct packet *packet, const uint8_t *option)
{
	unsigned int count = (option[1] - 2U) / 8;

	for (unsigned int i = 0; i < count && i < PACKET_SACK_MAX; i++) {
		packet->sack[i].start = packet_get32(option + 2 + 8 * i);
		packet->sack[i].end = packet_get32(option + 6 + 8 * i);
		packet->sack_count++;
	}
}

/* RFC 7323: kind 8, length 10, TSval, TSecr. Only the first one counts. */
static void parse_timestamp(struct packet *packet, const uint8_t *option)
{
	if (option[1] != 10 || packet->has_tsval)
		return;
	packet->has_tsval = true;
	packet->tsval = packet_get32(option + 2);
	packet->tsecr = packet_get32(option + 6);
}

static void parse_options(struct packet *packet)
{
	uint32_t at = packet->tcp_at + 20, end = packet->tcp_at + packet->header_len;

	while (at + 1 < end) {
		const uint8_t *option = bytes(packet, at, 2);

		if (!option || option[0] == 0)
			return;
		if (option[0] == 1) {
			at++;
			continue;
		}
		if (option[1] < 2 || option[1] > end - at || !bytes(packet, at, option[1]))
			return;
		if (option[0] == 8)
			parse_timestamp(packet, option);
		else if (option[0] == 5 && !packet->sack_count)
			parse_sack(packet, option);
		at += option[1];
	}
}

static void parse_tcp(struct packet *packet, uint32_t at)
{
	const uint8_t *tcp = bytes(packet, at, 20);

	if (!tcp)
		return;
	packet->tcp_at = at;
	packet->sport = packet_get16(tcp);
	packet->dport = packet_get16(tcp + 2);
	packet->seq = packet_get32(tcp + 4);
	packet->ack = packet_get32(tcp + 8);
	packet->header_len = (tcp[12] >> 4) * 4U;
	packet->flags = tcp[13];
	packet->window = packet_get16(tcp + 14);
	if (packet->ip_end > at + packet->header_len)
		packet->payload_len = packet->ip_end - at - packet->header_len;
	if (packet->header_len > 20)
		parse_options(packet);
}

static void parse_ip(struct packet *packet, uint16_t ethertype, uint32_t at)
{
	uint32_t tcp_at = 0;

	packet->ip_at = at;
	if (ethertype == 0x0800)
		tcp_at = parse_ipv4(packet, at);
	else if (ethertype == 0x86dd)
		tcp_at = parse_ipv6(packet, at);
	if (tcp_at)
		parse_tcp(packet, tcp_at);
}

/* RFC 2516: the PPPoE header has 6 bytes, then come the protocol of PPP and the packet. */
static void parse_pppoe(struct packet *packet, uint32_t at)
{
	const uint8_t *protocol = bytes(packet, at + 6, 2);

	if (protocol && packet_get16(protocol) == 0x0021)
		parse_ip(packet, 0x0800, at + 8);
	else if (protocol && packet_get16(protocol) == 0x0057)
		parse_ip(packet, 0x86dd, at + 8);
}

/* Parses the packet at `at`, whose ethertype is at type_at, or after VLAN tags. */
static void parse_ethertype(struct packet *packet, uint32_t type_at, uint32_t at)
{
	const uint8_t *type = bytes(packet, type_at, 2);

	for (int i = 0; i < VLAN_TAGS_MAX && type; i++) {
		uint16_t ethertype = packet_get16(type);

		if (ethertype == 0x8864) {
			parse_pppoe(packet, at);
			return;
		}
		if (ethertype != 0x8100 && ethertype != 0x88a8 && ethertype != 0x9100) {
			parse_ip(packet, ethertype, at);
			return;
		}
		type = bytes(packet, at + 2, 2);
		at += 4;
	}
}

/*
 * Parses the IP packet of the version in its first byte. A BSD loopback header has the number of
 * the family, but that differs between systems.
 */
static void parse_version(struct packet *packet, uint32_t at)
{
	const uint8_t *version = bytes(packet, at, 1);

	if (version)
		parse_ip(packet, *version >> 4 == 4 ? 0x0800 : 0x86dd, at);
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
