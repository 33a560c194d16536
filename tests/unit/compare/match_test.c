// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_case.h"
#include "test.h"

#define IS(event, text) CHECK_STR(story_verdict(event), text)
#define PACKET(...)	((struct story_packet){ __VA_ARGS__ })
#define WITH(...)	((struct story_event){ __VA_ARGS__ })
#define PLAIN		((struct story_event){ 0 })

/* 100 bytes from the client at sequence number 1001, sent first at 1 ms, again at 201 ms. */
static struct story_packet data(uint32_t tsval, uint16_t id)
{
	return PACKET(.seq = 1001, .len = 100, .ack = 5001, .tsval = tsval, .tsecr = 7, .id = id);
}

static struct story_packet ack(uint32_t ack, uint32_t tsval, uint32_t tsecr)
{
	return PACKET(.from_server = true, .seq = 5001, .ack = ack, .tsval = tsval, .tsecr = tsecr,
		      .id = (uint16_t)(tsval + 1));
}

static void begin(void)
{
	story_begin();
	story_covers(0, 1000000);
}

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
	drop = story_drop(1000, "in", data(10, 1), PLAIN);
	IS(drop, "unknown: not in w0, which covers its time: captured elsewhere, or with a filter");
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
	CHECK(story_result(retransmit).verdict == VERDICT_LOST_BEYOND_HOST);
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
	CHECK(story_result(tail).verdict == VERDICT_LOST_BEYOND_HOST);
}

TEST(an_earlier_selective_acknowledgement_makes_it_spurious)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(1500, PACKET(.from_server = true, .seq = 5001, .ack = 901, .tsval = 50,
				 .tsecr = 10, .id = 9, .sack = { 1001, 1201 }));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	IS(retransmit, "spurious: SACK in frame 4 of w0, 199505 us before");
}

TEST(selective_acknowledgements_are_joined)
{
	size_t retransmit, other;

	begin();
	story_frame(1000, data(10, 1));
	for (uint32_t i = 0; i < 40; i++)
		story_frame(1500 + i, PACKET(.from_server = true, .seq = 5001, .ack = 901,
					     .tsval = 50, .tsecr = 10, .id = (uint16_t)(100 + i),
					     .sack = { 981 + 10 * i, 991 + 10 * i, 5000 + 20 * i,
						       5010 + 20 * i }));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	other = story_retransmit(201006,
				 PACKET(.seq = 2001, .len = 100, .ack = 5001, .tsval = 210,
					.tsecr = 7, .id = 3),
				 PLAIN);
	CHECK(story_result(retransmit).verdict == VERDICT_SPURIOUS);
	CHECK(story_result(other).verdict == VERDICT_UNKNOWN);
}

TEST(a_duplicate_sack_makes_it_spurious)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(201100, PACKET(.from_server = true, .seq = 5001, .ack = 1101, .tsval = 60,
				   .tsecr = 210, .id = 99, .sack = { 1001, 1101 }));
	IS(retransmit, "spurious: DSACK in frame 5 of w0, 95 us after");
}

TEST(a_duplicate_sack_inside_the_second_block_counts)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(201100, PACKET(.from_server = true, .seq = 5001, .ack = 901, .tsval = 60,
				   .tsecr = 210, .id = 99, .sack = { 1001, 1101, 951, 1201 }));
	IS(retransmit, "spurious: DSACK in frame 5 of w0, 95 us after");
}

TEST(a_duplicate_sack_counts_for_one_retransmission)
{
	size_t first, second;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	first = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(601000, data(610, 3));
	second = story_retransmit(601005, data(610, 3), PLAIN);
	story_frame(601100, PACKET(.from_server = true, .seq = 5001, .ack = 1101, .tsval = 60,
				   .tsecr = 610, .id = 99, .sack = { 1001, 1101 }));
	CHECK(story_result(first).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(second).verdict == VERDICT_SPURIOUS);
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

TEST(an_acknowledgement_of_a_failed_retransmission_makes_it_spurious)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	retransmit = story_retransmit(201005, data(0, 0), WITH(.err = "EPERM"));
	story_frame(201100, ack(1101, 50, 10));
	CHECK(story_result(retransmit).verdict == VERDICT_SPURIOUS);
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
