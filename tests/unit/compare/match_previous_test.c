// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_packets.h"

/* Which transmission, or which ACK, was the one before, where several may have been. */

#define QDISC WITH(.reason = "QDISC_DROP", .local = true)

/* Without an IP ID; tsval 0: without timestamps. */
static struct story_packet equal(uint32_t seq, uint32_t len, uint32_t tsval)
{
	return PACKET(.ipv6 = true, .seq = seq, .len = len, .ack = 5001, .tsval = tsval,
		      .tsecr = tsval ? 7 : 0);
}

/* By a clock that drifts, each frame is 360 us before its event. */
static size_t resend_after_drop(const char *reason)
{
	begin();
	show_clocks(0);
	story_frame(900, PACKET(.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1001));
	story_frame(1000, equal(1001, 100, 0));
	story_drop(1360, "out", equal(1001, 100, 0), WITH(.reason = reason, .local = true));
	story_frame(201000, equal(1001, 100, 0));
	return story_retransmit(201360, equal(1001, 100, 0), PLAIN);
}

TEST(a_frame_that_is_too_early_may_be_an_earlier_transmission_after_a_drop)
{
	size_t again = resend_after_drop("FULL_RING"); /* after the tap */

	IS(again, "unknown: frame 25 of w0 is equal to it, but 360 us before it: it may be that of "
		  "an earlier transmission");
	again = resend_after_drop("QDISC_DROP");
	IS(again, "unknown: frame 25 of w0 is equal to it, but 360 us before it: it may be that of "
		  "an earlier transmission");
}

TEST(of_dropped_acks_of_one_tick_that_with_the_newest_echo_is_the_last)
{
	size_t again;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(202000, late_ack(10, 1101, 60, 210));
	story_drop(202005, "in", late_ack(10, 1101, 60, 210), BACKLOG);
	story_frame(202010, late_ack(11, 1101, 60, 10));
	story_drop(202015, "in", late_ack(11, 1101, 60, 10), BACKLOG);
	story_frame(401000, data(410, 3));
	again = story_retransmit(401005, data(410, 3), PLAIN);
	IS(again, "unknown: event 2 dropped an acknowledgement of it, but perhaps not that of its "
		  "last transmission");
}

TEST(a_dropped_ack_with_an_older_echo_makes_those_after_it_doubtful)
{
	size_t again;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(202000, late_ack(10, 1101, 60, 10));
	story_drop(202005, "in", late_ack(10, 1101, 60, 10), BACKLOG);
	story_frame(202010, late_ack(11, 1301, 61, 210));
	story_drop(202015, "in", late_ack(11, 1301, 61, 210), BACKLOG);
	story_frame(401000, data(410, 3));
	again = story_retransmit(401005, data(410, 3), PLAIN);
	IS(again, "unknown: event 3 dropped an acknowledgement of it, but perhaps not that of its "
		  "last transmission");
}

/* The clock of the wire is 17 ms late: the ACK seems older than what it answers. */
TEST(without_its_own_frame_and_a_known_clock_nothing_is_before_it)
{
	size_t again;

	begin();
	story_frame(1000, equal(1001, 100, 0));
	story_frame(184000, equal(1001, 100, 0));
	again = story_retransmit(201005, equal(1001, 100, 0), PLAIN);
	story_frame(184020, PACKET(.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1101));
	IS(again, "unknown: its own frame is not near it, and none shows how far the clocks are "
		  "apart");
}

/* The same of one that could not be sent: no frame of its own was to be expected. */
TEST(without_a_known_clock_nothing_is_before_what_did_not_leave)
{
	size_t failed;

	begin();
	story_frame(1000, equal(1001, 100, 0));
	failed = story_retransmit(201005, equal(1001, 100, 0), WITH(.err = "NET_XMIT_DROP"));
	story_frame(184020, PACKET(.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1101));
	IS(failed, "unknown: no frame shows how far the clocks are apart");
}

TEST(without_a_known_clock_nothing_is_before_what_the_capture_may_have_missed)
{
	size_t again;

	begin();
	story_frame(1000, equal(1001, 100, 0));
	again = story_retransmit(201005, equal(1001, 100, 0), PLAIN);
	story_frame(184020, PACKET(.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1101));
	story_missing("are lost");
	IS(again, "unknown: no frame shows how far the clocks are apart");
}

/* At two devices, this host drops each packet between them, and sends it again. */
TEST(what_is_dropped_between_two_devices_does_not_hide_that_there_are_two)
{
	size_t again[3];

	begin();
	for (uint32_t i = 0; i < 3; i++) {
		struct story_packet packet = equal(1001 + 100 * i, 100, 0);
		double us = 1000 * i;

		story_frame(1000 + us, packet);
		story_drop(1009 + us, "in", packet, WITH(.netns = 2, .reason = "NETFILTER_DROP"));
		story_frame(1200 + us, packet);
		again[i] = story_retransmit(1206 + us, packet, PLAIN);
		if (i)
			story_frame(1209 + us, packet);
	}
	IS(again[0], "dropped-by-host: sent before, and dropped by this host: event 1, "
		     "NETFILTER_DROP");
	IS(again[1], "dropped-by-host: sent before, and dropped by this host: event 3, "
		     "NETFILTER_DROP");
	IS(again[2], "dropped-by-host: sent before, and dropped by this host: event 5, "
		     "NETFILTER_DROP");
}

static size_t drop_after_frame(double apart_us)
{
	begin();
	show_clocks(apart_us);
	story_frame(900 + apart_us, late_ack(90, 1001, 49, 7));
	story_frame(1000 + apart_us, equal(1001, 300, 10));
	story_drop(1010, "out", equal(1001, 100, 12), QDISC);
	story_frame(201000 + apart_us, equal(1001, 100, 210));
	return story_retransmit(201005, equal(1001, 100, 210), PLAIN);
}

TEST(the_order_of_a_frame_and_a_drop_is_known_by_one_clock_only)
{
	IS(drop_after_frame(0),
	   "dropped-by-host: sent before, and dropped by this host: event 21, QDISC_DROP");
	IS(drop_after_frame(2000),
	   "unknown: frame 24 of w0, which sent it, and its drop, event 21, are nearer to each "
	   "other than the clocks are known");
}

#define WHOLE                                                                              \
	"unknown: it was sent as a whole, just after parts of its data that are equal to " \
	"parts of it"

/* The frame at 200970 was another transmission of the first half. */
TEST(what_was_sent_as_a_whole_has_no_parts_on_the_wire)
{
	size_t again;

	begin();
	story_frame(900, late_ack(90, 1001, 49, 7));
	story_frame(1000, equal(1001, 200, 10));
	story_frame(200970, equal(1001, 100, 210));
	story_frame(201000, equal(1001, 200, 210));
	again = story_retransmit(201005, equal(1001, 200, 210), PLAIN);
	IS(again, WHOLE);
}

TEST(what_was_sent_as_a_whole_has_no_parts_that_were_dropped)
{
	size_t again;

	begin();
	story_frame(900, late_ack(90, 1001, 49, 7));
	story_frame(1000, equal(1001, 200, 10));
	story_drop(200970, "out", equal(1101, 100, 210), QDISC);
	story_frame(201000, equal(1001, 200, 210));
	again = story_retransmit(201005, equal(1001, 200, 210), PLAIN);
	IS(again, WHOLE);
}

/* A namespace with the same addresses drops an ACK, whose numbers are as good as the same. */
TEST(the_drop_of_another_namespace_does_not_hide_that_of_an_ack)
{
	const struct story_event other = { .netns = 2, .reason = "SOCKET_BACKLOG", .local = true };
	const struct story_event own = { .netns = 1, .reason = "SOCKET_BACKLOG", .local = true };
	size_t again;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(1490, ack(1101, 50, 10));
	story_drop(1500, "in", ack(1101, 50, 10), own);
	story_drop(1600, "in", ack(1201, 51, 10), other);
	story_frame(201000, data(210, 2));
	again = story_retransmit(201005, data(210, 2), PLAIN);
	IS(again, "dropped-by-host: its acknowledgement was dropped by this host: event 1, "
		  "SOCKET_BACKLOG");
}

/* The drop is that of the first attempt, not of a part of the second one, which no capture has. */
TEST(the_drop_of_an_attempt_is_not_that_of_a_part_of_the_next_one)
{
	size_t again;

	begin();
	story_drop(200960, "out", equal(1001, 100, 0), QDISC);
	story_retransmit(200962, equal(1001, 100, 0), WITH(.err = "NET_XMIT_DROP"));
	story_retransmit(200983, equal(1001, 200, 0), PLAIN);
	story_frame(401000, equal(1001, 200, 0));
	again = story_retransmit(401005, equal(1001, 200, 0), PLAIN);
	CHECK(story_result(again).verdict == VERDICT_UNKNOWN);
}

/* The part was sent again before the event, in a frame that a qdisc held until after it. */
TEST(a_part_that_a_qdisc_held_was_sent_again)
{
	size_t again;

	begin();
	story_frame(900, PACKET(.seq = 1001, .len = 200, .ack = 5001, .id = 1));
	story_drop(1000, "out", PACKET(.seq = 1101, .len = 100, .ack = 5001, .id = 2), QDISC);
	story_retransmit(11000, PACKET(.seq = 1101, .len = 100, .ack = 5001, .id = 3), PLAIN);
	again = story_retransmit(41000, PACKET(.seq = 1001, .len = 200, .ack = 5001, .id = 4),
				 PLAIN);
	story_frame(61000, PACKET(.seq = 1101, .len = 100, .ack = 5001, .id = 3));
	story_frame(61010, PACKET(.seq = 1001, .len = 200, .ack = 5001, .id = 4));
	CHECK(story_result(again).verdict == VERDICT_LOST_BEYOND_HOST);
}

TEST(the_drop_of_a_part_is_not_that_of_an_equal_packet_long_before)
{
	size_t again;

	begin();
	story_frame(1000, equal(1001, 200, 0));
	story_frame(101000, equal(1101, 100, 0));
	story_retransmit(101005, equal(1101, 100, 0), PLAIN);
	story_drop(601000, "out", equal(1101, 100, 0), QDISC);
	again = story_retransmit(601003, equal(1001, 200, 0), PLAIN);
	CHECK(story_result(again).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(again).frame == 3);
}

TEST(an_ack_long_before_was_dropped_perhaps_by_an_event_that_was_lost)
{
	size_t again;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(2000, ack(1101, 60, 10));
	story_frame(201000, data(210, 2));
	again = story_retransmit(201005, data(210, 2), WITH(.lost = 1));
	IS(again, "unknown: frame 4 of w0 acknowledges it long before, and was dropped perhaps by "
		  "one of the events that were lost");
	begin();
	story_frame(151000, data(160, 1));
	story_frame(152000, ack(1101, 60, 160));
	story_frame(201000, data(210, 2));
	again = story_retransmit(201005, data(210, 2), WITH(.lost = 1));
	CHECK(story_result(again).verdict == VERDICT_SPURIOUS);
	begin();
	story_frame(1000, data(10, 1));
	story_frame(2000, ack(1101, 60, 10));
	story_frame(201000, data(210, 2));
	again = story_retransmit(201005, data(210, 2), PLAIN);
	story_drop(300000, "in", ack(901, 61, 10), BACKLOG);
	story_drop(400000, "in", ack(901, 62, 10), WITH(.reason = "SOCKET_BACKLOG", .lost = 1));
	CHECK(story_result(again).verdict == VERDICT_SPURIOUS);
}

TEST(an_ack_after_the_retransmission_does_not_tell_whose_the_dropped_one_was)
{
	struct story_packet ack_of_all = equal(5001, 0, 0);
	size_t again;

	ack_of_all.from_server = true;
	ack_of_all.ack = 1101;
	begin();
	story_frame(1000, equal(1001, 100, 0));
	story_frame(201000, equal(1001, 100, 0));
	story_retransmit(201005, equal(1001, 100, 0), PLAIN);
	story_frame(202000, ack_of_all);
	story_drop(202005, "in", ack_of_all, BACKLOG);
	again = story_retransmit(601005, equal(1001, 100, 0), PLAIN);
	story_frame(610000, ack_of_all);
	story_frame(620000, equal(1001, 100, 0));
	IS(again, "unknown: event 2 dropped an acknowledgement of it, but perhaps not that of its "
		  "last transmission");
}

TEST(of_two_equal_parts_one_is_an_earlier_transmission)
{
	size_t again;

	begin();
	story_drop(1000, "out", equal(1001, 300, 0), QDISC);
	story_frame(1010, equal(1001, 100, 0));
	story_frame(1040, equal(1001, 100, 0));
	story_frame(1041, equal(1101, 100, 0));
	again = story_retransmit(1045, equal(1001, 200, 0), PLAIN);
	IS(again, "unknown: parts of its data were sent twice just before it, and are equal");
}

TEST(the_rest_of_a_dropped_packet_was_sent_again_perhaps_by_an_event_that_was_lost)
{
	size_t again;

	begin();
	story_drop(1000, "out", PACKET(.seq = 1001, .len = 300, .ack = 5001, .id = 1), QDISC);
	story_frame(201000, PACKET(.seq = 1001, .len = 100, .ack = 5001, .id = 2));
	story_retransmit(201005, PACKET(.seq = 1001, .len = 100, .ack = 5001, .id = 2), PLAIN);
	story_frame(401000, PACKET(.seq = 1001, .len = 200, .ack = 5001, .id = 4));
	again = story_retransmit(401005, PACKET(.seq = 1001, .len = 200, .ack = 5001, .id = 4),
				 WITH(.lost = 1));
	IS(again, "unknown: event 1 dropped a part of it, and that was sent again since, or not: "
		  "events were lost");
}

TEST(a_later_ack_of_data_that_had_come_does_not_answer_the_last_transmission)
{
	size_t again;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(2000, late_ack(10, 1101, 60, 10));
	story_drop(2005, "in", late_ack(10, 1101, 60, 10), BACKLOG);
	story_frame(201000, data(210, 2));
	story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(202000, late_ack(11, 1201, 260, 210));
	story_drop(202005, "in", late_ack(11, 1201, 260, 210), BACKLOG);
	again = story_retransmit(601005, data(610, 3), PLAIN);
	story_frame(601000, data(610, 3));
	IS(again, "unknown: event 3 dropped an acknowledgement of it, but perhaps not that of its "
		  "last transmission");
}

TEST(an_ack_that_was_dropped_just_before_the_event_counts)
{
	size_t again;

	begin();
	story_frame(1000, equal(1001, 100, 0));
	story_frame(1200, PACKET(.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1101));
	story_drop(1201, "in", PACKET(.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1101),
		   BACKLOG);
	again = story_retransmit(1205, equal(1001, 100, 0), PLAIN);
	story_frame(1207, equal(1001, 100, 0));
	IS(again, "dropped-by-host: its acknowledgement was dropped by this host: event 1, "
		  "SOCKET_BACKLOG");
}
