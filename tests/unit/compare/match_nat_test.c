// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_case.h"
#include "test.h"

/* The client's address and port are translated on this host, between two devices. */

#define IS(event, text) CHECK_STR(story_verdict(event), text)
#define PLAIN		((struct story_event){ 0 })
#define ROUTER		((struct story_event){ .netns = 2 })

static struct story_packet data(uint32_t tsval, bool translated)
{
	return (struct story_packet){
		.translated = translated,
		.seq = 1001,
		.len = 100,
		.ack = 5001,
		.tsval = tsval,
		.tsecr = 7,
		.id = (uint16_t)tsval,
	};
}

static struct story_packet ack(bool translated)
{
	return (struct story_packet){
		.from_server = true,
		.translated = translated,
		.seq = 5001,
		.ack = 1101,
		.tsval = 20,
		.tsecr = 10,
		.id = 9,
	};
}

static void begin(void)
{
	story_begin();
	story_covers(0, 1000000);
}

TEST(a_drop_after_a_translation_has_the_frame_of_before)
{
	size_t drop, again;

	begin();
	story_frame(1000, data(10, false));
	drop = story_drop(1003, "in", data(10, true), ROUTER);
	story_frame(201000, data(210, false));
	again = story_retransmit(201005, data(210, false), PLAIN);
	IS(drop, "dropped-after-wire: frame 3 of w0, 3 us before");
	IS(again, "dropped-by-host: sent before, and dropped by this host: event 1");
}

TEST(a_drop_before_a_translation_back_has_the_frame_of_before)
{
	size_t drop, again;

	begin();
	story_frame(1000, data(10, false));
	story_frame(1003, data(10, true));
	story_frame(2000, ack(true));
	drop = story_drop(2003, "in", ack(true), ROUTER);
	story_frame(201000, data(210, false));
	again = story_retransmit(201005, data(210, false), PLAIN);
	story_frame(201008, data(210, true));
	IS(drop, "dropped-after-wire: frame 5 of w0, 3 us before");
	IS(again, "dropped-by-host: its acknowledgement was dropped by this host: event 1");
}

TEST(a_capture_after_a_translation_has_the_transmissions)
{
	size_t again;

	begin();
	story_frame(1000, data(10, true));
	story_frame(201000, data(210, true));
	again = story_retransmit(201005, data(210, false), PLAIN);
	IS(again,
	   "lost-beyond-host: sent before and not answered: frame 3 of w0, 200005 us before");
}

TEST(a_capture_before_and_one_after_a_translation_are_of_one_connection)
{
	size_t again;

	begin();
	story_frame(1000, data(10, true));
	story_frame(2000, ack(true));
	story_frame(201008, data(210, true));
	story_next_wire();
	story_covers(0, 1000000);
	story_frame(997, data(10, false));
	story_frame(201000, data(210, false));
	again = story_retransmit(201005, data(210, false), PLAIN);
	IS(again, "spurious: acknowledged in frame 4 of w0, 199005 us before");
}

TEST(a_packet_with_two_other_ends_is_of_another_connection)
{
	struct story_packet other = data(10, true);
	size_t drop;

	begin();
	other.ipv6 = true;
	story_frame(1000, other);
	drop = story_drop(1003, "in", data(10, false), PLAIN);
	CHECK(story_result(drop).verdict == VERDICT_UNKNOWN);
}

/* What was cut could differ. */
TEST(a_cut_packet_shows_no_translation)
{
	struct story_packet packet = { .seq = 1001, .len = 100, .ack = 5001, .id = 7 },
			    cut = packet;
	size_t drop;

	begin();
	cut.translated = cut.cut = true;
	story_frame(1000, cut);
	drop = story_drop(1003, "in", packet, PLAIN);
	CHECK(story_result(drop).verdict == VERDICT_UNKNOWN);
}
