// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_packets.h"

TEST(another_packet_of_the_connection_is_not_the_dropped_one)
{
	size_t drop;

	begin();
	drop = story_drop(1000, "out", data(10, 1), PLAIN);
	story_frame(999, data(10, 2));
	story_frame(999, data(11, 1));
	story_frame(999,
		    PACKET(.seq = 1002, .len = 100, .ack = 5001, .tsval = 10, .tsecr = 7, .id = 1));
	story_frame(999,
		    PACKET(.seq = 1001, .len = 99, .ack = 5001, .tsval = 10, .tsecr = 7, .id = 1));
	story_frame(999, PACKET(.seq = 1001, .len = 100, .ack = 5001, .id = 1));
	story_frame(999,
		    PACKET(.seq = 1001, .len = 100, .ack = 5002, .tsval = 10, .tsecr = 7, .id = 1));
	story_frame(999, PACKET(.seq = 1001, .len = 100, .ack = 5001, .tsval = 10, .tsecr = 7,
				.id = 1, .flags = TCP_ACK | TCP_FIN));
	IS(drop, "dropped-before-wire: not in w0, which covers its time");
}

TEST(identical_packets_get_one_frame_each)
{
	struct story_packet same = { .ipv6 = true, .seq = 1001, .len = 100, .ack = 5001 };
	size_t drops[3];

	begin();
	for (int i = 0; i < 3; i++) {
		story_frame(1000 + 30 * i, same);
		drops[i] = story_drop(1010 + 30 * i, "in", same, PLAIN);
	}
	IS(drops[0], "dropped-after-wire: frame 3 of w0, 10 us before");
	IS(drops[1], "dropped-after-wire: frame 4 of w0, 10 us before");
	IS(drops[2], "dropped-after-wire: frame 5 of w0, 10 us before");
}

TEST(frames_go_to_the_nearest_of_identical_packets)
{
	struct story_packet same = { .ipv6 = true, .seq = 1001, .len = 100, .ack = 5001 };
	size_t first, second;

	begin();
	first = story_drop(1000, "in", same, PLAIN);
	story_frame(2000, same);
	second = story_drop(2010, "in", same, PLAIN);
	CHECK(story_result(first).verdict == VERDICT_UNKNOWN);
	IS(second, "dropped-after-wire: frame 3 of w0, 10 us before");
}

TEST(the_matched_frame_is_not_the_previous_transmission)
{
	size_t retransmit;

	begin();
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	IS(retransmit, "unknown: its earlier transmission is neither in w0 nor an event");
	CHECK(story_result(retransmit).matched_frame == 3);
}

TEST(a_frame_that_a_qdisc_delayed_is_matched)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(251000, data(210, 2));
	CHECK(story_result(retransmit).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(retransmit).frame == 3 && story_result(retransmit).matched_frame == 4);
}

TEST(without_ip_id_the_nearest_frame_of_a_millisecond_is_matched)
{
	struct story_packet sent = {
		.ipv6 = true, .seq = 1001, .len = 100, .ack = 5001, .tsval = 10, .tsecr = 7
	};
	size_t retransmit;

	begin();
	story_frame(1000, sent);
	story_frame(1800, sent);
	retransmit = story_retransmit(1805, sent, PLAIN);
	CHECK(story_result(retransmit).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(retransmit).frame == 3 && story_result(retransmit).matched_frame == 4);
}

TEST(a_synthesized_syn_ack_is_matched)
{
	struct story_packet syn = { .seq = 1000, .flags = TCP_SYN, .tsval = 10, .id = 1 };
	struct story_packet syn_ack = { .from_server = true,
					.seq = 5000,
					.ack = 1001,
					.flags = TCP_SYN | TCP_ACK,
					.tsval = 70,
					.tsecr = 10 };
	struct story_packet later = { .from_server = true,
				      .seq = 5000,
				      .ack = 1001,
				      .flags = TCP_SYN | TCP_ACK,
				      .tsval = 1070,
				      .tsecr = 10 };
	size_t retransmit;

	story_begin();
	story_covers(0, 3000000);
	story_frame(1000, syn);
	story_frame(1100, syn_ack);
	story_frame(1001000, later);
	retransmit = story_event(1001005, "synack", later, WITH(.synthesized = true));
	CHECK(story_result(retransmit).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(retransmit).frame == 4 && story_result(retransmit).matched_frame == 5);
}
