// SPDX-License-Identifier: GPL-2.0-or-later
#include "compare/frame_order.h"
#include "test.h"

#define WINDOW 1000

static struct frame_order *order;
static char given[4096];

static void begin(size_t frames_max)
{
	frame_order_free(order);
	order = frame_order_new(WINDOW, frames_max);
	given[0] = '\0';
}

static void take(bool all)
{
	struct wire_frame frame;

	while (frame_order_take(order, all, &frame))
		snprintf(given + strlen(given), sizeof(given) - strlen(given), "%llu@%llu ",
			 (unsigned long long)frame.number, (unsigned long long)frame.timestamp_ns);
}

/* Adds frames with these times, numbered from 1, up to a time of 0, and takes what it can. */
static void add(const uint64_t *times)
{
	for (uint64_t i = 0; times[i]; i++) {
		struct packet packet = { .seq = (uint32_t)times[i] };
		struct wire_frame frame = { i + 1, times[i], &packet };

		CHECK(frame_order_add(order, &frame) == 0);
		take(false);
	}
}

TEST(frames_are_held_until_a_later_one_comes)
{
	begin(100);
	add((uint64_t[]){ 1, 2, 1001, 0 });
	CHECK_STR(given, "");
	add((uint64_t[]){ 1002, 0 });
	CHECK_STR(given, "1@1 ");
	take(true);
	CHECK_STR(given, "1@1 2@2 3@1001 1@1002 ");
}

TEST(late_frames_are_put_into_their_place)
{
	begin(100);
	add((uint64_t[]){ 500, 900, 100, 700, 1400, 950, 400, 1500, 0 });
	take(true);
	CHECK_STR(given, "3@100 7@400 1@500 4@700 2@900 6@950 5@1400 8@1500 ");
	CHECK(frame_order_late(order) == 0);
}

TEST(frames_of_one_time_keep_the_order_of_the_file)
{
	begin(100);
	add((uint64_t[]){ 7, 9, 7, 7, 9, 0 });
	take(true);
	CHECK_STR(given, "1@7 3@7 4@7 2@9 5@9 ");
}

TEST(frame_that_is_later_than_the_window_is_counted)
{
	begin(100);
	add((uint64_t[]){ 1000, 3000, 999, 1000, 0 });
	take(true);
	CHECK_STR(given, "1@1000 4@1000 2@3000 ");
	CHECK(frame_order_late(order) == 1);
}

TEST(number_of_held_frames_is_bounded)
{
	begin(2);
	add((uint64_t[]){ 10, 20, 15, 30, 5, 40, 0 });
	take(true);
	CHECK_STR(given, "1@10 3@15 2@20 4@30 6@40 ");
	CHECK(frame_order_late(order) == 1);
}

TEST(frame_of_the_far_future_does_not_end_the_order)
{
	begin(100);
	add((uint64_t[]){ 1000, UINT64_MAX, 1001, 1003, 1002, 0 });
	take(true);
	CHECK_STR(given, "1@1000 3@1001 4@1003 2@18446744073709551615 ");
	CHECK(frame_order_late(order) == 1);
}

/*
 * The ring of frames that came in order is full when its first frame is not at its start: 1,001
 * frames are held, of at most 1,024, until more come at once.
 */
TEST(packets_are_kept_in_a_growing_ring)
{
	uint32_t next = 1, time = 1;

	begin(100000);
	for (uint32_t step = 1; step < 140; step++) {
		for (uint32_t i = 0; i < (step < 100 ? 20 : 100); i++, time++) {
			struct packet packet = { .seq = time, .sack_count = time % 2 };
			struct wire_frame frame = { time, time, &packet };

			packet.sack[0].end = time + 7;
			CHECK(frame_order_add(order, &frame) == 0);
		}
		for (struct wire_frame frame; frame_order_take(order, step == 139, &frame); next++)
			CHECK(frame.number == next && frame.packet->seq == next &&
			      (!frame.packet->sack_count || frame.packet->sack[0].end == next + 7));
	}
	CHECK(next == time);
	frame_order_free(order);
	order = NULL;
}
