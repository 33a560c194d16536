// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_packets.h"

/* What the evidence of one event says of another one, and evidence that comes late. */

#define FAILED WITH(.err = "EPERM")

static struct story_packet part(uint32_t seq, uint32_t len, uint32_t tsval, uint16_t id)
{
	return PACKET(.seq = seq, .len = len, .ack = 5001, .tsval = tsval, .tsecr = 7, .id = id);
}

static struct story_packet report(uint32_t start, uint32_t end, uint32_t tsecr, uint16_t id)
{
	return PACKET(.from_server = true, .seq = 5001, .ack = 1301, .tsval = 60, .tsecr = tsecr,
		      .id = id, .sack = { start, end });
}

static struct story_packet equal(uint32_t tsval)
{
	return PACKET(.ipv6 = true, .seq = 1001, .len = 100, .ack = 5001, .tsval = tsval,
		      .tsecr = 7);
}

static struct story_packet equal_ack(uint32_t number, uint32_t tsval, uint32_t tsecr)
{
	return PACKET(.from_server = true, .ipv6 = true, .seq = 5001, .ack = number, .tsval = tsval,
		      .tsecr = tsecr);
}

/* The second one did not leave: the two copies were sent before it. */
TEST(a_duplicate_sack_of_the_one_before_proves_that_what_did_not_leave_was_spurious)
{
	size_t second, third;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(201000, data(210, 2));
	second = story_retransmit(201005, data(210, 2), PLAIN);
	third = story_retransmit(401005, data(410, 3), FAILED);
	story_frame(402000, PACKET(.from_server = true, .seq = 5001, .ack = 901, .tsval = 60,
				   .tsecr = 210, .id = 9, .sack = { 1001, 1101, 951, 1201 }));
	CHECK(story_result(second).verdict == VERDICT_SPURIOUS);
	IS(third, "spurious: DSACK in frame 5 of w0, 995 us after");
}

/* Returns the one that failed; the second part is reported up to that number. */
static size_t fail_and_send_parts(uint32_t end)
{
	size_t failed;

	begin();
	story_frame(1000, part(1001, 200, 10, 1));
	failed = story_retransmit(201005, part(1001, 200, 210, 2), FAILED);
	story_frame(201010, part(1001, 100, 210, 3));
	story_retransmit(201015, part(1001, 100, 210, 3), PLAIN);
	story_frame(201020, part(1101, 200, 210, 4));
	story_retransmit(201025, part(1101, 200, 210, 4), PLAIN);
	story_frame(202000, report(1001, 1101, 210, 9));
	story_frame(202010, report(1101, end, 210, 10));
	return failed;
}

TEST(duplicate_sacks_of_all_parts_prove_that_the_whole_was_spurious)
{
	CHECK(story_result(fail_and_send_parts(1201)).verdict == VERDICT_SPURIOUS);
	CHECK(story_result(fail_and_send_parts(1301)).verdict == VERDICT_SPURIOUS);
}

TEST(duplicate_sacks_of_some_parts_prove_nothing_of_the_whole)
{
	CHECK(story_result(fail_and_send_parts(1151)).verdict == VERDICT_LOST_BEYOND_HOST);
}

/* It has no timestamp of its own, but the drop that made it fail has. */
TEST(an_older_echo_makes_what_failed_doubtful)
{
	size_t failed;

	begin();
	story_frame(1000, data(10, 1));
	story_drop(201003, "out", data(210, 2), WITH(.reason = "NETFILTER_DROP", .local = true));
	failed = story_retransmit(201005, PACKET(.seq = 1001, .len = 100, .ack = 5001, .id = 2),
				  FAILED);
	story_frame(201010, part(1001, 50, 210, 3));
	story_retransmit(201015, part(1001, 50, 210, 3), PLAIN);
	story_frame(202000, ack(1101, 50, 10));
	IS(failed, "unknown: frame 5 of w0 acknowledges it with an older timestamp: that of an "
		   "earlier transmission, or of other data that was missing");
}

/* The drop at 1.5 ms is why it was sent; the other ACK was on its way then. */
TEST(an_ack_that_was_dropped_before_outranks_one_that_was_dropped_afterwards)
{
	size_t again;

	begin();
	story_frame(1000, data(10, 1));
	story_frame(1490, ack(1101, 50, 10));
	story_drop(1500, "in", ack(1101, 50, 10), BACKLOG);
	story_frame(200990, PACKET(.from_server = true, .seq = 5001, .ack = 1101, .tsval = 50,
				   .tsecr = 10, .id = 99));
	story_frame(201000, data(210, 2));
	again = story_retransmit(201005, data(210, 2), PLAIN);
	story_drop(201010, "in",
		   PACKET(.from_server = true, .seq = 5001, .ack = 1101, .tsval = 50, .tsecr = 10,
			  .id = 99),
		   BACKLOG);
	IS(again, "dropped-by-host: its acknowledgement was dropped by this host: event 1, "
		  "SOCKET_BACKLOG");
}

/* The first of two equal ACKs counts for the drop until the second one, which is nearer. */
TEST(an_ack_that_turns_out_late_not_to_be_dropped_answers_what_it_is_older_than)
{
	size_t again;

	begin();
	story_frame(900, equal_ack(1001, 49, 7));
	story_frame(1000, equal(10));
	story_frame(201000, equal(210));
	again = story_retransmit(201005, equal(210), PLAIN);
	story_frame(202000, equal_ack(1101, 50, 11));
	story_frame(202100, equal_ack(1201, 60, 210));
	story_frame(234000, equal_ack(1101, 50, 11));
	story_drop(234005, "in", equal_ack(1101, 50, 11), BACKLOG);
	IS(again, "unknown: frame 6 of w0 acknowledges it with an older timestamp: that of an "
		  "earlier transmission, or of other data that was missing");
}

TEST(the_drop_of_a_part_of_the_retransmission_before_is_why_it_was_sent)
{
	const struct story_packet whole = {
		.ipv6 = true, .seq = 1001, .len = 200, .ack = 5001, .tsval = 210, .tsecr = 7
	};
	const struct story_packet first = {
		.ipv6 = true, .seq = 1001, .len = 100, .ack = 5001, .tsval = 210, .tsecr = 7
	};
	const struct story_packet second = {
		.ipv6 = true, .seq = 1101, .len = 100, .ack = 5001, .tsval = 210, .tsecr = 7
	};
	struct story_packet last = whole;
	size_t again;

	begin();
	last.tsval = 610;
	story_drop(201003, "out", second, WITH(.reason = "QDISC_DROP", .local = true));
	story_retransmit(201005, whole, PLAIN);
	story_frame(231000, first);
	story_frame(601000, last);
	again = story_retransmit(601005, last, PLAIN);
	IS(again, "dropped-by-host: sent before, and a part of it dropped by this host: event 1, "
		  "QDISC_DROP");
}

/* A router has dropped the first one; the frame behind it is the retransmission's. */
TEST(a_drop_has_no_frame_that_was_sent_after_it)
{
	size_t drop, second, third;

	begin();
	story_frame(1000, equal_ack(1001, 49, 7));
	drop = story_drop(1100, "in", equal(10), WITH(.netns = 2, .reason = "NETFILTER_DROP"));
	second = story_retransmit(1145, equal(10), PLAIN);
	story_frame(1149, equal(10));
	story_frame(201000, equal(210));
	third = story_retransmit(201005, equal(210), PLAIN);
	CHECK(!story_result(drop).has_matched_frame);
	CHECK(story_result(second).has_matched_frame);
	CHECK(story_result(third).verdict == VERDICT_LOST_BEYOND_HOST);
}

/* Returns the drop of a driver, with an equal frame so long after it, by clocks that are known. */
static size_t drop_by_driver(double us)
{
	size_t drop;

	begin();
	story_frame(900, equal_ack(1001, 49, 7));
	drop = story_drop(1000, "out", equal(10), WITH(.reason = "FULL_RING"));
	story_frame(1000 + us, equal(10));
	for (uint32_t i = 0; i < 5; i++) {
		story_frame(300000 + 1000 * i, ack(1001, 100 + i, 10));
		story_drop(300003 + 1000 * i, "in", ack(1001, 100 + i, 10), BACKLOG);
	}
	return drop;
}

/* A tap is before the driver. */
TEST(an_equal_frame_that_is_a_little_too_far_makes_the_drop_of_a_driver_doubtful)
{
	IS(drop_by_driver(80),
	   "unknown: a frame of w0 is equal, less than 1 ms from it: the clocks may be apart by "
	   "that");
	IS(drop_by_driver(1200), "dropped-before-wire: not in w0, which covers its time");
}

/* Returns the one that failed; of its second half there is, or is not, a later transmission. */
static size_t fail_and_send_half(bool sends_rest)
{
	size_t failed;

	begin();
	story_frame(1000, part(1001, 200, 10, 1));
	failed = story_retransmit(201005, part(1001, 200, 210, 2), FAILED);
	story_frame(201010, part(1001, 100, 210, 3));
	story_retransmit(201015, part(1001, 100, 210, 3), PLAIN);
	if (sends_rest) {
		story_frame(201020, part(1101, 100, 210, 4));
		story_retransmit(201025, part(1101, 100, 210, 4), PLAIN);
	}
	story_frame(202000, report(1001, 1101, 210, 9));
	return failed;
}

TEST(what_failed_was_spurious_if_its_rest_is_acknowledged_without_being_sent_again)
{
	size_t failed = fail_and_send_half(false);

	IS(failed, "spurious: DSACK in frame 5 of w0, 995 us after");
	failed = fail_and_send_half(true);
	CHECK(story_result(failed).verdict != VERDICT_SPURIOUS);
}
