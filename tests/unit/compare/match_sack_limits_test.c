// SPDX-License-Identifier: GPL-2.0-or-later
/* How many bytes a selective acknowledgement may have. */
#include "match_packets.h"

/* The verdict on a retransmission, after the server has selectively acknowledged so many bytes. */
static enum verdict verdict_after_block(uint32_t bytes)
{
	struct story_packet block = PACKET(.from_server = true, .seq = 5001, .ack = 901,
					   .tsval = 11, .tsecr = 10, .id = 3,
					   .sack = { 1001, 1001 + bytes });
	size_t again;

	begin();
	story_frame(1000, data(10, 10));
	story_frame(2000, block);
	story_frame(201000, data(210, 210));
	again = story_retransmit(201005, data(210, 210), PLAIN);
	return story_result(again).verdict;
}

TEST(block_of_more_than_the_data_covers_it)
{
	CHECK(verdict_after_block(100) == VERDICT_SPURIOUS);
	CHECK(verdict_after_block(1 << 20) == VERDICT_SPURIOUS);
	CHECK(verdict_after_block(99) == VERDICT_UNKNOWN);
}

/* No connection has so much data in flight: such a block is damaged. */
TEST(block_of_more_than_128_mebibytes_covers_nothing)
{
	CHECK(verdict_after_block(1 << 27) == VERDICT_SPURIOUS);
	CHECK(verdict_after_block((1 << 27) + 1) == VERDICT_LOST_BEYOND_HOST);
	CHECK(verdict_after_block(0) == VERDICT_LOST_BEYOND_HOST);
}
