// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_packets.h"

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
