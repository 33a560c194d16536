// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "bpf/record.h"
#include "event/decode.h"
#include "test.h"

static struct drop_record record;
static struct drop_event event;

/* A whole record without a stack. */
static int decode(void)
{
	memset(&event, 0xa5, sizeof(event));
	return decode_record(&record, RECORD_SIZE_NO_STACK, &event);
}

/*
 * Puts IP and TCP headers into the packet, after l2_len bytes. Returns the length of the headers.
 */
static uint16_t put_headers(int family, size_t l2_len)
{
	uint8_t *ip = record.packet + l2_len, *tcp = ip + (family == AF_INET ? 20 : 40);

	if (family == AF_INET) {
		memcpy(ip, (uint8_t[20]){ 0x45, 0, 0,  40, 0, 1, 0x40, 0, 64, IPPROTO_TCP,
					  0,	0, 10, 0,  0, 1, 10,   0, 0,  2 },
		       20);
	} else {
		memcpy(ip, (uint8_t[8]){ 0x60, 0, 0, 0, 0, 20, IPPROTO_TCP, 64 }, 8);
		ip[8] = 0xfd;
		ip[24] = 0xfe;
	}
	packet_put16(tcp, 12345);
	packet_put16(tcp + 2, 443);
	packet_put32(tcp + 4, 1000);
	packet_put32(tcp + 8, 2000);
	tcp[12] = 0x50;
	tcp[13] = TCP_ACK;
	packet_put16(tcp + 14, 501);
	return (uint16_t)(tcp + 20 - ip);
}

/* A dropped packet as it is in an skb, after a MAC header of l2_len bytes. */
static void make_drop(int family, uint16_t l2_len)
{
	record = (struct drop_record){
		.version = RECORD_VERSION,
		.event = RECORD_DROP,
		.family = (uint8_t)family,
		.timestamp_ns = 1234567890123,
		.direction = RECORD_DIR_IN,
		.sock = RECORD_SOCK_RX_SK,
		.l2_len = l2_len,
	};
	for (uint16_t i = 0; i < l2_len; i++)
		record.packet[i] = (uint8_t)(i + 1);
	if (l2_len >= 14)
		packet_put16(record.packet + 12, family == AF_INET ? 0x0800 : 0x86dd);
	record.packet_len = (uint16_t)(l2_len + put_headers(family, l2_len));
	record.len = record.packet_len;
}

/* The fields of the segment by the socket. */
static void put_payload_len(uint32_t payload_len)
{
	uint8_t *ip = record.packet + record.l2_len;
	uint32_t length = record.packet_len - record.l2_len + payload_len;
	bool v4 = record.family == AF_INET;

	record.flow.payload_len = payload_len;
	if (!v4)
		length -= 40;
	packet_put16(ip + (v4 ? 2 : 4), length > 65535 ? 0 : (uint16_t)length);
}

/* A retransmission whose headers are in the headroom. */
static void make_retransmit(int family)
{
	make_drop(family, 14);
	record.event = RECORD_RETRANSMIT;
	record.direction = RECORD_DIR_OUT;
	record.sock = RECORD_SOCK_HOOK;
	record.flags = RECORD_HAS_FLOW | RECORD_ETHERNET;
	record.flow = (struct record_flow){
		.sport = 12345,
		.dport = 443,
		.seq = 1000,
		.ack = 2000,
		.window = 501,
		.tcp_flags = TCP_ACK,
	};
	if (family == AF_INET) {
		memcpy(record.flow.saddr, (uint8_t[4]){ 10, 0, 0, 1 }, 4);
		memcpy(record.flow.daddr, (uint8_t[4]){ 10, 0, 0, 2 }, 4);
	} else {
		record.flow.saddr[0] = 0xfd;
		record.flow.daddr[0] = 0xfe;
	}
	put_payload_len(100);
}

TEST(drop_keeps_the_numbers_of_its_record)
{
	make_drop(AF_INET, 14);
	record.location = 0xffffffff81234567;
	record.skb = 0xffff888012345678;
	record.lost = 3;
	record.cpu = 5;
	record.cpu_pid = 812;
	record.netns = 4026531840;
	record.ifindex = 2;
	record.state = 1;
	record.pkt_type = 3;
	record.segs = 7;
	memcpy(record.cpu_comm, "nginx", 5);
	memcpy(record.ifname, "eth0", 4);
	CHECK(decode() == 0);
	CHECK(event.kind == EVENT_DROP && event.sock == EVENT_SOCK_RX_SK);
	CHECK(event.direction == EVENT_IN && event.boottime_ns == 1234567890123);
	CHECK(event.location == 0xffffffff81234567 && event.skb == 0xffff888012345678);
	CHECK(event.lost_on_cpu == 3 && event.cpu == 5 && event.cpu_pid == 812);
	CHECK(event.netns == 4026531840 && event.ifindex == 2);
	CHECK(event.state == 1 && event.pkt_type == 3 && event.segs == 7);
	CHECK_STR(event.cpu_comm, "nginx");
	CHECK_STR(event.ifname, "eth0");
	CHECK(event.stack_depth == 0 && !event.synthesized && !event.l2_absent);
	CHECK(!event.length_clamped);
}

TEST(flags_decide_which_numbers_are_valid)
{
	make_drop(AF_INET, 14);
	record.reason = 6;
	record.queue = 9;
	record.err = -105;
	CHECK(decode() == 0);
	CHECK(!event.has_reason && !event.has_queue && !event.has_err && !event.checksum_partial);
	record.flags = RECORD_HAS_REASON | RECORD_HAS_QUEUE | RECORD_HAS_ERR | RECORD_CSUM_PARTIAL;
	CHECK(decode() == 0);
	CHECK(event.has_reason && event.reason == 6);
	CHECK(event.has_queue && event.queue == 9);
	CHECK(event.has_err && event.err == -105);
	CHECK(event.checksum_partial);
}

TEST(each_kind_socket_and_direction_has_its_twin)
{
	make_retransmit(AF_INET);
	CHECK(decode() == 0 && event.kind == EVENT_RETRANSMIT);
	record.event = RECORD_SYNACK;
	CHECK(decode() == 0 && event.kind == EVENT_SYNACK);
	record.sock = RECORD_SOCK_NONE;
	CHECK(decode() == 0 && event.sock == EVENT_SOCK_NONE);
	record.sock = RECORD_SOCK_SKB;
	CHECK(decode() == 0 && event.sock == EVENT_SOCK_SKB);
	record.sock = RECORD_SOCK_HOOK;
	CHECK(decode() == 0 && event.sock == EVENT_SOCK_HOOK);
	record.direction = RECORD_DIR_UNKNOWN;
	CHECK(decode() == 0 && event.direction == EVENT_DIR_UNKNOWN);
	record.direction = RECORD_DIR_OUT;
	CHECK(decode() == 0 && event.direction == EVENT_OUT);
}

TEST(every_event_kind_of_the_record_decodes)
{
	for (int kind = RECORD_DROP; kind < RECORD_EVENT_END; kind++) {
		make_retransmit(AF_INET);
		record.event = (uint8_t)kind;
		if (kind == RECORD_STATE || kind == RECORD_LIFE) { /* they have no packet */
			record.packet_len = record.l2_len = 0;
			record.life = (struct record_life){ 0 };
		}
		CHECK(decode() == 0);
		CHECK((unsigned int)event.kind < EVENT_KIND_COUNT);
		CHECK(event.packet.data == event.frame);
	}
}

TEST(dropped_frame_is_the_bytes_of_the_skb)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		make_drop(families[i], 14);
		put_payload_len(1000);
		record.len += 1000;
		CHECK(decode() == 0);
		CHECK(event.packet.data == event.frame && !event.l2_absent);
		CHECK(event.packet.caplen == record.packet_len && event.packet.len == record.len);
		CHECK(memcmp(event.frame, record.packet, record.packet_len) == 0);
		CHECK(event.packet.family == families[i] && event.packet.sport == 12345);
		CHECK(event.packet.payload_len == 1000);
	}
}

TEST(missing_mac_header_is_zero)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		make_drop(families[i], 0);
		record.len += 5;
		CHECK(decode() == 0);
		CHECK(event.l2_absent && event.packet.family == families[i]);
		CHECK(memcmp(event.frame, (uint8_t[12]){ 0 }, 12) == 0);
		CHECK(packet_get16(event.frame + 12) == (i ? 0x86dd : 0x0800));
		CHECK(memcmp(event.frame + 14, record.packet, record.packet_len) == 0);
		CHECK(event.packet.caplen == 14U + record.packet_len);
		CHECK(event.packet.len == 14U + record.len);
	}
}

TEST(other_mac_headers_are_replaced)
{
	static const uint16_t lengths[] = { 1, 4, 13, 15, 18, 22 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		make_drop(AF_INET, lengths[i]);
		CHECK(decode() == 0);
		CHECK(event.l2_absent && event.packet.sport == 12345);
		CHECK(event.packet.caplen == 54 && event.packet.len == 54);
		CHECK(memcmp(event.frame, (uint8_t[12]){ 0 }, 12) == 0);
	}
	make_drop(AF_INET, 14);
	packet_put16(record.packet + 12, 0x8100);
	CHECK(decode() == 0);
	CHECK(event.l2_absent && event.packet.sport == 12345 && event.frame[0] == 0);
}

/* As on the wire: between the MAC addresses and the type. */
TEST(vlan_tag_is_put_into_the_frame)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (size_t i = 0; i < 2; i++) {
		make_drop(families[i], 14);
		put_payload_len(100);
		record.len += 100;
		record.flags = RECORD_HAS_VLAN;
		record.vlan_proto = 0x88a8;
		record.vlan_tci = 0x6005;
		CHECK(decode() == 0 && !event.l2_absent);
		CHECK(memcmp(event.frame, record.packet, 12) == 0);
		CHECK(packet_get32(event.frame + 12) == 0x88a86005);
		CHECK(packet_get16(event.frame + 16) == (i ? 0x86dd : 0x0800));
		CHECK(event.packet.ip_at == 18 && event.packet.tcp_at == 18U + (i ? 40 : 20));
		CHECK(event.packet.caplen == record.packet_len + 4U);
		CHECK(event.packet.len == record.len + 4);
		CHECK(event.packet.payload_len == 100 && event.packet.dport == 443);
	}
	record.flags = 0; /* the fields are not a tag then */
	CHECK(decode() == 0 && event.packet.ip_at == 14);
}

TEST(segment_without_an_ip_header_gets_the_sockets_addresses)
{
	static const uint8_t sender[16] = { 0xfd, [15] = 1 }, receiver[16] = { 0xfd, [15] = 2 };

	make_drop(AF_INET6, 0);
	memmove(record.packet, record.packet + 40, 20);
	record.packet_len = 20;
	record.len = 120;
	record.direction = RECORD_DIR_OUT;
	record.flags = RECORD_NO_IP_HEADER;
	memcpy(record.flow.saddr, sender, 16);
	memcpy(record.flow.daddr, receiver, 16);
	CHECK(decode() == 0 && event.synthesized && event.l2_absent);
	CHECK(event.packet.family == AF_INET6 && event.packet.tcp_at == 54);
	CHECK(memcmp(event.packet.saddr, sender, 16) == 0);
	CHECK(memcmp(event.packet.daddr, receiver, 16) == 0);
	CHECK(event.packet.sport == 12345 && event.packet.seq == 1000);
	CHECK(event.packet.payload_len == 100 && event.packet.len == 174);
	record.packet_len = 61; /* longer than a TCP header can be */
	CHECK(decode() == -EINVAL);
	record.packet_len = 20;
	record.len = 19;
	CHECK(decode() == -EINVAL);
}

TEST(length_is_never_below_what_was_captured)
{
	make_drop(AF_INET, 14);
	for (uint32_t len = 0; len < record.packet_len; len++) {
		record.len = len;
		CHECK(decode() == 0);
		CHECK(event.packet.caplen == 54 && event.packet.len == 54);
	}
}

TEST(packet_of_any_length_decodes)
{
	for (uint16_t length = 0; length <= RECORD_PACKET_MAX; length++) {
		make_drop(AF_INET6, 0);
		record.packet_len = length;
		record.len = length;
		CHECK(decode() == 0);
		CHECK(event.packet.caplen == 14U + length);
		CHECK((event.packet.tcp_at != 0) == (length >= 60));
	}
}

TEST(retransmit_is_found_in_the_headroom)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		make_retransmit(families[i]);
		CHECK(decode() == 0);
		CHECK(!event.synthesized && !event.l2_absent && !event.checksum_partial);
		CHECK(event.packet.caplen == record.packet_len);
		CHECK(event.packet.len == record.packet_len + 100U);
		CHECK(memcmp(event.frame, record.packet, record.packet_len) == 0);
		CHECK(event.packet.payload_len == 100);
	}
}

TEST(retransmit_is_synthesized_if_the_headroom_differs)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		make_retransmit(families[i]);
		record.flow.seq = 7777;
		CHECK(decode() == 0);
		CHECK(event.synthesized && event.l2_absent && event.checksum_partial);
		CHECK(event.packet.seq == 7777 && event.packet.sport == 12345);
		CHECK(event.packet.caplen == (i ? 74 : 54));
		CHECK(event.packet.len == event.packet.caplen + 100);
		CHECK(event.packet.daddr[0] == (i ? 0xfe : 10));
	}
}

TEST(timestamp_and_ip_id_are_compared_if_flagged)
{
	make_retransmit(AF_INET);
	record.flow.ip_id = 2;
	CHECK(decode() == 0 && !event.synthesized);
	record.flags |= RECORD_HAS_IP_ID;
	CHECK(decode() == 0 && event.synthesized);
	record.flow.ip_id = 1;
	CHECK(decode() == 0 && !event.synthesized);
	record.packet[14 + 20 + 12] = 0x80;
	memcpy(record.packet + 54, (uint8_t[12]){ 1, 1, 8, 10, 0, 0, 0, 5 }, 12);
	record.packet_len = 66;
	put_payload_len(100);
	record.flow.tsval = 6;
	CHECK(decode() == 0 && !event.synthesized && event.packet.tsval == 5);
	record.flags |= RECORD_HAS_TSVAL;
	CHECK(decode() == 0 && event.synthesized);
}

TEST(headroom_of_another_length_is_not_used)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		make_retransmit(families[i]);
		record.flow.payload_len = 99;
		CHECK(decode() == 0 && event.synthesized);
		packet_put16(record.packet + (i ? 18 : 16), 0);
		CHECK(decode() == 0 && event.synthesized);
		put_payload_len(70000);
		CHECK(decode() == 0 && !event.synthesized);
		CHECK(event.length_clamped == (i == 1) && event.packet.payload_len == 70000);
	}
}

TEST(ipv6_length_of_a_large_segment_is_clamped)
{
	make_drop(AF_INET6, 14);
	packet_put16(record.packet + 14 + 4, 0);
	record.len = 14 + 40 + 70000;
	CHECK(decode() == 0);
	CHECK(event.length_clamped && packet_get16(event.frame + 18) == 65535);
	CHECK(event.packet.len == 14 + 40 + 70000);
	make_retransmit(AF_INET6);
	record.flow.seq++;
	record.flow.payload_len = 70000;
	CHECK(decode() == 0);
	CHECK(event.synthesized && event.length_clamped);
	CHECK(packet_get16(event.frame + 18) == 65535);
	CHECK(event.packet.payload_len == 70000);
}

TEST(other_ip_lengths_are_kept)
{
	make_drop(AF_INET6, 14);
	CHECK(decode() == 0);
	CHECK(!event.length_clamped && packet_get16(event.frame + 18) == 20);
	packet_put16(record.packet + 14 + 4, 65535);
	record.len = 14 + 40 + 70000;
	CHECK(decode() == 0);
	CHECK(!event.length_clamped && packet_get16(event.frame + 18) == 65535);
	make_drop(AF_INET, 14);
	packet_put16(record.packet + 14 + 2, 0);
	CHECK(decode() == 0);
	CHECK(!event.length_clamped && packet_get16(event.frame + 16) == 0);
}

/* The damage may be the reason of the drop. */
TEST(ipv6_length_of_a_small_packet_is_kept)
{
	make_drop(AF_INET6, 14);
	packet_put16(record.packet + 14 + 4, 0);
	CHECK(decode() == 0);
	CHECK(!event.length_clamped && packet_get16(event.frame + 18) == 0);
}

TEST(names_are_terminated)
{
	make_drop(AF_INET, 14);
	memset(record.cpu_comm, 'c', sizeof(record.cpu_comm));
	memset(record.ifname, 'i', sizeof(record.ifname));
	CHECK(decode() == 0);
	CHECK(strlen(event.cpu_comm) == sizeof(event.cpu_comm) - 1);
	CHECK(strlen(event.ifname) == sizeof(event.ifname) - 1);
}

TEST(stack_is_copied_whole)
{
	for (uint32_t depth = 0; depth <= RECORD_STACK_MAX; depth++) {
		make_drop(AF_INET, 14);
		for (uint32_t i = 0; i < depth; i++)
			record.stack[i] = 0xffffffff81000000 + i;
		record.stack_len = depth * 8;
		CHECK(decode_record(&record, RECORD_SIZE_NO_STACK + depth * 8, &event) == 0);
		CHECK(event.stack_depth == depth);
		CHECK(memcmp(event.stack, record.stack, depth * 8) == 0);
	}
}
