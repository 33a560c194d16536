// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "segment.h"

#define TCP_HEADER_MIN 20
#define TCP_HEADER_MAX 60

static uint16_t ethertype(const struct segment *segment)
{
	return segment->family == AF_INET ? ETH_P_IP : ETH_P_IPV6;
}

static size_t address_len(const struct segment *segment)
{
	return segment->family == AF_INET ? 4 : 16;
}

/*
 * Returns whether the IP packet has that length; one that is too large for the field has 0 there.
 */
static bool has_ip_length(const struct packet *packet, uint32_t length)
{
	const uint8_t *ip = packet->data + PACKET_ETH_LEN;
	bool v4 = packet->family == AF_INET;
	uint32_t field = packet_get16(ip + (v4 ? 2 : 4));

	return field ? field + (v4 ? 0 : 40) == length : length > 65535;
}

/*
 * Returns whether the frame is this transmission of the segment, and not an earlier one or another
 * segment.
 */
static bool matches(const struct segment *segment, const struct packet *packet)
{
	if (packet->family != segment->family || !packet->tcp_at)
		return false;
	if (memcmp(packet->saddr, segment->saddr, address_len(segment)) != 0 ||
	    memcmp(packet->daddr, segment->daddr, address_len(segment)) != 0)
		return false;
	if (packet->sport != segment->sport || packet->dport != segment->dport ||
	    packet->seq != segment->seq)
		return false;
	/* A SYN has no acknowledgement number. */
	if (packet->flags & TCP_ACK && packet->ack != segment->ack)
		return false;
	if (packet->has_tsval && segment->has_tsval && packet->tsval != segment->tsval)
		return false;
	if (packet->family == AF_INET && packet->dont_fragment && segment->has_ip_id &&
	    packet->ip_id != segment->ip_id)
		return false;
	if (packet->header_len != packet->caplen - packet->tcp_at)
		return false;
	return has_ip_length(packet, packet->caplen - PACKET_ETH_LEN + segment->payload_len);
}

static void put_mac(const struct segment *segment, uint8_t *frame)
{
	memset(frame, 0, PACKET_ETH_LEN);
	packet_put16(frame + 12, ethertype(segment));
}

/* Returns whether the 14 bytes before the IP header are an Ethernet header without a VLAN tag. */
static bool has_mac(const struct segment *segment, const uint8_t *ip)
{
	uint16_t before = packet_get16(ip - 6); /* the type of a VLAN tag, if there is one */

	return segment->ethernet && packet_get16(ip - 2) == ethertype(segment) &&
	       before != ETH_P_8021Q && before != ETH_P_8021AD;
}

/* Like segment_find(), for headers that start ip_len bytes before the end of the headroom. */
static size_t try_headers(const struct segment *segment, const uint8_t *headroom, size_t length,
			  size_t ip_len, uint8_t *frame, bool *l2_absent)
{
	const uint8_t *ip = headroom + length - ip_len;
	struct packet packet;

	put_mac(segment, frame);
	memcpy(frame + PACKET_ETH_LEN, ip, ip_len);
	packet_parse(&packet, frame, (uint32_t)(PACKET_ETH_LEN + ip_len),
		     (uint32_t)(PACKET_ETH_LEN + ip_len + segment->payload_len));
	if (!matches(segment, &packet))
		return 0;
	*l2_absent = length < ip_len + PACKET_ETH_LEN || !has_mac(segment, ip);
	if (!*l2_absent)
		memcpy(frame, ip - PACKET_ETH_LEN, PACKET_ETH_LEN);
	return PACKET_ETH_LEN + ip_len;
}

size_t segment_find(const struct segment *segment, const uint8_t *headroom, size_t length,
		    uint8_t frame[PACKET_FRAME_MAX], bool *l2_absent)
{
	size_t ip_min = segment->family == AF_INET ? 20 : 40;
	size_t longest = PACKET_FRAME_MAX - PACKET_ETH_LEN;

	if (length < longest)
		longest = length;
	/* The lengths of both headers are multiples of four. */
	for (size_t ip_len = ip_min + TCP_HEADER_MIN; ip_len <= longest; ip_len += 4) {
		size_t found = try_headers(segment, headroom, length, ip_len, frame, l2_absent);

		if (found)
			return found;
	}
	return 0;
}

static size_t put_ipv4(const struct segment *segment, size_t tcp_len, uint8_t *ip)
{
	size_t total = 20 + tcp_len + segment->payload_len;

	ip[0] = 0x45;
	packet_put16(ip + 2, total > 65535 ? 0 : (uint16_t)total);
	ip[8] = 64;
	ip[9] = IPPROTO_TCP;
	memcpy(ip + 12, segment->saddr, 4);
	memcpy(ip + 16, segment->daddr, 4);
	return 20;
}

static size_t put_ipv6(const struct segment *segment, size_t tcp_len, uint8_t *ip)
{
	size_t payload = tcp_len + segment->payload_len;

	ip[0] = 0x60;
	packet_put16(ip + 4, payload > 65535 ? 0 : (uint16_t)payload);
	ip[6] = IPPROTO_TCP;
	ip[7] = 64;
	memcpy(ip + 8, segment->saddr, 16);
	memcpy(ip + 24, segment->daddr, 16);
	return 40;
}

/* Puts the MAC and the IP header into the frame. Returns where the TCP header has to be put. */
static uint8_t *put_headers(const struct segment *segment, size_t tcp_len, uint8_t *frame)
{
	uint8_t *ip = frame + PACKET_ETH_LEN;

	memset(frame, 0, PACKET_FRAME_MAX);
	put_mac(segment, frame);
	return ip + (segment->family == AF_INET ? put_ipv4(segment, tcp_len, ip)
						: put_ipv6(segment, tcp_len, ip));
}

size_t segment_complete(const struct segment *segment, const uint8_t *tcp, size_t tcp_len,
			uint8_t frame[PACKET_FRAME_MAX])
{
	if (tcp_len > TCP_HEADER_MAX)
		return 0;
	return (size_t)((uint8_t *)mempcpy(put_headers(segment, tcp_len, frame), tcp, tcp_len) -
			frame);
}

size_t segment_synthesize(const struct segment *segment, uint8_t frame[PACKET_FRAME_MAX])
{
	uint8_t *tcp = put_headers(segment, TCP_HEADER_MIN, frame);

	packet_put16(tcp, segment->sport);
	packet_put16(tcp + 2, segment->dport);
	packet_put32(tcp + 4, segment->seq);
	if (segment->flags & TCP_ACK)
		packet_put32(tcp + 8, segment->ack);
	tcp[12] = TCP_HEADER_MIN / 4 << 4;
	tcp[13] = segment->flags;
	packet_put16(tcp + 14, segment->window);
	return (size_t)(tcp - frame) + TCP_HEADER_MIN;
}
