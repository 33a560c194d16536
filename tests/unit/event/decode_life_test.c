// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "bpf/record.h"
#include "event/decode.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Records of changes of state and of connections that have ended. */

static struct drop_record record;
static struct drop_event event;

static int decode(void)
{
	memset(&event, 0xa5, sizeof(event));
	return decode_record(&record, RECORD_SIZE_NO_STACK, &event);
}

static void make_change(enum record_event kind, int family)
{
	record = (struct drop_record){
		.version = RECORD_VERSION,
		.event = (uint8_t)kind,
		.family = (uint8_t)family,
		.sock = RECORD_SOCK_HOOK,
		.state = 7,
		.flags = RECORD_HAS_FLOW,
		.flow = { .saddr = { 192, 0, 2, 1 },
			  .daddr = { 198, 51, 100, 2 },
			  .sport = 443,
			  .dport = 50000,
			  .seq = 0xfffffff0,
			  .window = 501 },
		.life = { .birth_ns = 1,
			  .unnoted_ns = 2,
			  .drops = 3,
			  .min_rtt_us = 4,
			  .rto_time_ms = 5,
			  .rto_count = 6,
			  .err = 110,
			  .err_soft = 113,
			  .old_state = 9,
			  .opened = RECORD_OPENED_PASSIVE },
	};
}

TEST(change_has_a_frame_of_its_socket_without_flags)
{
	static const int families[] = { AF_INET, AF_INET6 };
	static const enum record_event kinds[] = { RECORD_STATE, RECORD_LIFE };

	for (int i = 0; i < 4; i++) {
		make_change(kinds[i / 2], families[i % 2]);
		CHECK(decode() == 0);
		CHECK(event.kind == (i / 2 ? EVENT_LIFE : EVENT_STATE));
		CHECK(event.direction == EVENT_DIR_UNKNOWN && event.synthesized);
		CHECK(event.l2_absent && event.packet.family == families[i % 2]);
		CHECK(event.packet.sport == 443 && event.packet.dport == 50000);
		CHECK(event.packet.flags == 0 && event.packet.ack == 0);
		CHECK(event.packet.seq == 0xfffffff0 && event.packet.payload_len == 0);
		CHECK(event.state == 7 && event.old_state == 9);
	}
}

TEST(only_a_life_has_a_life)
{
	make_change(RECORD_STATE, AF_INET);
	CHECK(decode() == 0 && event.life.birth_ns == 0 && event.life.end.err == 0);
	make_change(RECORD_LIFE, AF_INET);
	CHECK(decode() == 0);
	CHECK(event.life.birth_ns == 1 && event.life.unnoted_ns == 2 && event.life.drops == 3);
	CHECK(event.life.min_rtt_us == 4 && event.life.rto_time_ms == 5);
	CHECK(event.life.rto_count == 6 && event.life.opened == OPENED_PASSIVE);
	CHECK(event.life.end.err == 110 && event.life.end.err_soft == 113);
	make_change(RECORD_RETRANSMIT, AF_INET);
	memset(&record.life, 0, sizeof(record.life));
	CHECK(decode() == 0 && event.life.birth_ns == 0 && event.old_state == 0);
}

TEST(flags_decide_which_values_of_a_life_are_valid)
{
	make_change(RECORD_LIFE, AF_INET);
	CHECK(decode() == 0 && !event.life.has_drops && !event.life.has_rto);
	CHECK(event.life.has_min_rtt);
	record.flags |= RECORD_HAS_DROPS | RECORD_HAS_RTO_TIME;
	record.life.min_rtt_us = UINT32_MAX;
	CHECK(decode() == 0 && event.life.has_drops && event.life.has_rto);
	CHECK(!event.life.has_min_rtt);
}

TEST(each_bit_of_the_end_has_its_member)
{
	static const struct life_end ends[] = {
		{ .in_call = true },	   { .no_process = true }, { .closed = true },
		{ .fin_received = true },  { .all_acked = true },  { .no_fin_wait2 = true },
		{ .read_shutdown = true }, { .repair = true },
	};

	for (size_t i = 0; i < COUNT(ends); i++) {
		const struct life_end *end = &event.life.end, *want = &ends[i];

		make_change(RECORD_LIFE, AF_INET);
		record.life.end = (uint8_t)(1 << i);
		CHECK(decode() == 0);
		CHECK(end->in_call == want->in_call && end->no_process == want->no_process);
		CHECK(end->closed == want->closed && end->fin_received == want->fin_received);
		CHECK(end->all_acked == want->all_acked);
		CHECK(end->no_fin_wait2 == want->no_fin_wait2);
		CHECK(end->read_shutdown == want->read_shutdown && end->repair == want->repair);
	}
}

TEST(change_with_a_packet_or_an_unknown_opening_is_refused)
{
	make_change(RECORD_LIFE, AF_INET);
	record.life.opened = RECORD_OPENED_END;
	CHECK(decode() == -EINVAL);
	make_change(RECORD_STATE, AF_INET);
	record.packet_len = 40;
	CHECK(decode() == -EINVAL);
	make_change(RECORD_DROP, AF_INET);
	record.packet_len = 40;
	record.len = 40;
	memset(record.packet, 0xff, sizeof(record.packet));
	CHECK(decode() == 0);
}
