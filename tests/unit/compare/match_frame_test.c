// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_packets.h"

TEST(the_last_transmission_before_the_event_counts)
{
	size_t first, second;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	first = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(601000, data(610, 3));
	second = story_retransmit(601005, data(610, 3), PLAIN);
	CHECK(story_result(first).frame == 3 && story_result(second).frame == 4);
	CHECK(story_result(second).verdict == VERDICT_LOST_BEYOND_HOST);
}

TEST(a_transmission_before_one_that_failed_still_counts)
{
	size_t first, second;

	begin();
	story_frame(1000, data(10, 1));
	first = story_retransmit(201005, data(210, 2), WITH(.err = "EBUSY"));
	story_frame(601000, data(610, 3));
	second = story_retransmit(601005, data(610, 3), PLAIN);
	CHECK(story_result(first).frame == 3);
	IS(second,
	   "lost-beyond-host: sent before and not answered: frame 3 of w0, 600005 us before");
}

TEST(a_dropped_previous_transmission_was_dropped_by_the_host)
{
	size_t drop, retransmit;

	begin();
	drop = story_drop(1000, "out", data(10, 1), WITH(.reason = "NETFILTER_DROP"));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	IS(retransmit,
	   "dropped-by-host: sent before, and dropped by this host: event 1, NETFILTER_DROP");
	CHECK(story_result(retransmit).has_other && story_result(retransmit).other == drop);
}

TEST(a_drop_before_a_transmission_on_the_wire_does_not_count)
{
	size_t retransmit;

	begin();
	story_drop(1000, "out", data(10, 1), PLAIN);
	story_frame(201000, data(210, 2));
	story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(601000, data(610, 3));
	retransmit = story_retransmit(601005, data(610, 3), PLAIN);
	CHECK(story_result(retransmit).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(retransmit).frame == 3);
}

TEST(the_drop_of_the_retransmission_is_not_the_previous_transmission)
{
	size_t first, second;

	begin();
	story_frame(1000, data(10, 1));
	story_drop(201000, "out", data(210, 2), PLAIN);
	first = story_retransmit(201010, data(0, 0), WITH(.err = "EPERM"));
	story_drop(601000, "out", data(610, 3), PLAIN);
	second = story_retransmit(601010, data(0, 0), WITH(.err = "EPERM"));
	IS(first,
	   "lost-beyond-host: sent before and not answered: frame 3 of w0, 200010 us before");
	IS(second, "dropped-by-host: sent before, and dropped by this host: event 1");
}

TEST(a_drop_in_another_namespace_of_the_path_was_dropped_by_the_host)
{
	size_t drop, retransmit;

	begin();
	story_frame(1000, data(10, 1));
	drop = story_drop(1020, "in", data(10, 1), WITH(.netns = 2));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	CHECK(story_result(drop).verdict == VERDICT_DROPPED_AFTER_WIRE);
	IS(retransmit, "dropped-by-host: sent before, and dropped by this host: event 1");
}

TEST(a_super_segment_is_a_previous_transmission)
{
	size_t retransmit;

	begin();
	story_frame(1000, PACKET(.seq = 1, .len = 60000, .ack = 5001, .tsval = 10, .id = 1));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	CHECK(story_result(retransmit).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(retransmit).frame == 3);
}

TEST(a_dropped_super_segment_is_a_previous_transmission)
{
	size_t retransmit;

	begin();
	story_drop(1000, "out", PACKET(.seq = 1, .len = 60000, .ack = 5001, .tsval = 10, .id = 1),
		   PLAIN);
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	CHECK(story_result(retransmit).verdict == VERDICT_DROPPED_BY_HOST);
}

TEST(dropped_data_may_have_come_in_a_larger_segment)
{
	size_t drop, other;

	begin();
	story_frame(1000, PACKET(.seq = 1, .len = 60000, .ack = 5001, .tsval = 10, .id = 1));
	drop = story_drop(1020, "in", data(10, 2), PLAIN);
	other = story_drop(1020, "in", data(11, 2), PLAIN);
	IS(drop, "dropped-after-wire: frame 3 of w0, 20 us before");
	CHECK(story_result(other).verdict == VERDICT_UNKNOWN);
}

/* The first frame is nearest to the event until the second comes, which is later by little. */
TEST(a_frame_that_another_one_displaced_is_the_earlier_transmission)
{
	const struct story_packet equal = PACKET(.ipv6 = true, .seq = 1001, .len = 100, .ack = 5001,
						 .tsval = 10, .tsecr = 7);
	size_t first, second;

	begin();
	story_frame(1000, equal);
	story_frame(1230.05, equal);
	first = story_retransmit(1230, equal, PLAIN);
	story_frame(1525, equal);
	second = story_retransmit(1527, equal, PLAIN);
	IS(first, "lost-beyond-host: sent before and not answered: frame 3 of w0, 230 us before");
	CHECK(story_result(second).frame == 4);
}
