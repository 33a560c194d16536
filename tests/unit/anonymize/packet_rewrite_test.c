// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <sys/socket.h>

#include "anonymize/checksum.h"
#include "anonymize/packet_rewrite.h"
#include "event/packet.h"
#include "page_end.h"
#include "test.h"

#define ETHERNET     1
#define TCP_AT	     34 /* with IPv4 */
#define CHECKSUM     50
#define LINK_SLL     113
#define LINK_PPP     9
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct secret secret = { .key = "a key of thirty-two bytes, as it" };
static struct packet_rewriter *rewriter;

static void begin(bool ports)
{
	const struct rewrite_config config = { .secret = &secret, .ports = ports };

	packet_rewriter_free(rewriter);
	rewriter = packet_rewriter_new(&config);
}

/* 192.0.2.1:12345 > 198.51.100.2:443, with timestamps and four bytes of payload. */
static const uint8_t segment[] = {
	0x52, 0x54, 0,	  0x11, 0x22, 0x33, 0x52, 0x54, 0,  0x44, 0x55, 0x66, 8,   0, /* Ethernet */
	0x45, 0,    0,	  56,	0x12, 0x34, 0x40, 0,	64, 6,	  0,	0,    192, 0,
	2,    1, /* IP */
	198,  51,   100,  2,	0x30, 0x39, 1,	  0xbb, 0,  0,	  0x10, 0,    0,   0,
	0x20, 0,    0x80, 0x18, 1,    0,    0,	  0,	0,  0, /* TCP */
	1,    1,    8,	  10,	0,    0,    1,	  0,	0,  0,	  2,	0,    's', 'e',
	'c',  'r',
};

static uint8_t frame[256];
static uint32_t frame_len;

static void set_checksums(void)
{
	uint32_t length = frame_len - TCP_AT;

	packet_put16(frame + 24, 0);
	packet_put16(frame + 24, checksum_make(checksum_add(0, frame + 14, 20), CHECKSUM_RIGHT));
	packet_put16(frame + CHECKSUM, 0);
	packet_put16(frame + CHECKSUM,
		     checksum_make(checksum_add(checksum_pseudo(frame + 14, 6, length),
						frame + TCP_AT, length),
				   CHECKSUM_RIGHT));
}

/* The segment with so many bytes of payload, and right checksums. */
static void make(uint32_t payload)
{
	memcpy(frame, segment, sizeof(segment));
	frame_len = (uint32_t)sizeof(segment) - 4 + payload;
	frame[17] = (uint8_t)(frame_len - 14);
	set_checksums();
}

static uint32_t rewrite(void)
{
	return packet_rewrite(rewriter, ETHERNET, frame, frame_len, frame_len);
}

static bool ip_checksum_is_right(void)
{
	return checksum_look(checksum_add(0, frame + 14, 20)) == CHECKSUM_RIGHT;
}

/* Of the bytes that are left, and zeros for the rest. */
static bool tcp_checksum_is_right(uint32_t left)
{
	uint32_t sum = checksum_pseudo(frame + 14, 6, frame_len - TCP_AT);

	return checksum_look(checksum_add(sum, frame + TCP_AT, left - TCP_AT)) == CHECKSUM_RIGHT;
}

TEST(a_segment_keeps_its_form_and_loses_its_payload)
{
	struct packet before, after;
	uint32_t left;

	begin(false);
	make(4);
	packet_parse(&before, segment, sizeof(segment), sizeof(segment));
	left = rewrite();
	CHECK(left == frame_len - 4);
	packet_parse(&after, frame, left, frame_len);
	CHECK(after.tcp_at == before.tcp_at && after.flags == before.flags);
	CHECK(after.payload_len == 4 && after.window == before.window);
	CHECK(after.sport == 12345 && after.dport == 443 && after.has_tsval && !after.cut);
	CHECK(after.seq != before.seq && after.ack != before.ack && after.ip_id != before.ip_id);
	CHECK(memcmp(after.saddr, before.saddr, 4) && memcmp(after.daddr, before.daddr, 4));
	CHECK(memcmp(frame, segment, 6) && memcmp(frame + 6, segment + 6, 6));
	CHECK(packet_rewriter_counts(rewriter)->payloads == 1);
}

TEST(checksums_that_were_right_are_right)
{
	uint32_t left;

	begin(false);
	make(0);
	left = rewrite();
	CHECK(left == frame_len && ip_checksum_is_right() && tcp_checksum_is_right(left));
	make(4);
	left = rewrite();
	CHECK(ip_checksum_is_right() && tcp_checksum_is_right(left));
}

TEST(checksums_that_were_wrong_stay_wrong)
{
	uint32_t left;

	begin(false);
	make(4);
	frame[24] ^= 1;
	frame[CHECKSUM] ^= 1;
	left = rewrite();
	CHECK(!ip_checksum_is_right() && !tcp_checksum_is_right(left));
}

/* seq, ack, TSval and TSecr, of two packets; differences of both directions. */
TEST(differences_of_numbers_stay)
{
	struct packet first, second, answer;

	begin(false);
	make(4);
	rewrite();
	packet_parse(&first, frame, frame_len, frame_len);
	make(4);
	packet_put32(frame + TCP_AT + 4, 0x1000 + 1448);
	packet_put16(frame + 18, 0x1234 + 3);
	rewrite();
	packet_parse(&second, frame, frame_len, frame_len);
	CHECK(second.seq - first.seq == 1448 && second.ip_id - first.ip_id == 3);
	make(4);
	packet_put16(frame + TCP_AT, 443);
	packet_put16(frame + TCP_AT + 2, 12345);
	packet_put32(frame + TCP_AT + 8, 0x1000 + 4);
	packet_put32(frame + TCP_AT + 28, 0x100 + 9);
	rewrite();
	packet_parse(&answer, frame, frame_len, frame_len);
	CHECK(answer.ack - first.seq == 4 && answer.tsecr - first.tsval == 9);
}

TEST(sack_blocks_move_with_the_sequence_numbers)
{
	static const uint8_t options[] = { 5, 10, 0, 0, 0x10, 4, 0, 0, 0x10, 8, 1, 1 };
	struct packet plain, sacked;

	begin(false);
	make(0);
	rewrite();
	packet_parse(&plain, frame, frame_len, frame_len);
	make(0);
	memcpy(frame + TCP_AT + 20, options, sizeof(options));
	rewrite();
	packet_parse(&sacked, frame, frame_len, frame_len);
	CHECK(sacked.sack_count == 1);
	CHECK(sacked.sack[0].start - plain.seq == 4 && sacked.sack[0].end - plain.seq == 8);
}

TEST(numbers_that_are_not_set_stay_zero)
{
	begin(false);
	make(0);
	frame[TCP_AT + 13] = TCP_SYN;
	packet_put32(frame + TCP_AT + 8, 0);
	packet_put32(frame + TCP_AT + 28, 0);
	packet_put16(frame + 18, 0);
	rewrite();
	CHECK(!packet_get32(frame + TCP_AT + 8) && !packet_get32(frame + TCP_AT + 28));
	CHECK(!packet_get16(frame + 18) && packet_get32(frame + TCP_AT + 4));
	make(0);
	frame[TCP_AT + 13] = TCP_RST | TCP_ACK;
	packet_put32(frame + TCP_AT + 4, 0);
	rewrite();
	CHECK(!packet_get32(frame + TCP_AT + 4));
}

/* MPTCP's ADD_ADDR has an address in it. */
TEST(options_of_other_kinds_become_padding)
{
	static const uint8_t options[] = { 30, 8, 0x30, 1, 192, 0, 2, 77, 1, 1, 1, 1 };
	static const uint8_t nops[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

	begin(false);
	make(0);
	memcpy(frame + TCP_AT + 20, options, sizeof(options));
	rewrite();
	CHECK(memcmp(frame + TCP_AT + 20, nops, sizeof(nops)) == 0);
	CHECK(packet_rewriter_counts(rewriter)->options == 1);
}

TEST(bytes_after_the_end_of_the_options_become_zeros)
{
	static const uint8_t options[] = { 1, 0, 's', 'e', 'c', 'r', 'e', 't', 's', 's', 's', 's' };
	static const uint8_t zeros[11];

	begin(false);
	make(0);
	memcpy(frame + TCP_AT + 20, options, sizeof(options));
	rewrite();
	CHECK(memcmp(frame + TCP_AT + 21, zeros, sizeof(zeros)) == 0);
}

TEST(ports_are_a_permutation)
{
	static uint8_t seen[65536];

	begin(true);
	for (uint32_t port = 0; port < 65536; port++) {
		uint16_t to;

		make(0);
		packet_put16(frame + TCP_AT, (uint16_t)port);
		rewrite();
		to = packet_get16(frame + TCP_AT);
		CHECK(!seen[to] && !to == !port);
		seen[to] = 1;
	}
}

/* Destination unreachable, with the segment's first 28 bytes in it. */
TEST(the_packet_in_an_error_of_icmp_has_the_same_pseudonyms)
{
	uint8_t outer[34 + 8 + 28] = { 0 };
	uint32_t left;

	begin(false);
	make(4);
	memcpy(outer, frame, 34);
	outer[17] = 20 + 8 + 28;
	outer[23] = 1;
	outer[34] = 3;
	memcpy(outer + 42, frame + 14, 28);
	packet_put16(outer + 36, checksum_make(checksum_add(0, outer + 34, 36), CHECKSUM_RIGHT));
	rewrite();
	left = packet_rewrite(rewriter, ETHERNET, outer, sizeof(outer), sizeof(outer));
	CHECK(left == sizeof(outer));
	CHECK(memcmp(outer + 42 + 12, frame + 26, 8) == 0);
	CHECK(memcmp(outer + 42 + 20, frame + TCP_AT, 8) == 0);
	CHECK(memcmp(outer + 42, frame + 14, 20) == 0);
	CHECK(checksum_look(checksum_add(0, outer + 34, 36)) == CHECKSUM_RIGHT);
}

TEST(other_packets_are_cut_where_the_unknown_begins)
{
	static const struct {
		uint16_t link_type;
		uint8_t at, value; /* one byte of the frame that is changed */
		uint32_t left;
	} cases[] = {
		{ ETHERNET, 13, 6, 14 },  /* ARP */
		{ ETHERNET, 12, 0, 14 },  /* 802.3 */
		{ ETHERNET, 23, 47, 34 }, /* GRE */
		{ ETHERNET, 23, 4, 34 },  /* IP in IP */
		{ ETHERNET, 23, 17, 42 }, /* UDP */
		{ ETHERNET, 23, 1, 38 },  /* ICMP */
		{ ETHERNET, 14, 0x65, 14 }, { ETHERNET, 20, 0x00, 34 + 32 },
		{ ETHERNET, 21, 1, 34 }, /* a further fragment */
		{ LINK_PPP, 0, 0, 0 },	    { 147, 0, 0, 0 },
	};

	begin(false);
	for (size_t i = 0; i < COUNT(cases); i++) {
		make(4);
		frame[cases[i].at] = cases[i].value;
		CHECK(packet_rewrite(rewriter, cases[i].link_type, frame, frame_len, frame_len) ==
		      cases[i].left);
	}
	CHECK(packet_rewriter_counts(rewriter)->unknown_links == 2);
	CHECK(packet_rewriter_counts(rewriter)->not_ip == 3);
	CHECK(packet_rewriter_counts(rewriter)->other_protocols == 2);
}

/* An address of eight bytes may be an IPv6 or a GUID: it is removed. */
TEST(linux_cooked_has_an_address_too)
{
	uint8_t cooked[16 + 20] = { 0, 0, 0, 1, 0, 6, 0x52, 0x54, 0, 1, 2, 3, 's', 's', 8, 0 };

	begin(false);
	make(0);
	memcpy(cooked + 16, frame + 14, 20);
	CHECK(packet_rewrite(rewriter, LINK_SLL, cooked, sizeof(cooked), 100) == sizeof(cooked));
	CHECK(memcmp(cooked + 6, "\x52\x54\0\1\2\3", 6) != 0 && !cooked[12] && !cooked[13]);
	cooked[5] = 8;
	packet_rewrite(rewriter, LINK_SLL, cooked, sizeof(cooked), 100);
	CHECK(memcmp(cooked + 6, "\0\0\0\0\0\0\0\0", 8) == 0);
}

/* Also of a frame of which only the first bytes are captured. */
TEST(nothing_is_read_beyond_the_captured_bytes)
{
	begin(true);
	for (uint32_t captured = 0; captured <= sizeof(segment); captured++) {
		uint8_t *copy = at_page_end(segment, captured);
		uint32_t left = packet_rewrite(rewriter, ETHERNET, copy, captured, sizeof(segment));

		CHECK(left <= captured);
	}
}
