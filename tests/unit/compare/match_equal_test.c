// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_case.h"
#include "test.h"

/* Packets that are equal in most headers, or in all: without IP ID, within one tick. */

#define IS(event, text) CHECK_STR(story_verdict(event), text)
#define PACKET(...)	((struct story_packet){ __VA_ARGS__ })
#define WITH(...)	((struct story_event){ __VA_ARGS__ })
#define PLAIN		((struct story_event){ 0 })

static const struct story_packet equal = {
	.ipv6 = true, .seq = 1001, .len = 100, .ack = 5001, .tsval = 10, .tsecr = 7
};

static void begin(void)
{
	story_begin();
	story_covers(0, 1000000);
}

/* A duplicate ACK of the client, which has the server's data up to that number. */
static struct story_packet duplicate_ack(uint32_t sack_end)
{
	return PACKET(.ipv6 = true, .seq = 1001, .ack = 5001, .tsval = 10, .tsecr = 7,
		      .sack = { 6001, sack_end });
}

TEST(duplicate_acks_that_differ_in_sack_blocks_are_different_packets)
{
	size_t drop;

	begin();
	story_frame(1000, duplicate_ack(7001));
	drop = story_drop(1010, "out", duplicate_ack(8001), PLAIN);
	story_frame(1020, duplicate_ack(9001));
	IS(drop, "dropped-before-wire: not in w0, which covers its time");
}

TEST(a_drop_before_the_tap_takes_no_frame_of_an_equal_packet)
{
	size_t netfilter, qdisc;

	begin();
	story_frame(1000, equal);
	netfilter = story_drop(1010, "out", equal, WITH(.reason = "NETFILTER_DROP", .local = true));
	qdisc = story_drop(1020, "out", equal, WITH(.reason = "QDISC_DROP", .local = true));
	story_frame(1030, equal);
	IS(netfilter, "dropped-before-wire: not in w0, which covers its time");
	IS(qdisc, "dropped-before-wire: not in w0, which covers its time");
}

TEST(a_forwarded_packet_was_on_the_wire_before_a_qdisc_dropped_it)
{
	size_t drop;

	begin();
	story_frame(1000, equal);
	drop = story_drop(1010, "out", equal, WITH(.reason = "QDISC_DROP"));
	IS(drop, "dropped-after-wire: frame 3 of w0, 10 us before");
}

TEST(in_a_burst_of_equal_keys_the_right_event_gets_the_frame)
{
	struct story_packet packet = { .ipv6 = true, .seq = 1001, .ack = 5001, .tsecr = 7 };
	size_t drops[40];

	begin();
	for (uint32_t i = 0; i < 40; i++) {
		packet.tsval = i + 1;
		drops[i] = story_drop(1200 + 5 * i, "in", packet, PLAIN);
		story_frame(1000 + i, packet);
	}
	IS(drops[0], "dropped-after-wire: frame 3 of w0, 200 us before");
	IS(drops[39], "dropped-after-wire: frame 42 of w0, 356 us before");
}

TEST(no_attempt_before_the_next_transmission_was_needed_if_the_data_had_come)
{
	static const struct story_packet answer = {
		.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1101
	};
	size_t first, second;

	begin();
	story_frame(1000, equal);
	first = story_retransmit(201000, equal, WITH(.err = "EPERM"));
	second = story_retransmit(205000, equal, WITH(.err = "EPERM"));
	story_frame(206000, equal);
	story_frame(206100, answer);
	IS(second,
	   "lost-beyond-host: sent before and not answered: frame 3 of w0, 204000 us before");
	IS(first,
	   "lost-beyond-host: sent before and not answered: frame 3 of w0, 200000 us before");
}

/* The client's data carries an ACK of the server's. */
static const char *verdict_after_drop_of_old_data(const char *reason)
{
	struct story_packet sent = {
		.from_server = true, .seq = 5001, .len = 100, .ack = 1101, .id = 1
	};
	struct story_packet answer = { .seq = 1001, .len = 100, .ack = 5101, .id = 2 };
	size_t again;

	begin();
	story_frame(1000, sent);
	story_frame(2000, answer);
	story_drop(2010, "in", answer, WITH(.reason = reason));
	sent.id = 3;
	story_frame(201000, sent);
	again = story_retransmit(201005, sent, PLAIN);
	return story_verdict(again);
}

TEST(old_data_is_dropped_after_its_ack_was_processed)
{
	CHECK_STR(verdict_after_drop_of_old_data("TCP_OLD_DATA"),
		  "spurious: acknowledged in frame 4 of w0, 199005 us before");
	CHECK_STR(verdict_after_drop_of_old_data("TCP_OFOMERGE"),
		  "spurious: acknowledged in frame 4 of w0, 199005 us before");
	CHECK_STR(verdict_after_drop_of_old_data("SOCKET_BACKLOG"),
		  "dropped-by-host: its acknowledgement was dropped by this host: event 1, "
		  "SOCKET_BACKLOG");
}

/* The first transmission, in an earlier tick of the timestamps. */
static const struct story_packet first_sent = {
	.ipv6 = true, .seq = 1001, .len = 100, .ack = 5001, .tsval = 9, .tsecr = 7
};

TEST(the_drop_of_an_attempt_is_not_the_drop_of_the_next_one)
{
	size_t failed, again;

	begin();
	story_frame(1000, first_sent);
	story_drop(201000, "out", equal, WITH(.reason = "NETFILTER_DROP", .local = true));
	failed = story_retransmit(201005, equal, WITH(.err = "EPERM"));
	again = story_retransmit(201010, equal, PLAIN);
	IS(failed,
	   "lost-beyond-host: sent before and not answered: frame 3 of w0, 200005 us before");
	IS(again,
	   "dropped-by-host: sent before, and dropped by this host: event 1, NETFILTER_DROP");
}

TEST(a_retransmission_on_the_wire_was_not_dropped_before_the_tap)
{
	size_t again;

	begin();
	story_drop(201000, "out", equal, WITH(.reason = "QDISC_DROP", .local = true));
	story_frame(201010, equal);
	again = story_retransmit(201015, equal, PLAIN);
	IS(again, "dropped-by-host: sent before, and dropped by this host: event 1, QDISC_DROP");
}

TEST(a_probe_and_its_retransmission_have_one_verdict)
{
	size_t probe, again;

	begin();
	story_frame(1000, first_sent);
	probe = story_event(201000, "tlp", equal, PLAIN);
	story_drop(201003, "out", equal, WITH(.reason = "QDISC_DROP", .local = true));
	again = story_retransmit(201005, equal, WITH(.kind = "tlp", .err = "NET_XMIT_DROP"));
	story_frame(201500, PACKET(.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1101));
	IS(again,
	   "spurious: it did not leave, and the data is acknowledged in frame 4 of w0, 495 us after");
	IS(probe,
	   "spurious: it did not leave, and the data is acknowledged in frame 4 of w0, 495 us after");
	CHECK(!story_result(probe).has_matched_frame);
}

TEST(the_packet_at_a_second_device_is_no_earlier_transmission)
{
	size_t again;

	begin();
	story_frame(1000, first_sent);
	story_drop(1003, "in", first_sent, WITH(.netns = 2));
	story_frame(201000, equal);
	again = story_retransmit(201005, equal, PLAIN);
	story_frame(201007, equal);
	IS(again, "dropped-by-host: sent before, and dropped by this host: event 1");
	CHECK(story_result(again).matched_frame == 4);
}

TEST(a_dropped_acknowledgement_was_at_two_devices)
{
	static const struct story_packet answer = {
		.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1101, .tsval = 9, .tsecr = 9
	};
	size_t again;

	begin();
	story_frame(1000, first_sent);
	story_frame(2000, answer);
	story_frame(2005, answer);
	story_drop(2010, "in", answer, WITH(.reason = "NETFILTER_DROP"));
	story_frame(201000, equal);
	again = story_retransmit(201005, equal, PLAIN);
	story_frame(201007, equal);
	IS(again, "dropped-by-host: its acknowledgement was dropped by this host: event 1, "
		  "NETFILTER_DROP");
}

/* The server has the data twice; the client sent it again in two parts. */
TEST(a_duplicate_sack_of_two_parts_counts_for_both)
{
	struct story_packet whole = first_sent, first = equal, second = equal;
	size_t parts[2];

	begin();
	whole.len = 200;
	second.seq += 100;
	story_frame(1000, whole);
	story_frame(201000, first);
	parts[0] = story_retransmit(201005, first, PLAIN);
	story_frame(201100, second);
	parts[1] = story_retransmit(201105, second, PLAIN);
	story_frame(202000, PACKET(.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1201));
	story_frame(202100, PACKET(.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1201,
				   .sack = { 1001, 1201 }));
	IS(parts[0], "spurious: DSACK in frame 7 of w0, 1095 us after");
	IS(parts[1], "spurious: DSACK in frame 7 of w0, 995 us after");
}

TEST(a_duplicate_sack_at_two_devices_counts_for_one_retransmission)
{
	struct story_packet report = {
		.from_server = true, .ipv6 = true, .seq = 5001, .ack = 1101, .sack = { 1001, 1101 }
	};
	struct story_packet third = equal;
	size_t again;

	begin();
	third.tsval = 400;
	story_frame(1000, first_sent);
	story_frame(201000, equal);
	again = story_retransmit(201005, equal, PLAIN);
	story_frame(201007, equal);
	story_frame(401000, third);
	story_frame(401004, third);
	story_retransmit(401005, third, PLAIN);
	story_frame(402000, report);
	story_frame(402005, report);
	CHECK(story_result(again).verdict == VERDICT_LOST_BEYOND_HOST);
}

/* The tunnel's device has captured it before. */
TEST(a_drop_below_a_tunnel_is_not_before_the_wire)
{
	size_t drop;

	begin();
	story_frame(1000, first_sent);
	story_frame(201000, equal);
	drop = story_drop(201002, "out", equal,
			  ((struct story_event){
				  .reason = "QDISC_DROP", .local = true, .tunnel = "ipip" }));
	CHECK(story_result(drop).verdict == VERDICT_DROPPED_AFTER_WIRE);
}

/* Two were received before, but which is not known: two were dropped, one of them afterwards. */
TEST(equal_acknowledgements_that_may_have_come_in_time_are_named)
{
	struct story_packet ack = { .from_server = true, .ipv6 = true, .seq = 5001, .ack = 1101 };
	size_t again;

	begin();
	story_frame(1000, first_sent);
	story_frame(201000, ack);
	story_frame(201005, ack);
	story_drop(201008, "in", ack, PLAIN);
	story_frame(201020, equal);
	again = story_retransmit(201025, equal, PLAIN);
	story_drop(201040, "in", ack, PLAIN);
	CHECK_STR(story_verdict(again),
		  "unknown: acknowledgements of it without an IP ID came before, and this host "
		  "dropped some of them, perhaps all");
}
