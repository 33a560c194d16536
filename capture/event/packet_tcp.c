// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_parse.h"

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
		const uint8_t *option = packet_bytes(packet, at, 2);

		if (!option || option[0] == 0)
			return;
		if (option[0] == 1) {
			at++;
			continue;
		}
		if (option[1] < 2 || option[1] > end - at || !packet_bytes(packet, at, option[1]))
			return;
		if (option[0] == 8)
			parse_timestamp(packet, option);
		else if (option[0] == 5 && !packet->sack_count)
			parse_sack(packet, option);
		at += option[1];
	}
}

void packet_parse_tcp(struct packet *packet, uint32_t at)
{
	const uint8_t *tcp = packet_bytes(packet, at, 20);

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
