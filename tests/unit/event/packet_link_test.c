// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "event/packet.h"
#include "page_end.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct link_case {
	uint16_t linktype;
	uint32_t length; /* of the header */
	uint8_t header[28];
	bool ipv6; /* the version of the IP header that follows */
};

/* clang-format off */
static const struct link_case cases[] = {
	{ 1, 14, { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0 }, false },
	{ 1, 14, { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd }, true },
	{ 1, 18, { [12] = 0x81, 0, 0, 7, 0x08, 0 }, false },		  /* 802.1Q */
	{ 1, 22, { [12] = 0x88, 0xa8, 0, 7, 0x81, 0, 0, 9, 0x86, 0xdd }, true }, /* 802.1ad */
	{ 1, 22, { [12] = 0x88, 0x64, 0x11, 0, 0, 1, 0, 83, 0x00, 0x21 }, false }, /* PPPoE */
	{ 1, 26, { [12] = 0x81, 0, 0, 7, 0x88, 0x64, 0x11, 0, 0, 1, 0, 103, 0x00, 0x57 }, true },
	{ 113, 16, { [1] = 4, [3] = 1, [5] = 6, [14] = 0x08, 0 }, false },
	{ 113, 20, { [14] = 0x81, 0, 0, 7, 0x86, 0xdd }, true },
	{ 276, 20, { 0x08, 0, [10] = 4 }, false },
	{ 276, 24, { 0x81, 0, [20] = 0, 7, 0x86, 0xdd }, true },
	{ 12, 0, { 0 }, false },
	{ 14, 0, { 0 }, true },
	{ 101, 0, { 0 }, false },
	{ 101, 0, { 0 }, true },
	{ 228, 0, { 0 }, false },
	{ 229, 0, { 0 }, true },
	{ 0, 4, { 2, 0, 0, 0 }, false },
	{ 0, 4, { 0, 0, 0, 30 }, true },
	{ 108, 4, { 0, 0, 0, 2 }, false },
	{ 108, 4, { 0, 0, 0, 24 }, true },
};
/* clang-format on */

static uint8_t frame[256];
static uint32_t frame_len;

static void put(const void *bytes, size_t length)
{
	if (length)
		memcpy(frame + frame_len, bytes, length);
	frame_len += (uint32_t)length;
}

/* A segment of 5 bytes with timestamps and SACK blocks, after the link header of the case. */
static void put_packet(const struct link_case *link)
{
	static const uint8_t ip4[20] = { 0x45, 0, 0,   81, 0x12, 0x34, 0x40, 0,	 64,  IPPROTO_TCP,
					 0,    0, 192, 0,  2,	 1,    198,  51, 100, 2 };
	static const uint8_t ip6[40] = { 0x60, [5] = 61, [6] = IPPROTO_TCP, [8] = 0xfd, [39] = 2 };
	static const uint8_t tcp[56] = { 0x30,	  0x39, 1,    0xbb, 1, 2, 3, 4, 5, 6,  7,  8, 0xe0,
					 TCP_ACK, 0x10, 0x20, 0,    0, 0, 0, 1, 1, 8,  10, 0, 0,
					 0,	  7,	0,    0,    0, 6, 1, 1, 5, 18, 0,  0, 1,
					 0,	  0,	0,    2,    0, 0, 0, 3, 0, 0,  0,  4, 0 };

	frame_len = 0;
	put(link->header, link->length);
	if (link->ipv6)
		put(ip6, sizeof(ip6));
	else
		put(ip4, sizeof(ip4));
	put(tcp, sizeof(tcp));
	put("12345", 5);
}

static struct packet parse(uint16_t linktype, uint32_t caplen)
{
	struct packet packet;

	packet_parse_link(&packet, linktype, at_page_end(frame, caplen), caplen, frame_len);
	return packet;
}

TEST(segment_is_found_in_each_link_type)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct packet packet;

		put_packet(&cases[i]);
		packet = parse(cases[i].linktype, frame_len);
		CHECK(packet_knows_link(cases[i].linktype));
		CHECK(packet.family == (cases[i].ipv6 ? AF_INET6 : AF_INET));
		CHECK(packet.tcp_at == cases[i].length + (cases[i].ipv6 ? 40 : 20));
		CHECK(packet.sport == 12345 && packet.dport == 443 && packet.seq == 0x01020304);
		CHECK(packet.payload_len == 5 && !packet.cut);
		CHECK(packet.has_tsval && packet.tsval == 7 && packet.tsecr == 6);
	}
}

TEST(frame_that_ends_anywhere_is_marked_as_cut)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t tcp_at = cases[i].length + (cases[i].ipv6 ? 40 : 20);

		put_packet(&cases[i]);
		for (uint32_t caplen = 0; caplen <= frame_len; caplen++) {
			struct packet packet = parse(cases[i].linktype, caplen);

			CHECK(packet.cut == (caplen < tcp_at + 54));
			CHECK(!packet.tcp_at == (caplen < tcp_at + 20));
		}
	}
}

TEST(padding_of_a_small_frame_is_not_payload)
{
	put_packet(&cases[0]);
	put("\0\0\0\0", 4);
	CHECK(parse(1, frame_len).payload_len == 5);
}

TEST(sack_blocks_are_read)
{
	struct packet packet;

	put_packet(&cases[0]);
	packet = parse(1, frame_len);
	CHECK(packet.sack_count == 2);
	CHECK(packet.sack[0].start == 0x0100 && packet.sack[0].end == 0x0200);
	CHECK(packet.sack[1].start == 0x0300 && packet.sack[1].end == 0x0400);
}

TEST(wrong_sack_length_gives_no_block_after_the_header)
{
	put_packet(&cases[0]);
	frame[14 + 20 + 35] = 30;
	CHECK(parse(1, frame_len).sack_count == 0);
	frame[14 + 20 + 35] = 9;
	CHECK(parse(1, frame_len).sack_count == 0);
	frame[14 + 20 + 35] = 1;
	CHECK(parse(1, frame_len).sack_count == 0);
}

TEST(unknown_link_types_and_endless_tags_give_nothing)
{
	static const uint8_t tag[4] = { 0x81, 0, 0, 1 };

	put_packet(&cases[0]);
	CHECK(!packet_knows_link(127) && parse(127, frame_len).family == 0);
	frame_len = 12;
	while (frame_len < 200)
		put(tag, sizeof(tag));
	CHECK(parse(1, frame_len).family == 0);
}
