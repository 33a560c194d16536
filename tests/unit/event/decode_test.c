// SPDX-License-Identifier: GPL-2.0-or-later
/* The numbers of a record and the frame of a drop; decode_retransmit_test.c has retransmissions. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "bpf/outside_record.h"
#include "decode_case.h"
#include "test.h"

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
	CHECK(decoded.kind == EVENT_DROP && decoded.sock == EVENT_SOCK_RX_SK);
	CHECK(decoded.direction == EVENT_IN && decoded.boottime_ns == 1234567890123);
	CHECK(decoded.location == 0xffffffff81234567 && decoded.skb == 0xffff888012345678);
	CHECK(decoded.lost_on_cpu == 3 && decoded.cpu == 5 && decoded.cpu_pid == 812);
	CHECK(decoded.netns == 4026531840 && decoded.ifindex == 2);
	CHECK(decoded.state == 1 && decoded.pkt_type == 3 && decoded.segs == 7);
	CHECK_STR(decoded.cpu_comm, "nginx");
	CHECK_STR(decoded.ifname, "eth0");
	CHECK(decoded.stack_depth == 0 && !decoded.synthesized && !decoded.l2_absent);
	CHECK(!decoded.length_clamped);
}

TEST(flags_decide_which_numbers_are_valid)
{
	make_drop(AF_INET, 14);
	record.reason = 6;
	record.queue = 9;
	record.err = -105;
	CHECK(decode() == 0);
	CHECK(!decoded.has_reason && !decoded.has_queue && !decoded.has_err &&
	      !decoded.checksum_partial);
	record.flags = RECORD_HAS_REASON | RECORD_HAS_QUEUE | RECORD_HAS_ERR | RECORD_CSUM_PARTIAL;
	CHECK(decode() == 0);
	CHECK(decoded.has_reason && decoded.reason == 6);
	CHECK(decoded.has_queue && decoded.queue == 9);
	CHECK(decoded.has_err && decoded.err == -105);
	CHECK(decoded.checksum_partial);
}

TEST(cause_and_queues_of_a_listener)
{
	make_drop(AF_INET, 14);
	record.tcp.queues = (struct record_queues){ 129, 128, 7 };
	CHECK(decode() == 0 && !decoded.queues.known && !decoded.queues.syn_queue);
	CHECK(decoded.cause == CAUSE_NONE);
	record.flags = RECORD_HAS_QUEUES;
	record.cause = RECORD_CAUSE_LISTEN_OVERFLOW;
	CHECK(decode() == 0 && decoded.cause == CAUSE_LISTEN_OVERFLOW);
	CHECK(decoded.queues.known && decoded.queues.accept_queue == 129 &&
	      decoded.queues.accept_queue_max == 128 && decoded.queues.syn_queue == 7);
	record.cause = RECORD_CAUSE_SYN_QUEUE_FULL;
	CHECK(decode() == 0 && decoded.cause == CAUSE_SYN_QUEUE_FULL);
	record.cause = RECORD_CAUSE_LISTEN_DROP;
	CHECK(decode() == 0 && decoded.cause == CAUSE_LISTEN_DROP);
	record.cause = RECORD_CAUSE_END;
	CHECK(decode() == -EINVAL);
}

TEST(subflow_of_mptcp)
{
	make_drop(AF_INET, 14);
	record.mptcp = (struct record_mptcp){ 0x8935f5c9, -1, 255, 0 };
	CHECK(decode() == 0 && !decoded.mptcp.token);
	record.flags = RECORD_HAS_MPTCP;
	CHECK(decode() == 0 && decoded.mptcp.token == 0x8935f5c9);
	CHECK(decoded.mptcp.local_id == -1 && decoded.mptcp.remote_id == 255);
}

TEST(queue_discipline_of_a_drop)
{
	make_drop(AF_INET, 14);
	record.qdisc = (struct record_qdisc){ "a kind of 15...", 0x70000, 0x10002, 196610, 3, 0 };
	CHECK(decode() == 0 && !decoded.qdisc.known && !decoded.qdisc.has_reason);
	CHECK(!decoded.qdisc.kind[0] && !decoded.qdisc.handle);
	record.flags = RECORD_HAS_QDISC;
	memset(record.qdisc.kind, 'k', sizeof(record.qdisc.kind));
	CHECK(decode() == 0 && decoded.qdisc.known && !decoded.qdisc.has_reason);
	CHECK_STR(decoded.qdisc.kind, "kkkkkkkkkkkkkkk");
	CHECK(decoded.qdisc.handle == 0x70000 && decoded.qdisc.parent == 0x10002 &&
	      decoded.qdisc.tx_queue == 3);
	record.flags = RECORD_HAS_QDISC_REASON;
	CHECK(decode() == 0 && !decoded.qdisc.known && decoded.qdisc.has_reason &&
	      decoded.qdisc.reason == 196610);
}

TEST(each_kind_socket_and_direction_has_its_twin)
{
	make_retransmit(AF_INET);
	CHECK(decode() == 0 && decoded.kind == EVENT_RETRANSMIT);
	record.event = RECORD_SYNACK;
	CHECK(decode() == 0 && decoded.kind == EVENT_SYNACK);
	record.sock = RECORD_SOCK_NONE;
	CHECK(decode() == 0 && decoded.sock == EVENT_SOCK_NONE);
	record.sock = RECORD_SOCK_SKB;
	CHECK(decode() == 0 && decoded.sock == EVENT_SOCK_SKB);
	record.sock = RECORD_SOCK_HOOK;
	CHECK(decode() == 0 && decoded.sock == EVENT_SOCK_HOOK);
	record.sock = RECORD_SOCK_STACK;
	CHECK(decode() == 0 && decoded.sock == EVENT_SOCK_STACK);
	record.direction = RECORD_DIR_UNKNOWN;
	CHECK(decode() == 0 && decoded.direction == EVENT_DIR_UNKNOWN);
	record.direction = RECORD_DIR_OUT;
	CHECK(decode() == 0 && decoded.direction == EVENT_OUT);
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
		CHECK((unsigned int)decoded.kind < EVENT_KIND_COUNT);
		CHECK(decoded.packet.data == decoded.frame);
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
		CHECK(decoded.packet.data == decoded.frame && !decoded.l2_absent);
		CHECK(decoded.packet.caplen == record.packet_len &&
		      decoded.packet.len == record.len);
		CHECK(memcmp(decoded.frame, record.packet, record.packet_len) == 0);
		CHECK(decoded.packet.family == families[i] && decoded.packet.sport == 12345);
		CHECK(decoded.packet.payload_len == 1000);
	}
}

TEST(missing_mac_header_is_zero)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		make_drop(families[i], 0);
		record.len += 5;
		CHECK(decode() == 0);
		CHECK(decoded.l2_absent && decoded.packet.family == families[i]);
		CHECK(memcmp(decoded.frame, (uint8_t[12]){ 0 }, 12) == 0);
		CHECK(packet_get16(decoded.frame + 12) == (i ? 0x86dd : 0x0800));
		CHECK(memcmp(decoded.frame + 14, record.packet, record.packet_len) == 0);
		CHECK(decoded.packet.caplen == 14U + record.packet_len);
		CHECK(decoded.packet.len == 14U + record.len);
	}
}

TEST(other_mac_headers_are_replaced)
{
	static const uint16_t lengths[] = { 1, 4, 13, 15, 18, 22 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		make_drop(AF_INET, lengths[i]);
		CHECK(decode() == 0);
		CHECK(decoded.l2_absent && decoded.packet.sport == 12345);
		CHECK(decoded.packet.caplen == 54 && decoded.packet.len == 54);
		CHECK(memcmp(decoded.frame, (uint8_t[12]){ 0 }, 12) == 0);
	}
	make_drop(AF_INET, 14);
	packet_put16(record.packet + 12, 0x8100);
	CHECK(decode() == 0);
	CHECK(decoded.l2_absent && decoded.packet.sport == 12345 && decoded.frame[0] == 0);
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
		CHECK(decode() == 0 && !decoded.l2_absent);
		CHECK(memcmp(decoded.frame, record.packet, 12) == 0);
		CHECK(packet_get32(decoded.frame + 12) == 0x88a86005);
		CHECK(packet_get16(decoded.frame + 16) == (i ? 0x86dd : 0x0800));
		CHECK(decoded.packet.ip_at == 18 && decoded.packet.tcp_at == 18U + (i ? 40 : 20));
		CHECK(decoded.packet.caplen == record.packet_len + 4U);
		CHECK(decoded.packet.len == record.len + 4);
		CHECK(decoded.packet.payload_len == 100 && decoded.packet.dport == 443);
	}
	make_drop(AF_INET, 18); /* a tag is in the MAC header already */
	record.flags = RECORD_HAS_VLAN;
	record.vlan_proto = 0x88a8;
	record.vlan_tci = 5;
	packet_put32(record.packet + 12, 0x81000006);
	packet_put16(record.packet + 16, 0x0800);
	CHECK(decode() == 0 && !decoded.l2_absent && decoded.packet.ip_at == 22);
	CHECK(packet_get32(decoded.frame + 12) == 0x88a80005);
	CHECK(packet_get32(decoded.frame + 16) == 0x81000006);
	CHECK(decoded.packet.vlan_count == 2 && decoded.packet.vlans[0] == 5);
	packet_put16(record.packet + 12, 0x8847); /* the header of a device before this one */
	CHECK(decode() == 0 && decoded.l2_absent && decoded.packet.ip_at == 18);
	make_drop(AF_INET, 14);
	record.flags = 0; /* the fields are not a tag then */
	CHECK(decode() == 0 && decoded.packet.ip_at == 14);
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
	CHECK(decode() == 0 && decoded.synthesized && decoded.l2_absent);
	CHECK(decoded.packet.family == AF_INET6 && decoded.packet.tcp_at == 54);
	CHECK(memcmp(decoded.packet.saddr, sender, 16) == 0);
	CHECK(memcmp(decoded.packet.daddr, receiver, 16) == 0);
	CHECK(decoded.packet.sport == 12345 && decoded.packet.seq == 1000);
	CHECK(decoded.packet.payload_len == 100 && decoded.packet.len == 174);
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
		CHECK(decoded.packet.caplen == 54 && decoded.packet.len == 54);
	}
}

TEST(packet_of_any_length_decodes)
{
	for (uint16_t length = 0; length <= RECORD_PACKET_MAX; length++) {
		make_drop(AF_INET6, 0);
		record.packet_len = length;
		record.len = length;
		CHECK(decode() == 0);
		CHECK(decoded.packet.caplen == 14U + length);
		CHECK((decoded.packet.tcp_at != 0) == (length >= 60));
	}
}

TEST(names_are_terminated)
{
	make_drop(AF_INET, 14);
	memset(record.cpu_comm, 'c', sizeof(record.cpu_comm));
	memset(record.ifname, 'i', sizeof(record.ifname));
	CHECK(decode() == 0);
	CHECK(strlen(decoded.cpu_comm) == sizeof(decoded.cpu_comm) - 1);
	CHECK(strlen(decoded.ifname) == sizeof(decoded.ifname) - 1);
}

TEST(stack_is_copied_whole)
{
	for (uint32_t depth = 0; depth <= RECORD_STACK_MAX; depth++) {
		make_drop(AF_INET, 14);
		for (uint32_t i = 0; i < depth; i++)
			record.stack[i] = 0xffffffff81000000 + i;
		record.stack_len = depth * 8;
		CHECK(decode_record(&record, RECORD_SIZE_NO_STACK + depth * 8, &decoded) == 0);
		CHECK(decoded.stack_depth == depth);
		CHECK(memcmp(decoded.stack, record.stack, depth * 8) == 0);
	}
}

TEST(a_count_outside_of_skbs_has_its_device_and_no_unknown_kind)
{
	struct record_outside_key key = { .netns = 7, .kind = RECORD_OUTSIDE_REDIRECT };
	struct record_outside counted = { .packets = 3 };
	struct outside_count count;

	memset(counted.ifname, 'x', sizeof(counted.ifname)); /* without a NUL */
	CHECK(decode_outside(&key, &counted, &count) == 0);
	CHECK(count.kind == OUTSIDE_XDP_REDIRECT && count.netns == 7 && count.packets == 3);
	CHECK(strlen(count.ifname) == sizeof(count.ifname) - 1);
	key.kind = RECORD_OUTSIDE_END;
	CHECK(decode_outside(&key, &counted, &count) == -EBADMSG);
}
