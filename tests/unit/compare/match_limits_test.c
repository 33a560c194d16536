// SPDX-License-Identifier: GPL-2.0-or-later
/* Files made to be slow, or whose times are at the limits; what is usual is in match_test.c. */
#include <time.h>

#include "match_case.h"
#include "test.h"

#define IS(event, text) CHECK_STR(story_verdict(event), text)
#define PACKET(...)	((struct story_packet){ __VA_ARGS__ })
#define WITH(...)	((struct story_event){ __VA_ARGS__ })
#define PLAIN		((struct story_event){ 0 })
#define MANY		100000
#define SECONDS_MAX	5 /* these take 0.3 s at most; quadratic, they took 30 s and more */

static double seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

TEST(drops_of_one_repeated_segment_take_linear_time)
{
	struct story_packet same = { .ipv6 = true, .seq = 1001, .len = 100, .ack = 5001 };
	double start = seconds();
	size_t last = 0;

	story_begin();
	story_covers(0, 1e7);
	for (int i = 0; i < MANY; i++)
		last = story_drop(1000 + i, "in", same, PLAIN);
	story_frame(1000 + MANY, same);
	IS(last, "dropped-after-wire: frame 3 of w0, 1 us after");
	CHECK(seconds() - start < SECONDS_MAX);
}

TEST(frames_and_drops_of_one_repeated_segment_take_linear_time)
{
	struct story_packet same = { .ipv6 = true, .seq = 1001, .len = 100, .ack = 5001 };
	double start = seconds();
	size_t last = 0;

	story_begin();
	story_covers(0, 1e7);
	for (int i = 0; i < MANY; i++) {
		story_frame(1000 + i * 10, same);
		last = story_drop(1003 + i * 10, "in", same, PLAIN);
	}
	CHECK(story_result(last).verdict == VERDICT_DROPPED_AFTER_WIRE);
	CHECK(seconds() - start < SECONDS_MAX);
}

TEST(frames_of_one_repeated_segment_take_linear_time)
{
	struct story_packet same = { .seq = 1001, .len = 100, .ack = 5001, .id = 7 };
	double start = seconds();
	size_t last = 0;

	story_begin();
	story_covers(0, 1e7);
	for (int i = 0; i < MANY; i++) {
		last = story_retransmit(1000 + i * 10, same, PLAIN);
		story_frame(1000 + i * 10 - 1, same);
	}
	CHECK(story_result(last).verdict != VERDICT_COUNT);
	CHECK(seconds() - start < SECONDS_MAX);
}

TEST(drops_in_another_namespace_take_linear_time)
{
	struct story_packet same = { .ipv6 = true, .seq = 1001, .len = 100, .ack = 5001 };
	double start = seconds();
	size_t retransmit;

	story_begin();
	story_covers(0, 1e7);
	for (int i = 0; i < MANY / 2; i++) {
		story_drop(1000 + i, "out", same, WITH(.netns = 2));
		story_retransmit(1e6 + i, same, PLAIN);
	}
	retransmit = story_retransmit(2e6, same, PLAIN);
	CHECK(story_result(retransmit).verdict == VERDICT_UNKNOWN);
	CHECK(seconds() - start < SECONDS_MAX);
}

/* Each is before those that wait for an ACK already. */
TEST(unanswered_retransmissions_in_descending_order_take_n_log_n)
{
	struct story_packet sent = { .ack = 5001, .tsval = 200, .len = 100 };
	struct story_packet first = { .seq = 1000, .len = 65000, .ack = 5001, .tsval = 10 };
	double start = seconds();
	size_t events[MANY];

	story_begin();
	story_covers(0, 1e7);
	for (uint32_t i = 0; i < MANY * 100U / 65000 + 1; i++, first.seq += 65000)
		story_frame(900, first);
	for (uint32_t i = 0; i < MANY; i++) {
		sent.seq = 1000 + 100 * (MANY - 1 - i);
		sent.id = (uint16_t)(i + 1);
		events[i] = story_retransmit(1e6 + i, sent, WITH(.err = "EBUSY"));
	}
	/* The ACK covers the second half of them, which are the first half of the data. */
	story_frame(2e6, PACKET(.from_server = true, .seq = 5001, .ack = 1000 + 100 * (MANY / 2),
				.tsval = 9, .tsecr = 10));
	CHECK(story_result(events[MANY / 2 - 1]).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(events[MANY / 2]).verdict == VERDICT_SPURIOUS);
	CHECK(seconds() - start < SECONDS_MAX);
}

TEST(duplicate_sacks_of_one_repeated_segment_take_linear_time)
{
	struct story_packet sent = { .seq = 1001, .len = 100, .ack = 5001 };
	struct story_packet dsack = {
		.from_server = true, .seq = 5001, .ack = 1001, .sack = { 1001, 1101, 901, 1201 }
	};
	struct story_packet clock = { .from_server = true, .seq = 5001, .ack = 901, .id = 1 };
	double start = seconds();
	size_t last = 0;

	story_begin();
	story_covers(0, 1e7);
	story_frame(800, clock);
	story_drop(803, "in", clock, WITH(.reason = "SOCKET_BACKLOG"));
	story_frame(900, PACKET(.seq = 1001, .len = 100, .ack = 5001, .tsval = 1));
	for (int i = 0; i < MANY / 2; i++) {
		last = story_retransmit(1000 + 10 * i, sent, WITH(.err = "EBUSY"));
		story_frame(1005 + 10 * i, dsack);
		story_retransmit(9e6 + i, sent, WITH(.err = "EBUSY"));
	}
	CHECK(story_result(last).verdict == VERDICT_SPURIOUS);
	CHECK(seconds() - start < SECONDS_MAX);
}

/* Segments of 64 KiB, each with the first bytes of 60,000 events. */
TEST(a_frame_is_compared_with_a_bounded_number_of_events)
{
	struct story_packet large = { .seq = 1000, .len = 65000, .ack = 5001, .tsval = 10 };
	double start = seconds();
	size_t first = 0, last = 0;

	story_begin();
	story_covers(0, 1e7);
	for (uint32_t i = 0; i < 60000; i++) {
		last = story_retransmit(5e6 + i, PACKET(.seq = 1000 + i, .len = 1, .ack = 5001),
					WITH(.err = "EBUSY"));
		first = i ? first : last;
		story_frame(1000 + i, large);
	}
	CHECK(story_result(first).verdict == VERDICT_LOST_BEYOND_HOST);
	IS(last, "unknown: not in w0, but 60000 of its packets overlap more events than one packet "
		 "is compared with");
	CHECK(seconds() - start < SECONDS_MAX);
}

TEST(clocks_half_of_all_time_apart_are_measured)
{
	struct story_packet packet = { .seq = 1001, .len = 100, .ack = 5001, .id = 1 };
	size_t drop;

	story_begin();
	story_epochs(1ULL << 63, 5);
	story_frame(0, packet);
	drop = story_drop(0, "in", packet, PLAIN);
	CHECK(story_offset().ns == 3005 - INT64_MAX - 1 && story_offset().matches == 1);
	IS(drop, "dropped-after-wire: frame 1 of w0, 3 us before");
}

TEST(clocks_that_are_farther_apart_than_an_offset_can_say_do_not_match)
{
	struct story_packet packet = { .seq = 1001, .len = 100, .ack = 5001, .id = 1 };
	size_t drop;

	story_begin();
	story_epochs(UINT64_MAX - 1000000000, 0);
	story_frame(0, packet);
	story_frame(1000, packet);
	drop = story_drop(0, "out", packet, PLAIN);
	CHECK(story_offset().ns == 3000 - INT64_MAX);
	IS(drop, "unknown: outside the time that the wire captures cover");

	story_begin();
	story_epochs(0, UINT64_MAX - 1000000000);
	story_frame(0, packet);
	drop = story_drop(0, "out", packet, PLAIN);
	CHECK(story_offset().ns == INT64_MAX - 1);
	IS(drop, "unknown: outside the time that the wire captures cover");
}

/* The second event has the last timestamp that a file can hold. */
TEST(an_event_at_the_end_of_all_time_is_not_forgotten)
{
	struct story_packet packet = { .seq = 1001, .len = 100, .ack = 5001, .id = 1 };
	size_t drop, retransmit;

	story_begin();
	story_epochs(UINT64_MAX - 1000000, UINT64_MAX - 1000000);
	story_frame(0, packet);
	drop = story_drop(0, "out", packet, PLAIN);
	retransmit = story_retransmit(1000, PACKET(.seq = 1001, .len = 100, .ack = 5001, .id = 2),
				      PLAIN);
	IS(drop, "dropped-after-wire: frame 1 of w0, 0 us before");
	IS(retransmit, "dropped-by-host: sent before, and dropped by this host: event 1");
}
