// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "packet.h"

#define ETHERTYPE_AT   12
#define EXTENSIONS_MAX 8

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

/* The bytes [at, at + length), NULL if the frame was not captured that far. */
static const uint8_t *bytes(const struct packet *packet, uint32_t at, uint32_t length)
{
	if (at > packet->caplen || length > packet->caplen - at)
		return NULL;
	return packet->data + at;
}

/*
 * Where the IP packet ends: a small one is padded in its frame. A length of 0, or the most that the
 * field holds, is of a segment that is larger than the field.
 */
static void set_ip_end(struct packet *packet, uint32_t length)
{
	packet->ip_end = packet->len;
	if (length && length < 65535 && length < packet->len - PACKET_ETH_LEN)
		packet->ip_end = PACKET_ETH_LEN + length;
}

/* Returns the offset of the TCP header, 0 if there is none. */
static uint32_t parse_ipv4(struct packet *packet)
{
	const uint8_t *ip = bytes(packet, PACKET_ETH_LEN, 20);
	uint32_t header_len;

	if (!ip || ip[0] >> 4 != 4)
		return 0;
	packet->family = AF_INET;
	memcpy(packet->saddr, ip + 12, 4);
	memcpy(packet->daddr, ip + 16, 4);
	packet->ip_id = packet_get16(ip + 4);
	packet->dont_fragment = ip[6] & 0x40;
	set_ip_end(packet, packet_get16(ip + 2));
	header_len = (ip[0] & 15) * 4U;
	if (ip[9] != IPPROTO_TCP || packet_get16(ip + 6) & 0x1fff || header_len < 20)
		return 0;
	return PACKET_ETH_LEN + header_len;
}

static uint32_t parse_ipv6(struct packet *packet)
{
	const uint8_t *ip = bytes(packet, PACKET_ETH_LEN, 40), *extension;
	uint32_t at = PACKET_ETH_LEN + 40;
	uint8_t next;

	if (!ip || ip[0] >> 4 != 6)
		return 0;
	packet->family = AF_INET6;
	memcpy(packet->saddr, ip + 8, 16);
	memcpy(packet->daddr, ip + 24, 16);
	set_ip_end(packet, packet_get16(ip + 4) ? packet_get16(ip + 4) + 40U : 0);
	next = ip[6];
	for (int i = 0; i < EXTENSIONS_MAX && next != IPPROTO_TCP; i++) {
		extension = bytes(packet, at, 4);
		if (!extension)
			return 0;
		if (next == IPPROTO_FRAGMENT && !(packet_get16(extension + 2) & 0xfff8))
			at += 8;
		else if (next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING ||
			 next == IPPROTO_DSTOPTS)
			at += (extension[1] + 1U) * 8;
		else if (next == IPPROTO_AH)
			at += (extension[1] + 2U) * 4;
		else
			return 0;
		next = extension[0];
	}
	return next == IPPROTO_TCP ? at : 0;
}

/* RFC 7323: kind 8, length 10, TSval, TSecr. */
static void parse_timestamp(struct packet *packet)
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
		if (option[0] == 8 && option[1] == 10 && at + 10 <= end && bytes(packet, at, 10)) {
			packet->has_tsval = true;
			packet->tsval = packet_get32(option + 2);
			return;
		}
		if (option[1] < 2)
			return;
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
		parse_timestamp(packet);
}

void packet_parse(struct packet *packet, const uint8_t *frame, uint32_t caplen, uint32_t len)
{
	const uint8_t *type;
	uint32_t tcp_at = 0;

	*packet = (struct packet){ .data = frame, .caplen = caplen, .len = len };
	type = bytes(packet, ETHERTYPE_AT, 2);
	if (!type)
		return;
	if (packet_get16(type) == 0x0800)
		tcp_at = parse_ipv4(packet);
	else if (packet_get16(type) == 0x86dd)
		tcp_at = parse_ipv6(packet);
	if (tcp_at)
		parse_tcp(packet, tcp_at);
}
