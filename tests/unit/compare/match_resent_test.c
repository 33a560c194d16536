// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_packets.h"

/* Which of several transmissions, drops and acknowledgements a verdict on one of them rests on. */

#define FORWARDED WITH(.netns = 2, .reason = "NETFILTER_DROP")

static struct story_packet equal(uint32_t seq, uint32_t len, uint32_t tsval)
{
	return PACKET(.ipv6 = true, .seq = seq, .len = len, .ack = 5001, .tsval = tsval,
		      .tsecr = tsval ? 7 : 0);
}

static struct story_packet dsack(uint32_t tsval, uint32_t tsecr)
{
	return PACKET(.from_server = true, .seq = 5001, .ack = 1101, .tsval = tsval, .tsecr = tsecr,
		      .id = (uint16_t)tsval, .sack = { 1001, 1101 });
}

/* The data at 201 ms and 401 ms, after the first time. */
static void send_twice_more(size_t *first, size_t *second)
{
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	*first = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(401000, data(410, 3));
	*second = story_retransmit(401005, data(410, 3), PLAIN);
}

TEST(blocks_of_many_gaps_are_kept)
{
	const struct story_packet other = PACKET(.seq = 1001 + 200 * 99, .len = 100, .ack = 5001,
						 .tsval = 210, .tsecr = 7, .id = 3);
	size_t first, last;

	begin();
	for (uint32_t i = 0; i < 100; i++)
		story_frame(1500 + i, PACKET(.from_server = true, .seq = 5001, .ack = 901,
					     .tsval = 50, .tsecr = 10, .id = (uint16_t)(100 + i),
					     .sack = { 1001 + 200 * i, 1101 + 200 * i }));
	story_frame(201000, data(210, 2));
	first = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(201010, other);
	last = story_retransmit(201015, other, PLAIN);
	CHECK(story_result(first).verdict == VERDICT_SPURIOUS);
	CHECK(story_result(last).verdict == VERDICT_SPURIOUS);
}

TEST(a_drop_of_an_ack_after_the_retransmission_is_not_its_cause)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(200990, ack(1101, 50, 10));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	story_drop(201010, "in", ack(1101, 50, 10), BACKLOG);
	IS(retransmit, "spurious: acknowledged in frame 4 of w0, 15 us before, which this host "
		       "dropped afterwards: event 2");
}

TEST(the_duplicate_sack_of_a_dropped_packet_is_a_proof)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(201100, dsack(60, 210));
	story_drop(201103, "in", dsack(60, 210), BACKLOG);
	IS(retransmit, "spurious: DSACK in frame 5 of w0, 95 us after");
}

TEST(an_ack_that_was_dropped_while_a_qdisc_held_the_packet_is_no_reason)
{
	size_t retransmit;

	begin();
	story_frame(1000, data(10, 1));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(205000, ack(1101, 50, 10));
	story_drop(205003, "in", ack(1101, 50, 10), BACKLOG);
	story_frame(211000, data(210, 2));
	CHECK(story_result(retransmit).verdict != VERDICT_DROPPED_BY_HOST);
}

TEST(a_dropped_ack_that_is_older_than_the_previous_transmission_is_not_its_own)
{
	size_t first, second;

	begin();
	send_twice_more(&first, &second);
	story_frame(301000, ack(1101, 50, 10));
	story_drop(301003, "in", ack(1101, 50, 10), BACKLOG);
	CHECK(story_result(second).verdict == VERDICT_LOST_BEYOND_HOST);
}

TEST(the_echo_says_which_retransmission_a_duplicate_sack_reports)
{
	size_t first, second;

	begin();
	send_twice_more(&first, &second);
	story_frame(401100, dsack(60, 210));
	CHECK(story_result(first).verdict == VERDICT_SPURIOUS);
	CHECK(story_result(second).verdict != VERDICT_SPURIOUS);
}

TEST(what_did_not_leave_gets_no_duplicate_sack)
{
	size_t first, second;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	first = story_retransmit(201005, data(210, 2), PLAIN);
	second = story_retransmit(401005, data(0, 0), WITH(.err = "EPERM", .synthesized = true));
	story_frame(401100, dsack(60, 210));
	IS(first, "spurious: DSACK in frame 5 of w0, 200095 us after");
	CHECK(story_result(second).verdict != VERDICT_DROPPED_BY_HOST);
}

TEST(the_proof_of_a_longer_retransmission_is_passed_on)
{
	size_t dropped, longer;

	begin();
	story_frame(1000, equal(801, 300, 10));
	story_drop(101003, "out", equal(1001, 100, 110),
		   WITH(.reason = "QDISC_DROP", .local = true));
	dropped = story_retransmit(101005, equal(1001, 100, 110), PLAIN);
	story_frame(301000, equal(801, 300, 310));
	longer = story_retransmit(301005, equal(801, 300, 310), PLAIN);
	story_frame(301100, PACKET(.ipv6 = true, .from_server = true, .seq = 5001, .ack = 1101,
				   .tsval = 60, .tsecr = 310, .sack = { 801, 1101 }));
	CHECK(story_result(longer).verdict == VERDICT_SPURIOUS);
	CHECK(story_result(dropped).verdict == VERDICT_SPURIOUS);
}

TEST(a_drop_is_not_of_an_equal_frame_after_it)
{
	size_t drop;

	begin();
	drop = story_drop(1000, "in", equal(1001, 100, 10), FORWARDED);
	story_frame(1200, equal(1001, 100, 10));
	story_retransmit(1205, equal(1001, 100, 10), PLAIN);
	CHECK(story_result(drop).verdict == VERDICT_UNKNOWN);
}

TEST(an_attempt_that_failed_between_a_frame_and_its_event_is_older)
{
	size_t failed, sent;

	begin();
	story_frame(1000, equal(1001, 100, 10));
	story_drop(1002, "out", equal(1001, 100, 10), WITH(.reason = "FULL_RING", .local = true));
	story_drop(201000, "out", equal(1001, 100, 210),
		   WITH(.reason = "NETFILTER_DROP", .local = true));
	story_frame(201002, equal(1001, 100, 210));
	failed = story_retransmit(201003, equal(1001, 100, 0),
				  WITH(.err = "EPERM", .synthesized = true));
	sent = story_retransmit(201006, equal(1001, 100, 210), PLAIN);
	CHECK(story_result(failed).verdict == VERDICT_DROPPED_BY_HOST);
	CHECK(story_result(sent).verdict == VERDICT_DROPPED_BY_HOST);
}

TEST(the_rest_of_a_dropped_packet_stays_dropped)
{
	size_t rest;

	begin();
	story_frame(1000, equal(1001, 300, 10));
	story_drop(1003, "in", equal(1001, 300, 10), FORWARDED);
	story_frame(201000, equal(1001, 200, 210));
	story_retransmit(201005, equal(1001, 200, 210), PLAIN);
	story_frame(401000, equal(1101, 200, 410));
	rest = story_retransmit(401005, equal(1101, 200, 410), PLAIN);
	IS(rest, "dropped-by-host: sent before, and a part of it dropped by this host: event 1, "
		 "NETFILTER_DROP");
}

TEST(a_drop_that_is_reported_before_its_retransmission_is_passed_over)
{
	size_t second;

	begin();
	story_drop(500, "out", equal(1001, 300, 9),
		   WITH(.reason = "NETFILTER_DROP", .local = true));
	story_frame(1000, equal(1001, 300, 10));
	story_drop(1003, "in", equal(1001, 300, 10), FORWARDED);
	story_frame(201000, equal(1001, 100, 210));
	story_drop(201003, "in", equal(1001, 100, 210), FORWARDED);
	second = story_retransmit(201005, equal(1001, 100, 210), PLAIN);
	IS(second, "dropped-by-host: sent before, and dropped by this host: event 2, "
		   "NETFILTER_DROP");
}

TEST(an_ack_after_lost_frames_is_no_proof)
{
	size_t retransmit;

	begin();
	story_missing("were lost");
	story_frame(1000, data(10, 1));
	story_drop(201000, "out", data(210, 2), WITH(.reason = "QDISC_DROP", .local = true));
	retransmit = story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(301000, PACKET(.from_server = true, .seq = 5001, .ack = 1101, .id = 9));
	IS(retransmit, "unknown: it did not leave, and frame 4 of w0 acknowledges the data, but no "
		       "whole capture shows whether it was sent again before that");
}

TEST(the_frame_of_a_probe_is_no_earlier_transmission)
{
	size_t probe;

	begin();
	story_frame(1000, equal(901, 100, 10));
	story_frame(200999, equal(1001, 100, 210));
	probe = story_event(201000, "tlp", equal(1001, 100, 0), WITH(.synthesized = true));
	IS(probe, "unknown: new data, never sent before");
}

/* Data at 1 ms, again at 201 ms and 401 ms; then the host drops what acknowledges it. */
static const char *verdict_after_drop_of_ack(struct story_packet answer)
{
	size_t again;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	story_retransmit(201005, data(210, 2), PLAIN);
	story_frame(301000, answer);
	story_drop(301005, "in", answer, BACKLOG);
	story_frame(401000, data(410, 3));
	again = story_retransmit(401005, data(410, 3), PLAIN);
	return story_verdict(again);
}

TEST(an_ack_is_that_of_the_transmission_whose_timestamp_it_echoes)
{
	struct story_packet sack = ack(901, 50, 10);

	CHECK_STR(verdict_after_drop_of_ack(ack(1101, 50, 210)),
		  "dropped-by-host: its acknowledgement was dropped by this host: event 2, "
		  "SOCKET_BACKLOG");
	CHECK_STR(
		verdict_after_drop_of_ack(ack(1101, 50, 10)),
		"lost-beyond-host: sent before and not answered: frame 4 of w0, 200005 us before");
	sack.sack[0] = 1001;
	sack.sack[1] = 1101;
	CHECK_STR(verdict_after_drop_of_ack(sack),
		  "unknown: event 2 dropped an acknowledgement of it, but perhaps not that of its "
		  "last transmission");
}

TEST(a_part_that_is_sent_again_leaves_the_drop_of_another_part)
{
	const struct story_packet first = PACKET(.seq = 1001, .len = 100, .ack = 5001, .tsval = 10,
						 .tsecr = 7, .id = 1);
	const struct story_packet second = PACKET(.seq = 1101, .len = 100, .ack = 5001, .tsval = 10,
						  .tsecr = 7, .id = 2);
	const struct story_packet third = PACKET(.seq = 1201, .len = 100, .ack = 5001, .tsval = 10,
						 .tsecr = 7, .id = 3);
	const struct story_packet all = PACKET(.seq = 1001, .len = 300, .ack = 5001, .tsval = 210,
					       .tsecr = 7, .id = 9);
	struct story_packet third_again = third;
	size_t again;

	third_again.id = 4;
	begin();
	story_frame(1000, first);
	story_drop(1010, "out", second, WITH(.reason = "QDISC_DROP", .local = true));
	story_drop(1020, "out", third, WITH(.reason = "QDISC_DROP", .local = true));
	story_frame(1500, third_again);
	story_frame(201000, all);
	again = story_retransmit(201005, all, PLAIN);
	story_frame(301000, all);
	IS(again, "dropped-by-host: sent before, and a part of it dropped by this host: event 1, "
		  "QDISC_DROP");
}

/* Without timestamps: but the first transmission was dropped, so that only one was answered. */
static size_t send_with_dropped_ack(bool first_is_dropped)
{
	const struct story_packet first = PACKET(.seq = 1001, .len = 100, .ack = 5001, .id = 1);
	struct story_packet again = first;

	begin();
	if (first_is_dropped)
		story_drop(1000, "out", first, WITH(.reason = "QDISC_DROP", .local = true));
	else
		story_frame(1000, first);
	again.id = 2;
	story_frame(201000, again);
	story_retransmit(201005, again, PLAIN);
	story_frame(202000, PACKET(.from_server = true, .seq = 5001, .ack = 1101, .id = 3));
	story_drop(202010, "in", PACKET(.from_server = true, .seq = 5001, .ack = 1101, .id = 3),
		   BACKLOG);
	again.id = 4;
	story_frame(601000, again);
	return story_retransmit(601005, again, PLAIN);
}

TEST(a_dropped_ack_answers_the_only_transmission_that_left)
{
	CHECK(story_result(send_with_dropped_ack(true)).verdict == VERDICT_DROPPED_BY_HOST);
	IS(send_with_dropped_ack(false),
	   "unknown: event 2 dropped an acknowledgement of it, but perhaps not that of its last "
	   "transmission");
}
