// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_packets.h"

TEST(a_drop_with_a_matched_frame_was_dropped_after_the_wire)
{
	size_t drop;

	begin();
	story_frame(1000, data(10, 1));
	drop = story_drop(1018, "in", data(10, 1), PLAIN);
	IS(drop, "dropped-after-wire: frame 3 of w0, 18 us before");
	CHECK(story_result(drop).has_matched_frame && story_result(drop).matched_frame == 3);
	CHECK(story_result(drop).before_us == 18);
}

TEST(an_output_drop_without_a_frame_was_dropped_before_the_wire)
{
	size_t drop;

	begin();
	drop = story_drop(1000, "out", data(10, 1), PLAIN);
	story_frame(201000, data(210, 2));
	IS(drop, "dropped-before-wire: not in w0, which covers its time");
	CHECK(!story_result(drop).has_frame && !story_result(drop).has_matched_frame);
}

TEST(an_output_drop_with_a_frame_was_dropped_after_the_wire)
{
	size_t drop;

	begin();
	story_frame(990, data(10, 1));
	drop = story_drop(1000, "out", data(10, 1), PLAIN);
	IS(drop, "dropped-after-wire: frame 3 of w0, 10 us before");
}

TEST(an_input_drop_without_a_frame_is_unknown)
{
	size_t drop;

	begin();
	story_frame(990, data(10, 1));
	story_retransmit(995, data(10, 1), PLAIN);
	drop = story_drop(1000, "in", data(20, 2), PLAIN);
	IS(drop, "unknown: not in w0, which covers its time: captured elsewhere, or with a filter");
}

/* The capture may have it at another time. */
TEST(an_input_drop_without_a_frame_or_a_clock_is_unknown_by_the_clock)
{
	size_t drop;

	begin();
	drop = story_drop(1000, "in", data(10, 1), PLAIN);
	IS(drop, "unknown: not near its time in w0: captured elsewhere, with a filter, or by a "
		 "clock that is apart");
}

TEST(a_drop_outside_the_captures_time_is_unknown)
{
	size_t before, after;

	begin();
	before = story_drop(-1, "out", data(10, 1), PLAIN);
	after = story_drop(1000001, "out", data(10, 2), PLAIN);
	IS(before, "unknown: outside the time that the wire captures cover, but no frame shows "
		   "how far the clocks are apart");
	IS(after, "unknown: outside the time that the wire captures cover, but no frame shows "
		  "how far the clocks are apart");
}

TEST(absence_from_an_incomplete_capture_proves_nothing)
{
	size_t drop, retransmit;

	begin();
	story_missing("were lost");
	drop = story_drop(1000, "out", data(10, 1), PLAIN);
	retransmit = story_retransmit(301000, data(310, 3), PLAIN);
	IS(drop, "unknown: not in w0, but 7 of its packets were lost");
	/* Drops are events: the capture is not needed to know them. */
	IS(retransmit, "dropped-by-host: sent before, and dropped by this host: event 1");
}

TEST(an_unanswered_transmission_on_the_wire_was_lost_beyond_the_host)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(201100, ack(1101, 50, 210));
	IS(retransmit,
	   "lost-beyond-host: sent before and not answered: frame 3 of w0, 200005 us before");
	CHECK(story_result(retransmit).matched_frame == 4);
}

TEST(a_reset_has_no_verdict_but_a_matched_frame)
{
	struct story_packet reset = { .seq = 1001, .flags = TCP_RST };
	size_t event;

	begin();
	story_frame(1000, reset);
	event = story_event(1010, "reset", reset, WITH(.synthesized = true));
	IS(event, "unknown: a reset is neither a drop nor a retransmission");
	CHECK(story_result(event).has_matched_frame && story_result(event).matched_frame == 3);
}

TEST(a_probe_of_new_data_has_no_previous_transmission)
{
	size_t probe, fresh;

	begin();
	story_frame(1000, data(10, 1));
	probe = story_event(201000, "tlp", data(0, 0), WITH(.synthesized = true));
	story_frame(201010, data(210, 2));
	fresh = story_event(401000, "tlp", PACKET(.seq = 1101, .len = 100, .ack = 5001),
			    WITH(.synthesized = true));
	story_frame(401010, PACKET(.seq = 1101, .len = 100, .ack = 5001, .tsval = 410, .id = 3));
	CHECK(story_result(probe).verdict == VERDICT_LOST_BEYOND_HOST);
	IS(fresh, "unknown: new data, never sent before");
}
