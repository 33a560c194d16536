// SPDX-License-Identifier: GPL-2.0-or-later
/* Several connections, and clocks; match_test.c has the verdicts on a single connection. */
#include "match_case.h"
#include "test.h"

#define IS(event, text) CHECK_STR(story_verdict(event), text)
#define PACKET(...)	((struct story_packet){ __VA_ARGS__ })
#define WITH(...)	((struct story_event){ __VA_ARGS__ })
#define PLAIN		((struct story_event){ 0 })

/* The client's numbers begin at isn, the server's at isn + 1000000. */
static struct story_packet syn(uint32_t isn, uint32_t tsval)
{
	return PACKET(.seq = isn, .flags = TCP_SYN, .tsval = tsval, .id = (uint16_t)tsval);
}

static struct story_packet syn_ack(uint32_t isn, uint32_t tsval)
{
	return PACKET(.from_server = true, .seq = isn + 1000000, .ack = isn + 1,
		      .flags = TCP_SYN | TCP_ACK, .tsval = tsval, .tsecr = tsval);
}

static struct story_packet data(uint32_t isn, uint32_t tsval)
{
	return PACKET(.seq = isn + 1, .len = 100, .ack = isn + 1000001, .tsval = tsval, .tsecr = 7,
		      .id = (uint16_t)tsval);
}

static struct story_packet ack(uint32_t isn, uint32_t tsval)
{
	return PACKET(.from_server = true, .seq = isn + 1000001, .ack = isn + 101, .tsval = tsval,
		      .tsecr = tsval, .id = (uint16_t)(tsval + 1));
}

static void open(double us, uint32_t isn)
{
	story_frame(us, syn(isn, 5));
	story_frame(us + 20, syn_ack(isn, 5));
}

/* The data are sent again, and the event is 5 us later. */
static size_t retransmitted(double us, uint32_t isn, uint32_t tsval, struct story_event more)
{
	story_frame(us, data(isn, tsval));
	return story_retransmit(us + 5, data(isn, tsval), more);
}

/* A new story, whose wire capture has a connection from its SYN to its first data. */
static void begin_connection(double covered_us, uint32_t isn)
{
	story_begin();
	story_covers(0, covered_us);
	open(900, isn);
	story_frame(1000, data(isn, 10));
}

TEST(sequence_numbers_wrap)
{
	uint32_t isn = UINT32_MAX - 50; /* the wrap is inside the data */
	size_t lost, dropped, spurious;

	begin_connection(2000000, isn);
	lost = retransmitted(201000, isn, 210, PLAIN);
	story_drop(401000, "out", data(isn, 410), PLAIN);
	story_retransmit(401005, data(isn, 410), WITH(.err = "EPERM"));
	dropped = retransmitted(801000, isn, 810, PLAIN);
	story_frame(802000, ack(isn, 811));
	spurious = retransmitted(1201000, isn, 1210, PLAIN);
	CHECK(story_result(lost).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(dropped).verdict == VERDICT_DROPPED_BY_HOST);
	CHECK(story_result(spurious).verdict == VERDICT_SPURIOUS);
}

TEST(an_acknowledgement_before_the_wrap_does_not_cover_data_after_it)
{
	uint32_t isn = UINT32_MAX - 50;
	size_t retransmit;

	begin_connection(1000000, isn);
	story_frame(1100, PACKET(.from_server = true, .seq = isn + 1000001, .ack = UINT32_MAX - 10,
				 .tsval = 11, .tsecr = 10, .id = 3));
	retransmit = retransmitted(201000, isn, 210, PLAIN);
	IS(retransmit, "unknown: frame 6 of w0 acknowledges its first bytes, but not all");
}

TEST(selective_acknowledgements_wrap)
{
	uint32_t isn = UINT32_MAX - 50;
	struct story_packet sack = ack(isn, 300);
	size_t retransmit;

	begin_connection(1000000, isn);
	retransmit = retransmitted(201000, isn, 210, PLAIN);
	sack.sack[0] = isn + 1;
	sack.sack[1] = isn + 101;
	story_frame(202000, sack);
	CHECK(story_result(retransmit).verdict == VERDICT_SPURIOUS);
}

TEST(a_segment_across_the_wrap_covers_events_on_both_sides)
{
	size_t before, after;

	story_begin();
	story_covers(0, 1000000);
	story_frame(1000, PACKET(.seq = (uint32_t)-30000, .len = 60000, .ack = 5001, .tsval = 10,
				 .id = 1));
	before = story_retransmit(201000,
				  PACKET(.seq = (uint32_t)-100, .len = 100, .ack = 5001,
					 .tsval = 210, .id = 2),
				  PLAIN);
	after = story_retransmit(201001,
				 PACKET(.seq = 100, .len = 100, .ack = 5001, .tsval = 210, .id = 3),
				 PLAIN);
	CHECK(story_result(before).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(after).verdict == VERDICT_LOST_BEYOND_HOST);
}

/* The numbers of the next connection are near: the kernel derives them from a clock. */
TEST(a_reused_port_is_another_connection)
{
	uint32_t first_isn = 1000, isn = 1000 + 3000000;
	size_t first, second;

	begin_connection(3000000, first_isn);
	first = retransmitted(201000, first_isn, 210, PLAIN);
	open(500000, isn);
	/* Its ACK is higher than the first connection's data, but of the second one. */
	story_frame(501000, data(isn, 510));
	story_frame(501100, ack(isn, 511));
	second = retransmitted(601000, first_isn, 610, PLAIN);
	CHECK(story_result(first).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(second).verdict == VERDICT_LOST_BEYOND_HOST);
}

TEST(the_same_numbers_in_another_connection_are_no_previous_transmission)
{
	uint32_t first_isn = 1000, isn = 1050; /* its data overlaps */
	size_t retransmit;

	begin_connection(3000000, first_isn);
	story_frame(1100, ack(first_isn, 11));
	open(500000, isn);
	/* The first transmission is missing. */
	retransmit = retransmitted(701000, isn, 710, PLAIN);
	IS(retransmit, "unknown: its earlier transmission is neither in w0 nor an event");
}

TEST(many_connections_of_a_flow_are_distinguished)
{
	size_t events[40];

	story_begin();
	story_covers(0, 40000000);
	for (uint32_t i = 0; i < 40; i++) {
		uint32_t isn = 1000 + i * 3000000;

		open(900 + 1e6 * i, isn);
		story_frame(1000 + 1e6 * i, data(isn, 10 + 1000 * i));
		events[i] = retransmitted(201000 + 1e6 * i, isn, 210 + 1000 * i, PLAIN);
	}
	for (uint32_t i = 0; i < 40; i++)
		CHECK(story_result(events[i]).verdict == VERDICT_LOST_BEYOND_HOST);
}

/* Two pairs of namespaces with the same addresses and ports; one capture of each. */
TEST(equal_flows_of_two_namespaces_are_distinguished)
{
	uint32_t isn = 1000, same = 1000 + 300000;
	size_t retransmit, other;

	begin_connection(1000000, isn);
	retransmit = retransmitted(201000, isn, 210, PLAIN);
	story_next_wire();
	story_covers(0, 1000000);
	open(950, same);
	story_frame(1050, data(same, 10));
	story_frame(1150, ack(same, 11));
	other = retransmitted(201050, same, 210, WITH(.netns = 2));
	IS(retransmit,
	   "lost-beyond-host: sent before and not answered: frame 5 of w0, 200005 us before");
	IS(other, "spurious: acknowledged in frame 6 of w1, 199905 us before");
}

TEST(equal_flows_on_one_wire_are_distinguished)
{
	uint32_t isn = 1000, same = 1000 + 300000;
	size_t retransmit, other;

	story_begin();
	story_covers(0, 1000000);
	open(900, isn);
	open(950, same);
	story_frame(1000, data(isn, 10));
	story_frame(1050, data(same, 10));
	story_frame(1150, ack(same, 11));
	retransmit = retransmitted(201000, isn, 210, PLAIN);
	other = retransmitted(201050, same, 210, WITH(.netns = 2));
	CHECK(story_result(retransmit).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(other).verdict == VERDICT_SPURIOUS);
}

TEST(a_drop_in_another_namespace_does_not_count)
{
	size_t retransmit;

	story_begin();
	story_covers(0, 1000000);
	story_frame(1000, data(1000, 10));
	story_drop(2000, "out", data(1000, 11), WITH(.netns = 2));
	retransmit = retransmitted(201000, 1000, 210, PLAIN);
	CHECK(story_result(retransmit).verdict == VERDICT_LOST_BEYOND_HOST);
}

/* The capture is on a device after the namespace that forwards: it never had the packet. */
TEST(a_drop_of_a_forwarded_packet_counts_without_a_frame)
{
	size_t retransmit;

	story_begin();
	story_covers(0, 1000000);
	story_drop(1005, "in", data(1000, 10), WITH(.netns = 2));
	story_frame(201010, data(1000, 210));
	retransmit = story_retransmit(201005, data(1000, 210), PLAIN);
	CHECK_STR(story_verdict(retransmit),
		  "dropped-by-host: sent before, and dropped by this host: event 1");
}

TEST(a_drop_of_a_forwarded_acknowledgement_counts_without_a_frame)
{
	size_t retransmit;

	story_begin();
	story_covers(0, 1000000);
	story_frame(1000, data(1000, 10));
	story_drop(3000, "in", ack(1000, 12), WITH(.netns = 2));
	retransmit = retransmitted(201000, 1000, 210, PLAIN);
	CHECK_STR(story_verdict(retransmit),
		  "dropped-by-host: its acknowledgement was dropped by this host: event 1");
}

TEST(clocks_hours_apart_are_measured)
{
	struct match_offset offset;
	size_t retransmit, drop;

	story_begin();
	story_clock(7.25e9);
	story_covers(0, 9000000);
	for (uint32_t i = 0; i < 7; i++) {
		story_frame(2e6 + 1000 * i, data(900000, 2000 + i));
		drop = story_drop(2e6 + 1000 * i + 10 + i, "in", data(900000, 2000 + i), PLAIN);
	}
	story_frame(1000, data(1000, 10));
	retransmit = retransmitted(201000, 1000, 210, PLAIN);
	offset = story_offset();
	CHECK(offset.matches == 8);
	CHECK(offset.ns > 7249999000000 && offset.ns <= 7250000000000);
	CHECK(story_result(retransmit).verdict == VERDICT_LOST_BEYOND_HOST);
	CHECK(story_result(drop).verdict == VERDICT_DROPPED_AFTER_WIRE);
	CHECK(story_result(drop).before_us < 10);
}

TEST(a_late_drop_is_no_offset)
{
	size_t drop;

	story_begin();
	story_covers(0, 9000);
	story_frame(1000, data(1000, 10));
	drop = story_drop(1200, "in", data(1000, 10), PLAIN);
	CHECK(story_offset().ns == 0 && story_offset().median_ns == -200000);
	IS(drop, "dropped-after-wire: frame 3 of w0, 200 us before");
}

TEST(without_a_match_the_offset_is_taken_for_0)
{
	story_begin();
	story_covers(0, 9000);
	story_drop(1000, "out", data(1000, 10), PLAIN);
	CHECK(story_offset().matches == 0 && story_offset().ns == 0);
}

TEST(the_first_of_two_wires_with_the_packet_counts)
{
	size_t drop;

	story_begin();
	story_covers(0, 9000);
	story_frame(1000, data(1000, 10));
	story_next_wire();
	story_covers(0, 9000);
	story_frame(1010, data(1000, 10));
	drop = story_drop(1020, "in", data(1000, 10), PLAIN);
	IS(drop, "dropped-after-wire: frame 3 of w0, 20 us before");
}

TEST(copies_of_the_packet_are_no_previous_transmission)
{
	size_t retransmit;

	story_begin();
	story_covers(0, 900000);
	story_frame(201000, data(1000, 210));
	story_frame(201002, data(1000, 210));
	story_frame(201004, data(1000, 210));
	retransmit = story_retransmit(201005, data(1000, 210), PLAIN);
	CHECK(story_result(retransmit).verdict == VERDICT_UNKNOWN);
}

TEST(an_empty_capture_covers_no_time)
{
	size_t drop;

	story_begin();
	drop = story_drop(1000, "out", data(1000, 10), PLAIN);
	IS(drop, "unknown: outside the time that the wire captures cover, but no frame shows "
		 "how far the clocks are apart");
}

TEST(thousands_of_equal_events_each_get_their_frame)
{
	size_t last = 0;

	story_begin();
	story_covers(0, 1e7);
	for (int i = 0; i < 10000; i++) {
		struct story_packet same = { .ipv6 = true, .seq = 1001, .ack = 5001 };

		story_frame(1000 + 50 * i, same);
		last = story_drop(1010 + 50 * i, "in", same, PLAIN);
	}
	for (int i = 0; i < 100000; i++)
		story_frame(2e6 + i, PACKET(.ipv6 = true, .seq = 1001, .ack = 5001));
	IS(last, "dropped-after-wire: frame 10002 of w0, 10 us before");
}

TEST(thousands_of_retransmissions_get_their_acknowledgements)
{
	size_t events[5000];

	story_begin();
	story_covers(0, 1e7);
	story_frame(900, PACKET(.from_server = true, .seq = 1, .ack = 1000));
	for (uint32_t i = 0; i < 5000; i++) {
		struct story_packet first = { .seq = 1000 + 100 * i,
					      .len = 100,
					      .ack = 1,
					      .tsval = 10,
					      .id = (uint16_t)(i + 1) };
		struct story_packet retransmit = first;

		retransmit.tsval = 500;
		retransmit.id += 7000;
		story_frame(1000 + i, first);
		story_frame(500000 + 10 * i, retransmit);
		events[i] = story_retransmit(500002 + 10 * i, retransmit, PLAIN);
	}
	for (uint32_t i = 0; i < 5000; i++)
		story_frame(600000 + i, PACKET(.from_server = true, .seq = 1, .ack = 1100 + 100 * i,
					       .tsval = 900, .tsecr = i < 2500 ? 10 : 500));
	for (uint32_t i = 0; i < 5000; i++)
		CHECK(story_result(events[i]).verdict ==
		      (i < 2500 ? VERDICT_SPURIOUS : VERDICT_LOST_BEYOND_HOST));
}

TEST(a_capture_without_the_connection_is_no_witness)
{
	size_t driver, filter;

	story_begin();
	story_covers(0, 9000);
	driver = story_drop(1000, "out", data(1000, 10), WITH(.reason = "FULL_RING"));
	filter = story_drop(2000, "out", data(1000, 11),
			    WITH(.reason = "NETFILTER_DROP", .local = true));
	IS(driver, "unknown: no packet of its connection is in w0: captured elsewhere, with a "
		   "filter, or with translated addresses (NAT)");
	IS(filter, "dropped-before-wire: not in w0, which covers its time");
}
