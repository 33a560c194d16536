// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matcher's limits of time (tcpdropcap(8), COMPARE): what lies within each is matched, what
 * lies beyond is not.
 */
#include "match_case.h"
#include "test.h"

#define IS(event, text) CHECK_STR(story_verdict(event), text)
#define PLAIN		((struct story_event){ 0 })
#define UNMATCHED	"unknown: its earlier transmission is neither in w0 nor an event"

/* 100 bytes from the client at sequence number 1001. */
static struct story_packet data(uint32_t tsval, uint16_t id)
{
	return (struct story_packet){
		.seq = 1001, .len = 100, .ack = 5001, .tsval = tsval, .tsecr = 7, .id = id
	};
}

/* The same without an IP ID and timestamps: equal to its other transmissions. */
static const struct story_packet unmarked = { .ipv6 = true, .seq = 1001, .len = 100, .ack = 5001 };

static void begin(void)
{
	story_begin();
	story_covers(0, 30e6);
}

/* Whether an event at 15 s has the only frame, which is so much later. */
static bool drop_has_frame(const char *dir, double later_us)
{
	size_t drop;

	begin();
	drop = story_drop(15e6, dir, unmarked, PLAIN);
	story_frame(15e6 + later_us, unmarked);
	return story_result(drop).verdict == VERDICT_DROPPED_AFTER_WIRE;
}

TEST(unmarked_drop_on_input_is_at_most_100_ms_after_its_frame)
{
	CHECK(drop_has_frame("in", -99e3));
	CHECK(!drop_has_frame("in", -101e3));
}

TEST(unmarked_drop_on_input_is_at_most_2_ms_before_its_frame)
{
	CHECK(drop_has_frame("in", 1.9e3));
	CHECK(!drop_has_frame("in", 2.1e3));
}

TEST(unmarked_drop_on_output_is_at_most_2_ms_from_its_frame)
{
	CHECK(drop_has_frame("out", -1.9e3));
	CHECK(!drop_has_frame("out", -2.1e3));
	CHECK(drop_has_frame("out", 1.9e3));
	CHECK(!drop_has_frame("out", 2.1e3));
}

TEST(unmarked_retransmission_is_at_most_2_ms_after_its_frame)
{
	size_t again;

	begin();
	again = story_retransmit(15e6, unmarked, PLAIN);
	story_frame(15e6 - 1.9e3, unmarked);
	IS(again, "unknown: frame 3 of w0 is equal to it, but 1900 us before it: it may be that of "
		  "an earlier transmission");

	begin();
	again = story_retransmit(15e6, unmarked, PLAIN);
	story_frame(15e6 - 2.1e3, unmarked);
	IS(again, "lost-beyond-host: sent before and not answered: frame 3 of w0, 2100 us before");
}

/* A qdisc holds the retransmission for so long; an acknowledgement comes in the meantime. */
static const char *verdict_of_held(double held_us)
{
	const struct story_packet answer = {
		.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1101
	};
	size_t again;

	begin();
	story_frame(14e6, unmarked);
	again = story_retransmit(15e6, unmarked, PLAIN);
	story_frame(15e6 + 50e3, answer);
	story_frame(15e6 + held_us, unmarked);
	return story_verdict(again);
}

TEST(unmarked_retransmission_is_at_most_100_ms_before_its_frame)
{
	CHECK_STR(verdict_of_held(99e3), "spurious: acknowledged in frame 4 of w0, 50000 us after");
	CHECK_STR(
		verdict_of_held(101e3),
		"lost-beyond-host: sent before and not answered: frame 3 of w0, 1000000 us before");
}

/* Three other packets show that both clocks are the same. */
static size_t drop_with_other_packets(double frame_us)
{
	size_t drop;

	begin();
	for (uint16_t i = 0; i < 3; i++) {
		struct story_packet other = data(100 + i, 100 + i);

		other.seq += 10000 * (i + 1U);
		story_frame(1e6 + i, other);
		story_drop(1e6 + i, "in", other, PLAIN);
	}
	drop = story_drop(15e6, "in", data(10, 1), PLAIN);
	story_frame(frame_us, data(10, 1));
	return drop;
}

TEST(frame_beyond_the_window_is_no_events)
{
	size_t drop = drop_with_other_packets(15e6 - 9.9e6);

	CHECK(story_result(drop).verdict == VERDICT_DROPPED_AFTER_WIRE);
	drop = drop_with_other_packets(15e6 - 10.1e6);
	CHECK(story_result(drop).verdict == VERDICT_UNKNOWN);
}

/* Without an IP ID. */
static struct story_packet data6(uint32_t tsval)
{
	struct story_packet packet = data(tsval, 0);

	packet.ipv6 = true;
	return packet;
}

/*
 * A retransmission after a drop of the same packet so long before, and a first transmission on the
 * wire.
 */
static const char *verdict_after_drop(double before_us, struct story_event how)
{
	struct story_packet packet = how.err ? data6(0) : data6(210);
	size_t again;

	begin();
	story_frame(1e3, data6(10));
	story_drop(201e3 - before_us, "out", data6(210),
		   (struct story_event){ .reason = "QDISC_DROP", .local = true });
	again = story_retransmit(201e3, packet, how);
	return story_verdict(again);
}

TEST(drop_of_a_failed_retransmission_is_at_most_10_ms_before_it)
{
	const struct story_event failed = { .err = "EPERM" };

	CHECK_STR(
		verdict_after_drop(9900, failed),
		"lost-beyond-host: sent before and not answered: frame 3 of w0, 200000 us before");
	CHECK_STR(verdict_after_drop(10100, failed),
		  "dropped-by-host: sent before, and dropped by this host: event 1, QDISC_DROP");
}

TEST(drop_of_a_retransmission_is_at_most_50_us_before_it)
{
	CHECK_STR(
		verdict_after_drop(49, PLAIN),
		"lost-beyond-host: sent before and not answered: frame 3 of w0, 200000 us before");
	CHECK_STR(verdict_after_drop(51, PLAIN),
		  "dropped-by-host: sent before, and dropped by this host: event 1, QDISC_DROP");
}

TEST(drop_of_a_retransmission_by_timeout_is_at_most_2_ms_before_it)
{
	const struct story_event timeout = { .kind = "rto" };

	CHECK_STR(
		verdict_after_drop(1900, timeout),
		"lost-beyond-host: sent before and not answered: frame 3 of w0, 200000 us before");
	CHECK_STR(verdict_after_drop(2100, timeout),
		  "dropped-by-host: sent before, and dropped by this host: event 1, QDISC_DROP");
}

static int64_t offset_of(double later_us)
{
	begin();
	story_frame(15e6 + later_us, data(10, 1));
	story_drop(15e6, "in", data(10, 1), PLAIN);
	return story_offset().ns;
}

TEST(frame_is_less_than_50_us_after_its_drop_by_one_clock)
{
	CHECK(offset_of(46) == 0 && offset_of(48) == 51000);
}

TEST(drop_is_at_most_200_ms_after_its_frame_by_one_clock)
{
	CHECK(offset_of(-199e3) == 0 && offset_of(-201e3) == -200997000);
}

/* The first transmission is in two captures, and in the second so much later. */
static const char *verdict_of_two_wires(double later_us)
{
	size_t again;

	begin();
	story_frame(1e3, data(10, 1));
	story_frame(201e3, data(210, 2));
	again = story_retransmit(201e3, data(210, 2), PLAIN);
	story_next_wire();
	story_covers(0, 30e6);
	story_frame(1e3 + later_us, data(10, 1));
	story_frame(201e3, data(210, 2));
	return story_verdict(again);
}

TEST(transmission_a_millisecond_later_in_another_capture_is_the_same)
{
	CHECK_STR(
		verdict_of_two_wires(900),
		"lost-beyond-host: sent before and not answered: frame 3 of w0, 200000 us before");
	CHECK_STR(
		verdict_of_two_wires(1100),
		"lost-beyond-host: sent before and not answered: frame 3 of w1, 198900 us before");
}

/* As with a filter. */
TEST(retransmission_whose_connection_is_not_captured_says_so)
{
	size_t again;

	begin();
	story_retransmit(1000, data(10, 1), PLAIN);
	again = story_retransmit(2000, data(20, 2), PLAIN);
	IS(again, "unknown: no packet of its connection is in w0: captured elsewhere, with a "
		  "filter, or with translated addresses (NAT)");
}

TEST(earlier_retransmission_that_is_in_no_capture_is_named)
{
	struct story_packet later = data(20, 2);
	size_t again;

	begin();
	later.seq += 100;
	story_retransmit(1000, data(10, 1), PLAIN);
	story_frame(1500, later);
	again = story_retransmit(2000, data(20, 3), PLAIN);
	IS(again, "unknown: event 1 sent it again and is in no wire capture");
}

TEST(only_frame_that_may_be_the_earlier_transmission_is_named)
{
	size_t again;

	begin();
	story_frame(2000, unmarked);
	again = story_retransmit(2010, unmarked, PLAIN);
	IS(again, UNMATCHED ", unless it is frame 3 of w0, which may be its own");
}

TEST(attempt_of_a_probe_has_no_frame)
{
	size_t again;

	begin();
	story_event(15e6, "tlp", data(10, 1), PLAIN);
	story_frame(15e6 + 2, data(10, 1));
	again = story_retransmit(15e6 + 5, data(10, 1), PLAIN);
	IS(again, UNMATCHED);
}
