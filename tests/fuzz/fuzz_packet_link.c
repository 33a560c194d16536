// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Frames of any link type: the first byte chooses the type, the second one how many bytes of the
 * frame were not captured. All offsets are within the bytes, the IP packet alone is read in the
 * same way, and a frame with fewer bytes says the same or less.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "event/packet.h"
#include "fuzz.h"

#define LINK_RAW 101
#define TCP_LEN	 20

static const uint16_t link_types[] = { 1, 113, 276, 101, 228, 229, 0, 108, 147 };

/* Parses a copy that ends where the captured bytes end, so that a read beyond them is noticed. */
static struct packet parse(uint16_t link_type, const uint8_t *frame, uint32_t caplen, uint32_t len)
{
	uint8_t *copy = malloc(caplen + !caplen);
	struct packet packet;

	PROPERTY(copy);
	if (caplen)
		memcpy(copy, frame, caplen);
	packet_parse_link(&packet, link_type, copy, caplen, len);
	PROPERTY(packet.data == copy && packet.caplen == caplen && packet.len == len);
	packet.data = NULL;
	free(copy);
	return packet;
}

static void offsets_are_within(const struct packet *packet)
{
	PROPERTY(packet->family == 0 || packet->family == AF_INET || packet->family == AF_INET6);
	PROPERTY(packet->sack_count <= PACKET_SACK_MAX);
	if (packet->family)
		PROPERTY(packet->ip_at + (packet->family == AF_INET ? 20 : 40) <= packet->caplen);
	if (!packet->tcp_at) {
		PROPERTY(!packet->sport && !packet->seq && !packet->payload_len);
		PROPERTY(!packet->has_tsval && !packet->sack_count);
		return;
	}
	PROPERTY(packet->family && packet->tcp_at > packet->ip_at);
	PROPERTY(packet->tcp_at + TCP_LEN <= packet->caplen);
	PROPERTY(packet->payload_len <= packet->ip_end);
}

static bool same_tcp(const struct packet *a, const struct packet *b)
{
	return a->sport == b->sport && a->dport == b->dport && a->seq == b->seq &&
	       a->ack == b->ack && a->flags == b->flags && a->window == b->window &&
	       a->header_len == b->header_len && a->payload_len == b->payload_len &&
	       memcmp(a->saddr, b->saddr, sizeof(a->saddr)) == 0 &&
	       memcmp(a->daddr, b->daddr, sizeof(a->daddr)) == 0;
}

static void packet_alone_is_the_same(const struct packet *packet, const uint8_t *frame)
{
	uint32_t at = packet->ip_at;
	struct packet alone = parse(LINK_RAW, frame + at, packet->caplen - at, packet->len - at);

	PROPERTY(alone.outer_family == packet->family && alone.outer_at == 0);
	if (!packet->tcp_at) /* all headers that are followed may be before it */
		return;
	PROPERTY(alone.family == packet->family && alone.ip_at == 0);
	PROPERTY(alone.tcp_at + at == packet->tcp_at);
	PROPERTY(same_tcp(packet, &alone) && alone.has_tsval == packet->has_tsval);
	PROPERTY(alone.sack_count == packet->sack_count && alone.tsval == packet->tsval);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct packet packet, shorter;
	uint32_t caplen, len;
	uint16_t link_type;

	if (length < 2)
		return 0;
	caplen = (uint32_t)length - 2;
	len = caplen + bytes[1];
	link_type = link_types[bytes[0] % (sizeof(link_types) / sizeof(link_types[0]))];
	packet = parse(link_type, bytes + 2, caplen, len);
	offsets_are_within(&packet);
	PROPERTY(packet_knows_link(link_type) || !packet.family);
	if (packet.family)
		packet_alone_is_the_same(&packet, bytes + 2);
	for (uint32_t cut = 0; cut < caplen; cut += 1 + cut / 16) {
		shorter = parse(link_type, bytes + 2, cut, len);
		offsets_are_within(&shorter);
		PROPERTY(!shorter.family || shorter.outer_family == packet.outer_family);
		PROPERTY(shorter.tunnel_count <= packet.tunnel_count);
		PROPERTY(!shorter.tcp_at || shorter.tcp_at == packet.tcp_at);
		PROPERTY(!shorter.tcp_at || same_tcp(&shorter, &packet));
	}
	return 0;
}
