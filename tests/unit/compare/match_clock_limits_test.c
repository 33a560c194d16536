// SPDX-License-Identifier: GPL-2.0-or-later
/* Which differences between a frame and its event are an offset of the clocks; which are not. */
#include <stdlib.h>

#include "match_case.h"
#include "test.h"

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

static void begin(void)
{
	story_begin();
	story_covers(0, 3e7);
}

/* A retransmission, whose frame is so much later. */
static void send(uint32_t number, double later_us)
{
	double us = 1e6 + 1e5 * number;

	story_retransmit(us, data(number), PLAIN);
	story_frame(us + later_us, data(number));
}

/* A drop, whose frame is so much later. */
static void drop(uint32_t number, double later_us)
{
	struct story_packet packet = data(number);
	double us = 1e6 + 1e5 * number;

	packet.from_server = true;
	story_frame(us + later_us, packet);
	story_drop(us, "in", packet, PLAIN);
}

/* The offset of ten events, each with such a frame; every second one varies by so much. */
static int64_t offset_of(void (*add)(uint32_t number, double later_us), double later_us,
			 double varies_us)
{
	begin();
	for (uint32_t i = 0; i < 10; i++)
		add(i, later_us + (i & 1 ? varies_us : 0));
	return story_offset().ns;
}

static bool is_near(int64_t ns, int64_t want_ns)
{
	return llabs(ns - want_ns) <= 10000;
}

TEST(constant_delay_is_an_offset_from_250_us_on_and_of_drops_from_1_ms_on)
{
	CHECK(offset_of(send, 240, 0) == 0);
	CHECK(is_near(offset_of(send, 260, 0), 260000));
	CHECK(offset_of(drop, -990, 0) == 0);
	CHECK(is_near(offset_of(drop, -1010, 0), -1010000));
}

TEST(delay_that_varies_by_50_us_is_a_queue_up_to_200_ms)
{
	CHECK(is_near(offset_of(send, 1000, 45), 1000000));
	CHECK(offset_of(send, 1000, 60) == 0);
	CHECK(offset_of(send, 190e3, 5e3) == 0);
	CHECK(is_near(offset_of(send, 210e3, 5e3), 210000000));
	CHECK(offset_of(drop, -190e3, -5e3) == 0);
	CHECK(is_near(offset_of(drop, -210e3, 5e3), -205000000));
}

TEST(frame_is_at_most_50_us_before_its_retransmission)
{
	CHECK(offset_of(send, -45, 0) == 0);
	CHECK(offset_of(send, -60, 0) < -45000);
}

TEST(frame_after_its_drop_shows_an_offset_from_50_us_on)
{
	CHECK(offset_of(drop, 30, 0) == 0);
	CHECK(is_near(offset_of(drop, 60, 0), 60000));
}

/* An event without a mark has the nearer one of two frames, which is not sure to be its own. */
TEST(frames_farther_than_10_s_from_the_median_are_other_packets)
{
	begin();
	for (uint32_t i = 0; i < 10; i++)
		send(i, 1000);
	story_retransmit(14e6, data(10), PLAIN);
	story_frame(3e6, data(10));
	CHECK(is_near(story_offset().ns, 1000000));
}

TEST(frame_within_20_us_is_the_same_packet_at_another_device)
{
	struct story_packet packet = { .from_server = true, .seq = 5001, .len = 100, .ack = 1001 };

	for (int apart_us = 15; apart_us <= 25; apart_us += 10) {
		begin();
		for (uint32_t i = 0; i < 10; i++) {
			packet.tsval = packet.tsecr = 10 + i;
			packet.seq += 100;
			packet.ipv6 = true;
			story_frame(1e6 + 1e5 * i, packet);
			story_frame(1e6 + 1e5 * i + apart_us, packet);
			story_drop(1e6 + 1e5 * i + 40, "in", packet, PLAIN);
		}
		CHECK(story_offset().median_ns == (apart_us == 15 ? -40000 : -15000));
	}
}

/* No frame is after its drop: the drop that is the soonest after its frame is the bound. */
TEST(soonest_drop_and_not_the_usual_one_is_the_bound)
{
	begin();
	for (uint32_t i = 0; i < 10; i++)
		drop(i, i % 3 ? 600 : 1000);
	CHECK(is_near(story_offset().ns, 1000000));
}

/* Equal packets, each with an event and a frame: which frame is whose is unknown. */
TEST(packets_that_are_unique_are_preferred)
{
	struct story_packet equal = { .from_server = true, .seq = 5001, .len = 100, .ack = 1001 };

	begin();
	equal.tsval = equal.tsecr = 5;
	for (uint32_t i = 0; i < 4; i++) {
		send(i, 2000);
		story_frame(5e6 + 1e5 * i, equal);
		story_drop(5e6 + 1e5 * i + 300, "in", equal, PLAIN);
	}
	CHECK(story_offset().matches == 4 && is_near(story_offset().ns, 2000000));
}
