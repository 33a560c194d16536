// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "segment.h"

#define IPV4_HEADER    20
#define IPV6_HEADER    40
#define TCP_HEADER_MIN 20
#define TCP_HEADER_MAX 60
#define TTL	       64 /* IPDEFTTL, include/net/ip.h */

static uint16_t ethertype(const struct segment *segment)
{
	return segment->family == AF_INET ? ETH_P_IP : ETH_P_IPV6;
}

static size_t address_len(const struct segment *segment)
{
	return segment->family == AF_INET ? 4 : 16;
}

/* Returns the length of an IP header without options or extension headers. */
static size_t ip_header_len(const struct segment *segment)
{
	return segment->family == AF_INET ? IPV4_HEADER : IPV6_HEADER;
}

/*
 * Returns whether the IP packet has that length; one that is too large for the field has 0 there.
 */
static bool has_ip_length(const struct packet *packet, uint32_t length)
{
	const uint8_t *ip = packet->data + PACKET_ETH_LEN;
	bool v4 = packet->family == AF_INET;
	uint32_t field = packet_get16(ip + (v4 ? 2 : 4));

	return field ? field + (v4 ? 0 : IPV6_HEADER) == length : length > UINT16_MAX;
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

/* Returns whether the bytes before the IP header are an Ethernet header without a VLAN tag. */
static bool has_mac(const struct segment *segment, const uint8_t *ip)
{
	uint16_t tag = packet_get16(ip - 6); /* the type of a VLAN tag, if there is one */

	return segment->ethernet && packet_get16(ip - 2) == ethertype(segment) &&
	       tag != ETH_P_8021Q && tag != ETH_P_8021AD;
}

/* The last bytes of a headroom, which may be the headers of a segment. */
struct candidate {
	const uint8_t *ip;
	size_t length; /* of the IP and the TCP header */
	size_t before; /* bytes of the headroom before them */
};

/* Like segment_find(), for headers of this length alone. */
static size_t try_headers(const struct segment *segment, const struct candidate *candidate,
			  uint8_t *frame, bool *l2_absent)
{
	const size_t length = PACKET_ETH_LEN + candidate->length;
	struct packet packet;

	put_mac(segment, frame);
	memcpy(frame + PACKET_ETH_LEN, candidate->ip, candidate->length);
	packet_parse(&packet, frame, (uint32_t)length, (uint32_t)length + segment->payload_len);
	if (!matches(segment, &packet))
		return 0;
	*l2_absent = candidate->before < PACKET_ETH_LEN || !has_mac(segment, candidate->ip);
	if (!*l2_absent)
		memcpy(frame, candidate->ip - PACKET_ETH_LEN, PACKET_ETH_LEN);
	return length;
}

size_t segment_find(const struct segment *segment, const uint8_t *headroom, size_t length,
		    uint8_t frame[PACKET_FRAME_MAX], bool *l2_absent)
{
	size_t shortest = ip_header_len(segment) + TCP_HEADER_MIN;
	size_t longest = PACKET_FRAME_MAX - PACKET_ETH_LEN;

	if (length < longest)
		longest = length;
	/* The lengths of both headers are multiples of four. */
	for (size_t size = shortest; size <= longest; size += 4) {
		const struct candidate candidate = { headroom + length - size, size,
						     length - size };
		size_t found = try_headers(segment, &candidate, frame, l2_absent);

		if (found)
			return found;
	}
	return 0;
}

static size_t put_ipv4(const struct segment *segment, size_t tcp_len, uint8_t *ip)
{
	size_t total = IPV4_HEADER + tcp_len + segment->payload_len;

	ip[0] = 4 << 4 | IPV4_HEADER / 4;
	packet_put16(ip + 2, total > UINT16_MAX ? 0 : (uint16_t)total);
	ip[8] = TTL;
	ip[9] = IPPROTO_TCP;
	memcpy(ip + 12, segment->saddr, 4);
	memcpy(ip + 16, segment->daddr, 4);
	return IPV4_HEADER;
}

static size_t put_ipv6(const struct segment *segment, size_t tcp_len, uint8_t *ip)
{
	size_t payload = tcp_len + segment->payload_len;

	ip[0] = 6 << 4;
	packet_put16(ip + 4, payload > UINT16_MAX ? 0 : (uint16_t)payload);
	ip[6] = IPPROTO_TCP;
	ip[7] = TTL;
	memcpy(ip + 8, segment->saddr, 16);
	memcpy(ip + 24, segment->daddr, 16);
	return IPV6_HEADER;
}

/* Puts the MAC and the IP header into the frame. Returns the place of the TCP header. */
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
