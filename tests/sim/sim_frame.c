// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <string.h>

#include "sim_frame.h"
#include "sim_tcp.h"

#define LINKTYPE_PPP_ETHER 51

struct cursor {
	uint8_t *bytes;
	uint32_t at;
};

static void put8(struct cursor *cursor, uint8_t value)
{
	cursor->bytes[cursor->at++] = value;
}

static void put16(struct cursor *cursor, uint32_t value)
{
	packet_put16(cursor->bytes + cursor->at, (uint16_t)value);
	cursor->at += 2;
}

static void put32(struct cursor *cursor, uint32_t value)
{
	packet_put32(cursor->bytes + cursor->at, value);
	cursor->at += 4;
}

static void put_zeros(struct cursor *cursor, uint32_t count)
{
	memset(cursor->bytes + cursor->at, 0, count);
	cursor->at += count;
}

uint16_t frame_linktype(enum wire_link link)
{
	static const uint16_t numbers[] = {
		[LINK_ETHERNET] = 1,
		[LINK_RAW] = 101,
		[LINK_SLL2] = 276,
		[LINK_UNREADABLE] = LINKTYPE_PPP_ETHER,
	};

	return numbers[link];
}

static void put_link(struct cursor *cursor, const struct frame_form *form, uint16_t type)
{
	switch (form->link) {
	case LINK_ETHERNET:
		put32(cursor, 0x02000000);
		put16(cursor, form->outbound ? 2 : 1);
		put32(cursor, 0x02000000);
		put16(cursor, form->outbound ? 1 : 2);
		put16(cursor, type);
		break;
	case LINK_SLL2:
		put16(cursor, type);
		put16(cursor, 0);
		put32(cursor, form->ifindex);
		put16(cursor, 1); /* ARPHRD_ETHER */
		put8(cursor, form->outbound ? 4 : 0);
		put8(cursor, 6);
		put32(cursor, 0x02000000);
		put32(cursor, 0x00010000);
		break;
	case LINK_UNREADABLE:
		put32(cursor, 0x11000001);
		put16(cursor, 0);
		put16(cursor, type == 0x0800 ? 0x0021 : 0x0057);
		break;
	case LINK_RAW:
		break;
	}
}

struct endpoint {
	uint32_t host;
	uint16_t port;
};

/* A source NAT translates our end, a destination NAT the other. */
static struct endpoint endpoint_of(const struct world *world, const struct connection *connection,
				   enum side side, bool translated)
{
	struct endpoint endpoint = { side == OURS ? 0x0a000002 : 0x0a010001,
				     connection->ports[side] };

	if (translated && world->situation.nat == NAT_SOURCE && side == OURS)
		endpoint = (struct endpoint){ 0xc0000201, connection->nat_port };
	if (translated && world->situation.nat == NAT_DESTINATION && side == PEER)
		endpoint = (struct endpoint){ 0x0a020002, 8443 };
	return endpoint;
}

static void put_address(struct cursor *cursor, bool ipv6, uint32_t host)
{
	if (ipv6) {
		put32(cursor, 0xfd990000);
		put_zeros(cursor, 8);
	}
	put32(cursor, host);
}

/* IPIP, or SIT. */
static void put_outer_ip(struct cursor *cursor, const struct segment *segment, bool ipv6,
			 uint32_t length)
{
	put16(cursor, 0x4500);
	put16(cursor, 20 + length);
	put16(cursor, 0);
	put16(cursor, 0x4000);
	put8(cursor, 64);
	put8(cursor, ipv6 ? IPPROTO_IPV6 : IPPROTO_IPIP);
	put16(cursor, 0);
	put32(cursor, segment->side == OURS ? 0xc0000201 : 0xc0000202);
	put32(cursor, segment->side == OURS ? 0xc0000202 : 0xc0000201);
}

static void put_ip(struct cursor *cursor, const struct segment *segment, bool ipv6,
		   uint32_t tcp_length, uint16_t ip_id, struct endpoint from, struct endpoint to)
{
	if (ipv6) {
		put32(cursor, 0x60012345);
		put16(cursor, tcp_length);
		put8(cursor, IPPROTO_TCP);
		put8(cursor, segment->side == OURS ? 64 : 57);
	} else {
		put16(cursor, 0x4500);
		put16(cursor, 20 + tcp_length);
		put16(cursor, ip_id);
		put16(cursor, 0x4000);
		put8(cursor, segment->side == OURS ? 64 : 57);
		put8(cursor, IPPROTO_TCP);
		put16(cursor, 0);
	}
	put_address(cursor, ipv6, from.host);
	put_address(cursor, ipv6, to.host);
}

static uint32_t put_options(struct cursor *cursor, const struct segment *segment,
			    const struct connection *connection)
{
	uint32_t start = cursor->at;

	if (segment->flags & TCP_SYN) {
		put32(cursor, 0x02040000 | (connection->ipv6 ? 1440 : 1460));
		put32(cursor, connection->sack ? 0x01010402 : 0x01010101);
		put32(cursor, 0x0103030a);
	}
	if (connection->timestamps && !(segment->flags & TCP_RST)) {
		put32(cursor, 0x0101080a);
		put32(cursor, segment->tsval);
		put32(cursor, segment->tsecr);
	}
	if (segment->sack_count) {
		put32(cursor, 0x01010500 | (2U + 8U * segment->sack_count));
		for (uint32_t i = 0; i < segment->sack_count; i++) {
			put32(cursor, segment->sack[i].start);
			put32(cursor, segment->sack[i].end);
		}
	}
	return cursor->at - start;
}

void frame_build(const struct world *world, const struct segment *segment, struct frame_form form,
		 struct frame *frame)
{
	const struct connection *connection = &world->connections[segment->connection];
	struct endpoint from = endpoint_of(world, connection, segment->side, form.translated);
	struct endpoint to = endpoint_of(world, connection, !segment->side, form.translated);
	struct cursor cursor = { frame->bytes, 0 }, options = { NULL, 0 };
	uint8_t option_bytes[64] = { 0 };
	uint32_t option_length = 0;

	options.bytes = option_bytes;
	if (!form.synthesized)
		option_length = put_options(&options, segment, connection);
	put_link(&cursor, &form, connection->ipv6 && !form.tunnelled ? 0x86dd : 0x0800);
	if (form.tunnelled)
		put_outer_ip(&cursor, segment, connection->ipv6,
			     (connection->ipv6 ? 60 : 40) + option_length + segment->payload_len);
	put_ip(&cursor, segment, connection->ipv6, 20 + option_length + segment->payload_len,
	       form.synthesized ? 0 : segment->ip_id, from, to);
	put16(&cursor, from.port);
	put16(&cursor, to.port);
	put32(&cursor, segment->seq);
	put32(&cursor, segment->ack);
	put8(&cursor, (uint8_t)((20 + option_length) / 4 << 4));
	put8(&cursor, segment->flags);
	put16(&cursor, segment->window);
	put32(&cursor, 0);
	memcpy(frame->bytes + cursor.at, option_bytes, option_length);
	frame->headers = cursor.at + option_length;
	frame->length = frame->headers + segment->payload_len;
}

void frame_build_noise(enum wire_link link, struct frame *frame)
{
	const struct frame_form form = { .link = link, .outbound = true, .ifindex = 2 };
	struct cursor cursor = { frame->bytes, 0 };

	put_link(&cursor, &form, 0x0800);
	put32(&cursor, 0x45000020);
	put32(&cursor, 0x00004000);
	put32(&cursor, 0x40110000); /* UDP */
	put32(&cursor, 0x0a000002);
	put32(&cursor, 0x0a000063);
	put32(&cursor, 0x00090009); /* discard */
	put32(&cursor, 0x000c0000);
	put32(&cursor, 0);
	frame->headers = frame->length = cursor.at;
}
