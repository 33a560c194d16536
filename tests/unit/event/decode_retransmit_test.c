// SPDX-License-Identifier: GPL-2.0-or-later
/* Retransmissions whose headers the kernel built before, and the lengths of large segments. */
#include <string.h>
#include <sys/socket.h>

#include "decode_case.h"
#include "test.h"

TEST(retransmit_is_found_in_the_headroom)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		make_retransmit(families[i]);
		CHECK(decode() == 0);
		CHECK(!decoded.synthesized && !decoded.l2_absent && !decoded.checksum_partial);
		CHECK(decoded.packet.caplen == record.packet_len);
		CHECK(decoded.packet.len == record.packet_len + 100U);
		CHECK(memcmp(decoded.frame, record.packet, record.packet_len) == 0);
		CHECK(decoded.packet.payload_len == 100);
	}
}

TEST(retransmit_is_synthesized_if_the_headroom_differs)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		make_retransmit(families[i]);
		record.flow.seq = 7777;
		CHECK(decode() == 0);
		CHECK(decoded.synthesized && decoded.l2_absent && decoded.checksum_partial);
		CHECK(decoded.packet.seq == 7777 && decoded.packet.sport == 12345);
		CHECK(decoded.packet.caplen == (i ? 74 : 54));
		CHECK(decoded.packet.len == decoded.packet.caplen + 100);
		CHECK(decoded.packet.daddr[0] == (i ? 0xfe : 10));
	}
}

TEST(timestamp_and_ip_id_are_compared_if_flagged)
{
	make_retransmit(AF_INET);
	record.flow.ip_id = 2;
	CHECK(decode() == 0 && !decoded.synthesized);
	record.flags |= RECORD_HAS_IP_ID;
	CHECK(decode() == 0 && decoded.synthesized);
	record.flow.ip_id = 1;
	CHECK(decode() == 0 && !decoded.synthesized);
	record.packet[14 + 20 + 12] = 0x80;
	memcpy(record.packet + 54, (uint8_t[12]){ 1, 1, 8, 10, 0, 0, 0, 5 }, 12);
	record.packet_len = 66;
	put_payload_len(100);
	record.flow.tsval = 6;
	CHECK(decode() == 0 && !decoded.synthesized && decoded.packet.tsval == 5);
	record.flags |= RECORD_HAS_TSVAL;
	CHECK(decode() == 0 && decoded.synthesized);
}

TEST(headroom_of_another_length_is_not_used)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		make_retransmit(families[i]);
		record.flow.payload_len = 99;
		CHECK(decode() == 0 && decoded.synthesized);
		packet_put16(record.packet + (i ? 18 : 16), 0);
		CHECK(decode() == 0 && decoded.synthesized);
		put_payload_len(70000);
		CHECK(decode() == 0 && !decoded.synthesized);
		CHECK(decoded.length_clamped == (i == 1) && decoded.packet.payload_len == 70000);
	}
}

TEST(ipv6_length_of_a_large_segment_is_clamped)
{
	make_drop(AF_INET6, 14);
	packet_put16(record.packet + 14 + 4, 0);
	record.len = 14 + 40 + 70000;
	CHECK(decode() == 0);
	CHECK(decoded.length_clamped && packet_get16(decoded.frame + 18) == 65535);
	CHECK(decoded.packet.len == 14 + 40 + 70000);
	make_retransmit(AF_INET6);
	record.flow.seq++;
	record.flow.payload_len = 70000;
	CHECK(decode() == 0);
	CHECK(decoded.synthesized && decoded.length_clamped);
	CHECK(packet_get16(decoded.frame + 18) == 65535);
	CHECK(decoded.packet.payload_len == 70000);
}

TEST(other_ip_lengths_are_kept)
{
	make_drop(AF_INET6, 14);
	CHECK(decode() == 0);
	CHECK(!decoded.length_clamped && packet_get16(decoded.frame + 18) == 20);
	packet_put16(record.packet + 14 + 4, 65535);
	record.len = 14 + 40 + 70000;
	CHECK(decode() == 0);
	CHECK(!decoded.length_clamped && packet_get16(decoded.frame + 18) == 65535);
	make_drop(AF_INET, 14);
	packet_put16(record.packet + 14 + 2, 0);
	CHECK(decode() == 0);
	CHECK(!decoded.length_clamped && packet_get16(decoded.frame + 16) == 0);
}

/* The damage may be the reason of the drop. */
TEST(ipv6_length_of_a_small_packet_is_kept)
{
	make_drop(AF_INET6, 14);
	packet_put16(record.packet + 14 + 4, 0);
	CHECK(decode() == 0);
	CHECK(!decoded.length_clamped && packet_get16(decoded.frame + 18) == 0);
}
