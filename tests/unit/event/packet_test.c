// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "event/packet.h"
#include "page_end.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A frame under construction. */
static uint8_t frame[1024];
static uint32_t frame_len;

static void put(const void *bytes, size_t length)
{
	if (length)
		memcpy(frame + frame_len, bytes, length);
	frame_len += (uint32_t)length;
}

static void put_ethernet(uint16_t type)
{
	static const uint8_t macs[12] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };
	uint8_t bytes[2] = { (uint8_t)(type >> 8), (uint8_t)type };

	memset(frame, 0, sizeof(frame));
	frame_len = 0;
	put(macs, sizeof(macs));
	put(bytes, sizeof(bytes));
}

/* An IPv4 header of header_len bytes; those after the first 20 are NOP options. */
static void put_ipv4(uint8_t header_len)
{
	uint8_t ip[60] = { 0x40, 0, 0,	 0, 0x12, 0x34, 0x40, 0,  64,  IPPROTO_TCP,
			   0,	 0, 192, 0, 2,	  1,	198,  51, 100, 2 };

	ip[0] |= header_len / 4;
	memset(ip + 20, 1, 40);
	put_ethernet(0x0800);
	put(ip, header_len);
}

static void put_ipv6(uint8_t next)
{
	uint8_t ip[40] = {
		0x60, [6] = next, [7] = 64, [8] = 0x20, [23] = 1, [24] = 0xfe, [39] = 2
	};

	put_ethernet(0x86dd);
	put(ip, sizeof(ip));
}

static void put_tcp(const void *options, size_t length)
{
	uint8_t tcp[20] = { 0x30,
			    0x39,
			    0x01,
			    0xbb,
			    1,
			    2,
			    3,
			    4,
			    5,
			    6,
			    7,
			    8,
			    (uint8_t)((20 + length) / 4 << 4),
			    TCP_ACK | TCP_PSH,
			    0x10,
			    0x20 };

	put(tcp, sizeof(tcp));
	put(options, length);
}

static struct packet parse(uint32_t caplen, uint32_t len)
{
	struct packet packet;

	packet_parse(&packet, at_page_end(frame, caplen), caplen, len);
	return packet;
}

static struct packet parse_whole(void)
{
	return parse(frame_len, frame_len);
}

static const uint8_t timestamp_option[12] = { 1, 1, 8, 10, 0xde, 0xad, 0xbe, 0xef, 0, 0, 0, 1 };

TEST(big_endian_fields_round_trip)
{
	uint8_t bytes[4];

	packet_put32(bytes, 0x89abcdef);
	CHECK(bytes[0] == 0x89 && bytes[3] == 0xef);
	CHECK(packet_get32(bytes) == 0x89abcdef);
	packet_put16(bytes, 0xfedc);
	CHECK(bytes[0] == 0xfe && packet_get16(bytes) == 0xfedc);
}

TEST(ipv4_packet_is_described)
{
	struct packet packet;

	put_ipv4(20);
	put_tcp(timestamp_option, sizeof(timestamp_option));
	packet = parse(frame_len, frame_len + 100);
	CHECK(packet.caplen == frame_len && packet.len == frame_len + 100);
	CHECK(packet.family == AF_INET);
	CHECK(memcmp(packet.saddr, (uint8_t[16]){ 192, 0, 2, 1 }, 16) == 0);
	CHECK(memcmp(packet.daddr, (uint8_t[16]){ 198, 51, 100, 2 }, 16) == 0);
	CHECK(packet.ip_id == 0x1234 && packet.dont_fragment);
	CHECK(packet.tcp_at == 34);
	CHECK(packet.sport == 12345 && packet.dport == 443);
	CHECK(packet.seq == 0x01020304 && packet.ack == 0x05060708);
	CHECK(packet.window == 0x1020 && packet.flags == (TCP_ACK | TCP_PSH));
	CHECK(packet.header_len == 32 && packet.payload_len == 100);
	CHECK(packet.has_tsval && packet.tsval == 0xdeadbeef);
}

TEST(ipv6_packet_is_described)
{
	struct packet packet;

	put_ipv6(IPPROTO_TCP);
	put_tcp(NULL, 0);
	packet = parse(frame_len, frame_len + 7);
	CHECK(packet.family == AF_INET6);
	CHECK(packet.saddr[0] == 0x20 && packet.saddr[15] == 1);
	CHECK(packet.daddr[0] == 0xfe && packet.daddr[15] == 2);
	CHECK(packet.tcp_at == 54 && packet.sport == 12345);
	CHECK(packet.header_len == 20 && packet.payload_len == 7);
	CHECK(!packet.has_tsval);
}

TEST(ipv4_options_move_the_tcp_header)
{
	for (uint8_t header_len = 20; header_len <= 60; header_len += 4) {
		struct packet packet;

		put_ipv4(header_len);
		put_tcp(timestamp_option, sizeof(timestamp_option));
		packet = parse_whole();
		CHECK(packet.tcp_at == 14U + header_len);
		CHECK(packet.dport == 443 && packet.payload_len == 0 && packet.has_tsval);
	}
}

TEST(every_tcp_header_length_is_read)
{
	for (size_t length = 0; length <= 40; length += 4) {
		uint8_t options[40];
		struct packet packet;

		memset(options, 1, sizeof(options));
		if (length >= 12)
			memcpy(options + length - 12, timestamp_option, 12);
		put_ipv4(20);
		put_tcp(options, length);
		packet = parse(frame_len, frame_len + 3);
		CHECK(packet.header_len == 20 + length && packet.payload_len == 3);
		CHECK(packet.has_tsval == (length >= 12));
	}
}

TEST(short_ipv4_header_length_has_no_tcp)
{
	for (uint8_t words = 0; words < 5; words++) {
		struct packet packet;

		put_ipv4(20);
		frame[14] = 0x40 | words;
		put_tcp(NULL, 0);
		packet = parse_whole();
		CHECK(packet.family == AF_INET && packet.tcp_at == 0 && packet.sport == 0);
	}
}

TEST(only_a_first_fragment_has_a_tcp_header)
{
	put_ipv4(20);
	put_tcp(NULL, 0);
	frame[20] = 0x20; /* more fragments */
	CHECK(parse_whole().tcp_at == 34 && !parse_whole().dont_fragment);
	frame[21] = 1;
	CHECK(parse_whole().tcp_at == 0 && parse_whole().family == AF_INET);
	frame[20] = 0x10; /* the highest bit of the offset */
	frame[21] = 0;
	CHECK(parse_whole().tcp_at == 0);
	frame[20] = 0x80; /* reserved bit: no offset */
	CHECK(parse_whole().tcp_at == 34);
}

TEST(other_protocols_have_no_tcp)
{
	put_ipv4(20);
	put_tcp(NULL, 0);
	frame[23] = IPPROTO_UDP;
	CHECK(parse_whole().family == AF_INET && parse_whole().tcp_at == 0);
	put_ipv6(IPPROTO_UDP);
	put_tcp(NULL, 0);
	CHECK(parse_whole().family == AF_INET6 && parse_whole().tcp_at == 0);
}

TEST(other_ethertypes_and_versions_are_not_ip)
{
	static const uint16_t types[] = { 0, 0x0806, 0x8100, 0x0008, 0xdd86, 0xffff };

	for (size_t i = 0; i < COUNT(types); i++) {
		put_ipv4(20);
		put_tcp(NULL, 0);
		packet_put16(frame + 12, types[i]);
		CHECK(parse_whole().family == 0 && parse_whole().tcp_at == 0);
	}
	packet_put16(frame + 12, 0x86dd);
	CHECK(parse_whole().family == 0);
	put_ipv6(IPPROTO_TCP);
	put_tcp(NULL, 0);
	packet_put16(frame + 12, 0x0800);
	CHECK(parse_whole().family == 0);
}

TEST(ipv6_extension_headers_are_skipped)
{
	static const uint8_t types[] = { IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_DSTOPTS,
					 IPPROTO_AH, IPPROTO_FRAGMENT };
	/* the byte after the next header, and the length that it encodes */
	static const uint8_t lengths[][2] = { { 0, 8 }, { 2, 24 }, { 1, 16 }, { 4, 24 }, { 0, 8 } };

	for (size_t i = 0; i < COUNT(types); i++) {
		uint8_t extension[24] = { IPPROTO_TCP, lengths[i][0] };

		put_ipv6(types[i]);
		put(extension, lengths[i][1]);
		put_tcp(timestamp_option, sizeof(timestamp_option));
		CHECK(parse_whole().tcp_at == 54U + lengths[i][1]);
		CHECK(parse_whole().dport == 443 && parse_whole().has_tsval);
	}
}

TEST(several_ipv6_extension_headers_are_skipped)
{
	uint8_t extension[8] = { IPPROTO_DSTOPTS };

	put_ipv6(IPPROTO_HOPOPTS);
	put(extension, sizeof(extension));
	extension[0] = IPPROTO_FRAGMENT;
	put(extension, sizeof(extension));
	extension[0] = IPPROTO_TCP;
	packet_put16(extension + 2, 1); /* more fragments, offset 0 */
	put(extension, sizeof(extension));
	put_tcp(NULL, 0);
	CHECK(parse_whole().tcp_at == 54 + 24);
	packet_put16(frame + 54 + 16 + 2, 8);
	CHECK(parse_whole().tcp_at == 0);
}

TEST(endless_extension_headers_end)
{
	uint8_t extension[8] = { IPPROTO_DSTOPTS };

	put_ipv6(IPPROTO_DSTOPTS);
	for (int i = 0; i < 100; i++)
		put(extension, sizeof(extension));
	CHECK(parse_whole().tcp_at == 0);
}

/* Members whose bytes are missing are zero, all others are set. */
static bool cut_is_right(uint32_t caplen, uint32_t ip_end, uint32_t tcp_at)
{
	struct packet packet = parse(caplen, frame_len), zero = { 0 };
	bool has_tcp = caplen >= tcp_at + 20;

	if (packet.caplen != caplen || packet.len != frame_len)
		return false;
	if (!packet.family != (caplen < ip_end))
		return false;
	if (packet.tcp_at != (has_tcp ? tcp_at : 0) || packet.has_tsval != (caplen >= tcp_at + 32))
		return false;
	if (has_tcp)
		return packet.header_len == 32 && packet.payload_len == frame_len - tcp_at - 32;
	return memcmp(&packet.sport, &zero.sport, sizeof(packet.sport)) == 0 && !packet.seq &&
	       !packet.flags && !packet.header_len && !packet.payload_len;
}

TEST(truncation_anywhere_is_survived)
{
	uint8_t extension[16] = { IPPROTO_TCP, 1 };

	put_ipv4(32);
	put_tcp(timestamp_option, sizeof(timestamp_option));
	put("payload", 7);
	for (uint32_t caplen = 0; caplen <= frame_len; caplen++)
		CHECK(cut_is_right(caplen, 34, 46));
	put_ipv6(IPPROTO_DSTOPTS);
	put(extension, sizeof(extension));
	put_tcp(timestamp_option, sizeof(timestamp_option));
	put("payload", 7);
	for (uint32_t caplen = 0; caplen <= frame_len; caplen++)
		CHECK(cut_is_right(caplen, 54, 70));
}

TEST(timestamp_is_found_after_other_options)
{
	static const uint8_t options[] = { 2, 4, 5,  180, 4, 2, 3, 3, 7, 8, 10, 0,
					   0, 0, 42, 0,	  0, 0, 0, 1, 0, 0, 0,	0 };

	put_ipv4(20);
	put_tcp(options, sizeof(options));
	CHECK(parse_whole().has_tsval && parse_whole().tsval == 42);
}

TEST(malformed_timestamp_is_ignored)
{
	static const uint8_t malformed[][12] = {
		{ 1, 1, 8, 9, 1, 1, 1, 1, 1, 1, 1, 1 }, /* wrong lengths */
		{ 1, 1, 8, 11, 1, 1, 1, 1, 1, 1, 1, 1 },
		{ 1, 1, 8, 0, 1, 1, 1, 1, 1, 1, 1, 1 },
		{ 1, 1, 8, 1, 8, 10, 1, 1, 1, 1, 1, 1 },
		{ 1, 1, 1, 8, 10, 1, 1, 1, 1, 1, 1, 1 }, /* one byte after the header */
		{ 0, 1, 8, 10, 1, 1, 1, 1, 1, 1, 1, 1 }, /* after the end of the list */
		{ 5, 0, 8, 10, 1, 1, 1, 1, 1, 1, 1, 1 },
		{ 5, 1, 8, 10, 1, 1, 1, 1, 1, 1, 1, 1 },
		{ 5, 255, 8, 10, 1, 1, 1, 1, 1, 1, 1, 1 },
		{ 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 8 },
		{ 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 8, 10 },
	};

	for (size_t i = 0; i < COUNT(malformed); i++) {
		put_ipv4(20);
		put_tcp(malformed[i], sizeof(malformed[i]));
		CHECK(!parse_whole().has_tsval);
		put("0123456789", 10); /* payload is not an option */
		CHECK(!parse_whole().has_tsval && parse_whole().payload_len == 10);
	}
}

TEST(wrong_lengths_leave_no_payload)
{
	put_ipv4(20);
	put_tcp(NULL, 0);
	frame[46] = 0xf0; /* 60 bytes of header in a frame of 20 */
	CHECK(parse_whole().header_len == 60 && parse_whole().payload_len == 0);
	CHECK(parse(frame_len, frame_len + 41).payload_len == 1);
	CHECK(parse(frame_len, 0).payload_len == 0);
}

TEST(random_bytes_are_survived)
{
	srandom(1);
	for (int round = 0; round < 200000; round++) {
		uint32_t caplen = (uint32_t)random() % 200;
		struct packet packet;

		if (random() & 1)
			put_ipv4(20);
		else
			put_ipv6(IPPROTO_TCP);
		for (uint32_t i = random() & 1 ? 14 : frame_len; i < caplen; i++)
			frame[i] = (uint8_t)random();
		if (random() & 1)
			frame[14] = (uint8_t)((frame[12] == 8 ? 0x40 : 0x60) | (frame[14] & 15));
		packet = parse(caplen, (uint32_t)random());
		CHECK(packet.caplen == caplen);
		CHECK(packet.family || !packet.tcp_at);
		CHECK(!packet.tcp_at || packet.tcp_at + 20 <= caplen);
		CHECK(packet.tcp_at || (!packet.has_tsval && !packet.header_len));
		CHECK(packet.payload_len <= packet.len);
	}
}
