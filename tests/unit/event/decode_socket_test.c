// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "decode_case.h"
#include "test.h"

/* The socket of a record, and frames that are made from the socket. */

/* A segment that TCP is going to send: its bytes do not exist yet. */
static void make_sent(enum record_event kind, int family)
{
	record = (struct drop_record){
		.version = RECORD_VERSION,
		.event = (uint8_t)kind,
		.family = (uint8_t)family,
		.direction = RECORD_DIR_OUT,
		.sock = RECORD_SOCK_HOOK,
		.state = 1,
		.flags = RECORD_HAS_FLOW,
		.flow = { .saddr = { 192, 0, 2, 1 },
			  .daddr = { 198, 51, 100, 2 },
			  .sport = 443,
			  .dport = 50000,
			  .seq = 0xfffffff0,
			  .ack = 2000,
			  .window = 501,
			  .payload_len = 100,
			  .tcp_flags = TCP_ACK | TCP_PSH },
	};
}

/* Returns whether the frame was made from the flow. */
static bool is_flow(void)
{
	const struct record_flow *flow = &record.flow;
	const struct packet *packet = &decoded.packet;
	size_t address_len = record.family == AF_INET ? 4 : 16;

	return decoded.synthesized && decoded.l2_absent && decoded.checksum_partial &&
	       packet->family == record.family && packet->data == decoded.frame &&
	       memcmp(packet->saddr, flow->saddr, address_len) == 0 &&
	       memcmp(packet->daddr, flow->daddr, address_len) == 0 &&
	       packet->sport == flow->sport && packet->dport == flow->dport &&
	       packet->seq == flow->seq && packet->window == flow->window &&
	       packet->flags == flow->tcp_flags && packet->payload_len == flow->payload_len &&
	       packet->caplen == (record.family == AF_INET ? 54 : 74) &&
	       packet->len == packet->caplen + flow->payload_len;
}

TEST(probe_is_made_from_its_flow)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		make_sent(RECORD_TLP, families[i]);
		CHECK(decode() == 0);
		CHECK(decoded.kind == EVENT_TLP && decoded.direction == EVENT_OUT && is_flow());
		CHECK(decoded.packet.ack == 2000 && !decoded.length_clamped);
	}
}

TEST(reset_is_made_from_its_flow)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		make_sent(RECORD_RESET, families[i]);
		record.flow.payload_len = 0;
		record.flow.tcp_flags = TCP_RST | TCP_ACK;
		record.flags |= RECORD_HAS_REASON;
		record.reason = 3;
		CHECK(decode() == 0);
		CHECK(decoded.kind == EVENT_RESET && decoded.has_reason && decoded.reason == 3);
		CHECK(is_flow() && decoded.packet.ack == 2000);
		CHECK(decoded.packet.payload_len == 0 && !decoded.length_clamped);
	}
}

TEST(received_reset_has_its_direction)
{
	make_sent(RECORD_RESET, AF_INET6);
	record.direction = RECORD_DIR_IN;
	record.flow.payload_len = 0;
	record.flow.tcp_flags = TCP_RST;
	CHECK(decode() == 0);
	CHECK(decoded.direction == EVENT_IN && is_flow());
	CHECK(decoded.packet.ack == 0); /* a segment without ACK has none */
}

/* A reset in response to a segment that is not for any socket. */
TEST(reset_in_response_needs_no_socket)
{
	make_sent(RECORD_RESET, AF_INET);
	record.sock = RECORD_SOCK_NONE;
	record.state = 0;
	record.flow.payload_len = 0;
	record.flow.seq = 0;
	record.flow.window = 0;
	record.flow.tcp_flags = TCP_RST | TCP_ACK;
	CHECK(decode() == 0);
	CHECK(decoded.kind == EVENT_RESET && decoded.sock == EVENT_SOCK_NONE && decoded.state == 0);
	CHECK(is_flow() && decoded.packet.ack == 2000 && decoded.packet.seq == 0);
	CHECK(decoded.socket.address == 0 && decoded.owner.how == OWNER_UNKNOWN);
	CHECK(!decoded.tcp.has_flow && !decoded.tcp.has_memory && !decoded.tcp.has_retransmits);
}

TEST(owner_is_the_kernel_sides)
{
	static const enum owner_how hows[] = { OWNER_UNKNOWN, OWNER_OPENED, OWNER_CLOSED };

	make_sent(RECORD_RETRANSMIT, AF_INET);
	record.socket = (struct record_socket_id){ 0xffff888012345678, 0x0123456789abcdef };
	record.owner.pid = 812;
	memcpy(record.owner.comm, "nginx", 5);
	for (uint32_t how = RECORD_OWNER_NONE; how <= RECORD_OWNER_CLOSED; how++) {
		record.owner.how = how;
		CHECK(decode() == 0);
		CHECK(decoded.owner.how == hows[how] && decoded.owner.pid == 812);
		CHECK_STR(decoded.owner.comm, "nginx");
		CHECK(decoded.socket.address == 0xffff888012345678);
		CHECK(decoded.socket.flow == 0x0123456789abcdef);
	}
}

TEST(open_socket_is_decoded_as_the_iterator_writes_it)
{
	struct record_socket socket = {
		.id = { 0xffff888012345678, 0x0123456789abcdef },
		.owner = { .pid = 812, .comm = "0123456789abcdef" },
		.netns = 4026531840,
		.port = 443,
		.state = 10,
	};
	struct socket_holder holder;

	memset(&holder, 0xa5, sizeof(holder));
	decode_socket(&socket, &holder);
	CHECK(holder.id.address == 0xffff888012345678 && holder.id.flow == 0x0123456789abcdef);
	CHECK(holder.pid == 812 && holder.netns == 4026531840);
	CHECK(holder.port == 443 && holder.state == 10);
	CHECK_STR(holder.comm, "0123456789abcde");
}

TEST(drop_has_an_owner_too)
{
	make_sent(RECORD_DROP, AF_INET);
	record.socket.address = 1;
	record.owner = (struct record_owner){ 5, RECORD_OWNER_CLOSED, "curl" };
	record.flags |= RECORD_HAS_UID;
	record.uid = 33;
	CHECK(decode() == 0);
	CHECK(decoded.owner.how == OWNER_CLOSED && decoded.owner.pid == 5 && decoded.uid == 33);
	CHECK_STR(decoded.owner.comm, "curl");
}

TEST(flags_decide_which_fields_of_the_socket_are_valid)
{
	make_sent(RECORD_RETRANSMIT, AF_INET);
	CHECK(decode() == 0);
	CHECK(!decoded.has_uid && !decoded.has_cgroup && !decoded.not_accepted);
	record.uid = UINT32_MAX;
	record.cgroup_id = 0x100000001;
	record.flags |= RECORD_HAS_UID;
	CHECK(decode() == 0);
	CHECK(decoded.has_uid && decoded.uid == UINT32_MAX);
	CHECK(!decoded.has_cgroup && !decoded.not_accepted);
	record.flags = RECORD_HAS_CGROUP;
	CHECK(decode() == 0);
	CHECK(decoded.has_cgroup && decoded.cgroup_id == 0x100000001);
	CHECK(!decoded.has_uid && !decoded.not_accepted);
	record.flags = RECORD_NOT_ACCEPTED;
	CHECK(decode() == 0);
	CHECK(decoded.not_accepted && !decoded.has_uid && !decoded.has_cgroup);
}

TEST(flags_decide_which_fields_of_tcp_are_valid)
{
	make_sent(RECORD_RETRANSMIT, AF_INET);
	CHECK(decode() == 0);
	CHECK(!decoded.tcp.has_flow && !decoded.tcp.has_memory && !decoded.tcp.has_retransmits);
	record.flags = RECORD_HAS_TCP;
	CHECK(decode() == 0);
	CHECK(decoded.tcp.has_flow && !decoded.tcp.has_memory && !decoded.tcp.has_retransmits);
	record.flags = RECORD_HAS_MEMORY;
	CHECK(decode() == 0);
	CHECK(!decoded.tcp.has_flow && decoded.tcp.has_memory && !decoded.tcp.has_retransmits);
	record.flags = RECORD_HAS_RETRANSMITS;
	CHECK(decode() == 0);
	CHECK(!decoded.tcp.has_flow && !decoded.tcp.has_memory && decoded.tcp.has_retransmits);
}

/* All numbers differ, so that a mix-up is noticed. */
TEST(tcp_has_the_units_of_tcp_info)
{
	const struct event_tcp *tcp = &decoded.tcp;

	make_sent(RECORD_RETRANSMIT, AF_INET);
	record.tcp = (struct record_tcp){
		.bytes_acked = 0x100000001,
		.bytes_received = 0x200000002,
		.cwnd = 10,
		.ssthresh = 0x7fffffff,
		.srtt = 8007,
		.mdev = 4003,
		.rto = 51,
		.packets_out = 11,
		.retrans_out = 12,
		.lost_out = 13,
		.sacked_out = 14,
		.snd_wnd = 64256,
		.rcv_wnd = 65483,
		.total_retrans = 15,
		.rmem = 16,
		.rcvbuf = 17,
		.wmem = 18,
		.sndbuf = 19,
		.backlog = 20,
		.ca_state = 3,
		.pending = 5,
		.retransmits = 7,
		.cc = "cubic",
	};
	CHECK(decode() == 0);
	CHECK(tcp->srtt_us == 1000 && tcp->rttvar_us == 1000 && tcp->rto_ticks == 51);
	CHECK(tcp->bytes_acked == 0x100000001 && tcp->bytes_received == 0x200000002);
	CHECK(tcp->cwnd == 10 && tcp->ssthresh == 0x7fffffff);
	CHECK(tcp->packets_out == 11 && tcp->retrans_out == 12 && tcp->lost_out == 13);
	CHECK(tcp->sacked_out == 14 && tcp->snd_wnd == 64256 && tcp->rcv_wnd == 65483);
	CHECK(tcp->total_retrans == 15 && tcp->rmem == 16 && tcp->rcvbuf == 17);
	CHECK(tcp->wmem == 18 && tcp->sndbuf == 19 && tcp->backlog == 20);
	CHECK(tcp->ca_state == 3 && tcp->pending == 5 && tcp->retransmits == 7);
	CHECK_STR(tcp->cc, "cubic");
	record.tcp.srtt = record.tcp.mdev = UINT32_MAX;
	CHECK(decode() == 0);
	CHECK(tcp->srtt_us == UINT32_MAX / 8 && tcp->rttvar_us == UINT32_MAX / 4);
}

TEST(names_of_the_socket_are_terminated)
{
	make_sent(RECORD_RETRANSMIT, AF_INET);
	memset(record.owner.comm, 'o', sizeof(record.owner.comm));
	memset(record.tcp.cc, 'c', sizeof(record.tcp.cc));
	CHECK(decode() == 0);
	CHECK(strlen(decoded.owner.comm) == sizeof(decoded.owner.comm) - 1);
	CHECK(strlen(decoded.tcp.cc) == sizeof(decoded.tcp.cc) - 1);
}
