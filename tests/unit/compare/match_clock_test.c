// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "match_case.h"
#include "test.h"

/* The offset between the clocks: bounded by causality, zero where zero is possible. */

#define PLAIN ((struct story_event){ 0 })

static struct story_packet data(uint32_t number)
{
	return (struct story_packet){ .seq = 1001 + 100 * number,
				      .len = 100,
				      .ack = 5001,
				      .tsval = 10 + number,
				      .tsecr = 7,
				      .id = (uint16_t)(number + 1) };
}

static void begin(double clock_us)
{
	story_begin();
	story_clock(clock_us);
	story_covers(0, 1e7);
}

/* A retransmission which a qdisc holds for so long. */
static void send_again(uint32_t number, double us, double held_us)
{
	story_retransmit(us, data(number), PLAIN);
	story_frame(us + held_us - 5, data(number));
}

static void drop_input(uint32_t number, double us)
{
	struct story_packet packet = data(number);

	packet.from_server = true;
	story_frame(us - 3, packet);
	story_drop(us, "in", packet, PLAIN);
}

TEST(a_queue_is_no_offset)
{
	begin(0);
	for (uint32_t i = 0; i < 10; i++)
		send_again(i, 1e6 + 1e5 * i, 11000 + 137 * (i % 4));
	CHECK(story_offset().ns == 0);
}

/* A segment whose timestamp is that of its time. */
static struct story_packet stamped(uint32_t number, double us)
{
	struct story_packet packet = data(number);

	packet.tsval = (uint32_t)(us / 1000);
	return packet;
}

/* Each retransmission waits for 0.4 s and so much, but the first segment found an empty queue. */
static int64_t error_with_full_queue(double clock_us, double varies_us)
{
	begin(clock_us);
	story_frame(0.5e6, stamped(100, 0.5e6));
	for (uint32_t i = 0; i < 10; i++) {
		double us = 1e6 + 1e5 * i;

		story_retransmit(us, stamped(i, us), PLAIN);
		story_frame(us + 400000 + varies_us * (i % 4), stamped(i, us));
	}
	return llabs(story_offset().ns - (int64_t)(clock_us * 1000));
}

TEST(a_queue_that_is_never_empty_again_is_no_offset)
{
	CHECK(error_with_full_queue(0, 7000) == 0);
	CHECK(error_with_full_queue(-2.5e5, 7000) < 2000000);
	CHECK(error_with_full_queue(3e5, 7000) < 2000000);
	CHECK(error_with_full_queue(3.6e9, 7000) < 2000000);
	CHECK(error_with_full_queue(-3.6e9, 7000) < 2000000);
}

TEST(a_full_queue_that_holds_all_by_the_same_is_no_offset)
{
	CHECK(error_with_full_queue(0, 5) == 0);
	CHECK(error_with_full_queue(-3.6e9, 5) < 2000000);
	CHECK(error_with_full_queue(3.6e9, 5) < 2000000);
}

/* The wall clock of both captures is set, TCP's own clock is not. */
TEST(a_step_of_the_wall_clock_is_no_offset)
{
	begin(0);
	story_frame(0.5e6, stamped(100, 0.5e6));
	for (uint32_t i = 0; i < 10; i++) {
		double us = 1e6 + 1e5 * i;

		story_retransmit(us, stamped(i, us - 5e5), PLAIN);
		story_frame(us - 3 - i, stamped(i, us - 5e5));
	}
	CHECK(story_offset().ns == 0);
}

TEST(late_drops_are_no_offset)
{
	struct story_packet packet;

	begin(0);
	for (uint32_t i = 0; i < 10; i++) {
		packet = data(i);
		packet.from_server = true;
		story_frame(1e6 + 1e5 * i, packet);
		story_drop(1e6 + 1e5 * i + 1000 + 100 * i, "in", packet, PLAIN);
	}
	CHECK(story_offset().ns == 0);
}

static int64_t error_of(double clock_us)
{
	begin(clock_us);
	for (uint32_t i = 0; i < 10; i++) {
		send_again(i, 1e6 + 1e5 * i, i % 2 ? 0 : 300);
		drop_input(100 + i, 1.05e6 + 1e5 * i);
	}
	return llabs(story_offset().ns - (int64_t)(clock_us * 1000));
}

TEST(clocks_of_any_distance_are_measured_beside_a_queue)
{
	CHECK(error_of(100) < 10000 && error_of(-100) < 10000);
	CHECK(error_of(1000) < 10000 && error_of(-1000) < 10000);
	CHECK(error_of(3.6e9) < 10000 && error_of(-3.6e9) < 10000);
	CHECK(error_of(0) == 0);
}

TEST(a_clock_that_drifts_changes_no_verdict)
{
	size_t first, last;

	begin(0);
	for (uint32_t i = 0; i < 40; i++) {
		double us = 1e5 + 2e5 * i, ahead = us * 200e-6;

		story_frame(us - 5 + ahead, data(i));
		story_retransmit(us, data(i), PLAIN);
	}
	/* Each is dropped 3 us after its frame, and an ACK comes 100 us later. */
	story_frame(1.5e5 + 30, data(200));
	first = story_drop(1.5e5 + 3, "in", data(200), (struct story_event){ .netns = 2 });
	story_frame(7.95e6 + 1590, data(201));
	last = story_drop(7.95e6 + 3, "in", data(201), (struct story_event){ .netns = 2 });
	CHECK(llabs(story_result(first).before_us - 3) < 20);
	CHECK(llabs(story_result(last).before_us - 3) < 20);
	CHECK(llabs(story_offset().drift_ppb - 200000) < 5000);
}

/* The transmission and its drop, then the same again: as in a capture by another clock. */
static const char *verdict_of_clock(double clock_us)
{
	static const struct story_packet sent = {
		.seq = 900001, .len = 100, .ack = 5001, .tsval = 5, .id = 900
	};
	struct story_packet again = sent;
	size_t retransmit;

	begin(clock_us);
	for (uint32_t i = 0; i < 10; i++)
		drop_input(100 + i, 1.05e6 + 1e5 * i);
	story_frame(3e6 - 3, sent);
	story_drop(3e6, "in", sent, (struct story_event){ .netns = 2 });
	again.tsval = 6;
	again.id = 901;
	story_frame(3e6 + 75, again);
	retransmit = story_retransmit(3e6 + 80, again, PLAIN);
	return story_verdict(retransmit);
}

TEST(no_clock_changes_a_verdict)
{
	static const char verdict[] =
		"dropped-by-host: sent before, and dropped by this host: event 11";

	CHECK_STR(verdict_of_clock(0), verdict);
	CHECK_STR(verdict_of_clock(100), verdict);
	CHECK_STR(verdict_of_clock(-100), verdict);
	CHECK_STR(verdict_of_clock(1000), verdict);
	CHECK_STR(verdict_of_clock(-1000), verdict);
	CHECK_STR(verdict_of_clock(3.6e9), verdict);
	CHECK_STR(verdict_of_clock(-3.6e9), verdict);
}

TEST(drops_that_spread_a_little_are_those_of_another_clock)
{
	begin(-5000);
	for (uint32_t i = 0; i < 40; i++) {
		struct story_packet packet = data(i);

		packet.from_server = true;
		story_frame(1e6 + 1e5 * i, packet);
		story_drop(1e6 + 1e5 * i + 3 + i % 4 * (i % 5) * 8, "in", packet, PLAIN);
	}
	CHECK(llabs(story_offset().ns + 5000000) < 20000);
}

TEST(drops_of_one_moment_are_no_clock)
{
	begin(0);
	for (uint32_t i = 0; i < 14; i++) {
		struct story_packet packet = data(i);

		packet.from_server = true;
		story_frame(1e6 + 10 * i, packet);
		story_drop(1e6 + 10 * i + 110 + i % 3, "in", packet, PLAIN);
	}
	CHECK(story_offset().ns == 0);
}

/* So many packets, dropped a little later than they came. */
static void drop_late(uint32_t count, uint32_t least_us, uint32_t step_us)
{
	for (uint32_t i = 0; i < count; i++) {
		struct story_packet packet = data(i);

		packet.from_server = true;
		packet.id = 0;
		story_frame(1e6 + 1e4 * i, packet);
		story_drop(1e6 + 1e4 * i + least_us + step_us * (i % 10), "in", packet, PLAIN);
	}
}

TEST(a_drop_that_alone_was_not_late_is_the_bound)
{
	size_t drop;

	begin(3.6e9);
	drop_late(60, 100, 30);
	story_frame(2e6, data(200));
	drop = story_drop(2e6 + 4, "in", data(200), PLAIN);
	CHECK(llabs(story_offset().ns - 3600000000000) < 20000);
	CHECK(story_result(drop).verdict == VERDICT_DROPPED_AFTER_WIRE);
}

TEST(drops_that_would_be_older_than_their_frames_exclude_one_clock)
{
	begin(80);
	drop_late(60, 5, 10);
	CHECK(llabs(story_offset().ns - 80000) < 20000);
}

TEST(a_clock_of_drops_alone_is_the_reason)
{
	struct story_packet packet = data(300);
	size_t drop;

	packet.from_server = true;
	begin(3.6e9);
	drop_late(60, 100, 30);
	drop = story_drop(2e6, "in", packet, PLAIN);
	CHECK_STR(story_verdict(drop),
		  "unknown: not in w0, which covers its time: captured elsewhere, or with a "
		  "filter; only drops show how far the clocks are apart, and they may be late");
}

/* Each is on the wire twice, 45 us apart: which frame is the retransmission's has no mark. */
TEST(equal_frames_that_drops_exclude_are_no_clock)
{
	begin(-1400);
	for (uint32_t i = 0; i < 20; i++) {
		struct story_packet packet = data(i);

		packet.tsval = packet.tsecr = packet.id = 0;
		packet.ipv6 = true;
		story_frame(1e6 + 1e4 * i, packet);
		story_frame(1e6 + 1e4 * i + 45, packet);
		story_retransmit(1e6 + 1e4 * i + 48, packet, PLAIN);
		packet.from_server = true;
		packet.seq += 100000;
		story_frame(1e6 + 1e4 * i + 1000, packet);
		story_drop(1e6 + 1e4 * i + 1003, "in", packet, PLAIN);
	}
	CHECK(llabs(story_offset().ns + 1400000) < 10000);
}

static struct story_packet unmarked(uint32_t number)
{
	struct story_packet packet = data(number);

	packet.tsval = packet.tsecr = packet.id = 0;
	packet.ipv6 = true;
	return packet;
}

/* Nothing is sent again after an hour; by clocks that are nearer it may be. */
TEST(packets_of_one_moment_without_a_mark_are_a_clock_that_is_far_away)
{
	const double apart_us[] = { 3.6e9, 3e5 };

	for (size_t i = 0; i < 2; i++) {
		begin(apart_us[i]);
		for (uint32_t j = 0; j < 10; j++) {
			story_frame(1e6 + 1e3 * j, unmarked(j));
			story_retransmit(1e6 + 1e3 * j + 5, unmarked(j), PLAIN);
		}
		CHECK(story_offset().matches == (i ? 0 : 10));
	}
}

TEST(drops_whose_packets_all_came_twice_vote)
{
	begin(3.6e9);
	story_retransmit(5e5, unmarked(50), PLAIN);
	for (uint32_t i = 0; i < 10; i++) {
		struct story_packet packet = unmarked(i);

		packet.from_server = true;
		story_frame(1e6 + 1e5 * i, packet);
		story_drop(1e6 + 1e5 * i + 3, "in", packet, PLAIN);
		story_frame(1e6 + 1e5 * i + 5000 + 700 * i, packet);
	}
	CHECK(llabs(story_offset().ns - 3600000000000) < 20000);
}
