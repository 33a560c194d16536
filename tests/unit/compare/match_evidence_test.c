// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_packets.h"

TEST(a_retransmission_of_acknowledged_data_is_spurious)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(1500, ack(1101, 50, 10));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	IS(retransmit, "spurious: acknowledged in frame 4 of w0, 199505 us before");
}

TEST(a_partial_acknowledgement_does_not_count)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(1500, ack(1100, 50, 10));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	IS(retransmit, "unknown: frame 4 of w0 acknowledges its first bytes, but not all");
}

TEST(an_acknowledgement_between_frame_and_event_came_after_the_transmission)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	story_frame(201002, ack(1101, 50, 210));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	CHECK(story_result(retransmit).verdict == VERDICT_LOST_BEYOND_HOST);
}

TEST(a_dropped_acknowledgement_was_dropped_by_the_host)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(1500, ack(1101, 50, 10));
	story_drop(1510, "in", ack(1101, 50, 10), WITH(.reason = "X"));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(201100, PACKET(.from_server = true, .seq = 5001, .ack = 1101, .tsval = 60,
				   .tsecr = 210, .id = 99, .sack = { 1001, 1101 }));
	IS(retransmit, "dropped-by-host: its acknowledgement was dropped by this host: event 1, X");
}

TEST(one_of_two_identical_acknowledgements_dropped_leaves_the_other)
{
	struct story_packet received = {
		.ipv6 = true, .from_server = true, .seq = 5001, .ack = 1101
	};
	struct story_packet sent = { .ipv6 = true, .seq = 1001, .len = 100, .ack = 5001 };
	size_t retransmit;

	begin();
	story_frame(1000, sent);
	story_frame(1500, received);
	story_frame(1600, received);
	story_drop(1605, "in", received, PLAIN);
	story_frame(201000, sent);
	retransmit = story_retransmit(201005, sent, PLAIN);
	CHECK(story_result(retransmit).verdict == VERDICT_SPURIOUS);
	CHECK(story_result(retransmit).frame == 4);
}

TEST(dropped_data_from_the_peer_carries_acknowledgements_too)
{
	struct story_packet reply = { .from_server = true,
				      .seq = 5001,
				      .len = 50,
				      .ack = 1101,
				      .tsval = 50,
				      .tsecr = 10,
				      .id = 9 };
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(1500, reply);
	story_drop(1510, "in", reply, PLAIN);
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	IS(retransmit, "dropped-by-host: its acknowledgement was dropped by this host: event 1");
}

TEST(an_older_echoed_timestamp_makes_it_spurious)
{
	size_t retransmit;

	begin();
	story_frame(900, ack(1001, 49, 9));
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(202000, ack(1101, 50, 10));
	IS(retransmit,
	   "spurious: an earlier transmission is answered, by its timestamp, in frame 6 of "
	   "w0, 995 us after");
}

TEST(an_echoed_timestamp_of_the_same_millisecond_proves_nothing)
{
	size_t retransmit;

	begin();
	story_frame(900, ack(1001, 49, 9));
	story_frame(1000, data(10, 1));
	story_frame(1800, data(10, 2));
	retransmit = story_retransmit(1805, data(10, 2), PLAIN);
	story_frame(2000, ack(1101, 50, 10));
	IS(retransmit,
	   "lost-beyond-host: sent before and not answered: frame 4 of w0, 805 us before");
}

TEST(an_acknowledgement_without_timestamps_proves_nothing)
{
	struct story_packet sent = { .seq = 1001, .len = 100, .ack = 5001, .id = 1 };
	struct story_packet resent = { .seq = 1001, .len = 100, .ack = 5001, .id = 2 };
	size_t retransmit;

	begin();
	story_frame(1000, sent);
	story_frame(41000, resent);
	retransmit = story_retransmit(41005, resent, PLAIN);
	story_frame(42000, PACKET(.from_server = true, .seq = 5001, .ack = 1101, .id = 9));
	CHECK(story_result(retransmit).verdict == VERDICT_LOST_BEYOND_HOST);
}

TEST(an_echoed_timestamp_after_a_hole_proves_nothing)
{
	struct story_packet second = {
		.seq = 1101, .len = 100, .ack = 5001, .tsval = 215, .tsecr = 7, .id = 5
	};
	size_t head, tail;

	begin();
	story_frame(900, ack(1001, 49, 9));
	story_frame(1000, data(10, 1));
	story_frame(1001,
		    PACKET(.seq = 1101, .len = 100, .ack = 5001, .tsval = 10, .tsecr = 7, .id = 2));
	story_frame(201000, data(210, 4));
	head = story_retransmit(201005, data(210, 4), PLAIN);
	story_frame(206000, second);
	tail = story_retransmit(206005, second, PLAIN);
	/* The receiver delays its ACK of both, and echoes the timestamp of the first. */
	story_frame(207000, ack(1201, 60, 210));
	CHECK(story_result(head).verdict == VERDICT_LOST_BEYOND_HOST);
	IS(tail,
	   "unknown: frame 8 of w0 acknowledges it with an older timestamp: that of an earlier "
	   "transmission, or of other data that was missing");
}

TEST(an_earlier_syn_ack_makes_a_syn_spurious)
{
	struct story_packet syn = { .seq = 1000, .flags = TCP_SYN, .tsval = 10, .id = 1 };
	struct story_packet second_syn = { .seq = 1000, .flags = TCP_SYN, .tsval = 1010, .id = 2 };
	struct story_packet syn_ack = { .from_server = true,
					.seq = 5000,
					.ack = 1001,
					.flags = TCP_SYN | TCP_ACK,
					.tsval = 70,
					.tsecr = 10 };
	size_t retransmit;

	story_begin();
	story_covers(0, 3000000);
	story_frame(1000, syn);
	story_frame(900000, syn_ack);
	story_frame(1001000, second_syn);
	retransmit = story_retransmit(1001005, second_syn, WITH(.kind = "syn"));
	IS(retransmit, "spurious: acknowledged in frame 4 of w0, 101005 us before");
}

TEST(a_dropped_syn_ack_was_dropped_by_the_host)
{
	struct story_packet syn = { .seq = 1000, .flags = TCP_SYN, .tsval = 10, .id = 1 };
	struct story_packet second_syn = { .seq = 1000, .flags = TCP_SYN, .tsval = 1010, .id = 2 };
	struct story_packet syn_ack = { .from_server = true,
					.seq = 5000,
					.ack = 1001,
					.flags = TCP_SYN | TCP_ACK,
					.tsval = 70,
					.tsecr = 10 };
	size_t retransmit;

	story_begin();
	story_covers(0, 3000000);
	story_frame(1000, syn);
	story_frame(1100, syn_ack);
	story_drop(1105, "in", syn_ack, PLAIN);
	story_frame(1001000, second_syn);
	retransmit = story_retransmit(1001005, second_syn, WITH(.kind = "syn"));
	IS(retransmit, "dropped-by-host: its acknowledgement was dropped by this host: event 1");
}

TEST(an_acknowledgement_of_a_failed_retransmission_makes_it_spurious)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	retransmit = story_retransmit(201005, data(0, 0), WITH(.err = "EPERM"));
	story_frame(201100, ack(1101, 50, 10));
	CHECK(story_result(retransmit).verdict == VERDICT_SPURIOUS);
}
