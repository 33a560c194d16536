// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_packets.h"

/* Packets that are equal are sent in the order of their events. */

static const struct story_packet equal = { .ipv6 = true, .seq = 1001, .len = 100, .ack = 5001 };

/*
 * Two equal packets within microseconds: the frame of the second one is that much later than the
 * first, and near to both events.
 */
static void send_twice(double apart_us, double late_us, double between_us, size_t sent[2])
{
	begin();
	show_clocks(apart_us);
	story_frame(201000 + apart_us + late_us, equal);
	story_frame(201000 + apart_us + late_us + between_us, equal);
	sent[0] = story_retransmit(201006, equal, PLAIN);
	sent[1] = story_retransmit(201015, equal, PLAIN);
}

TEST(equal_packets_are_sent_in_the_order_of_their_events)
{
	size_t sent[2];

	send_twice(0, 0, 8, sent);
	CHECK(story_result(sent[0]).matched_frame + 1 == story_result(sent[1]).matched_frame);
	IS(sent[1], "lost-beyond-host: sent before and not answered: frame 23 of w0, 15 us before");
	send_twice(400, 18, 8, sent);
	CHECK(story_result(sent[0]).matched_frame + 1 == story_result(sent[1]).matched_frame);
	CHECK(story_result(sent[1]).frame == 23);
	send_twice(0, 0, 0, sent);
	CHECK(story_result(sent[0]).matched_frame + 1 == story_result(sent[1]).matched_frame);
}

/* The second frame is nearest to the first event, but the first one is not that of the second. */
TEST(a_frame_that_is_given_up_stays_before_the_one_that_displaced_it)
{
	size_t first, second;

	begin();
	show_clocks(0);
	story_frame(209000, equal);
	story_frame(209970, equal);
	first = story_retransmit(210000, equal, PLAIN);
	second = story_retransmit(210500, equal, PLAIN);
	CHECK(story_result(first).matched_frame == 23);
	CHECK(story_result(second).matched_frame == 24);
	CHECK(story_result(second).has_frame && story_result(second).frame == 23);
}
