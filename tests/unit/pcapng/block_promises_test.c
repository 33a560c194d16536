// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cursor and the buffer of blocks keep their first failure: a caller checks once, at the end.
 */
#include "pcapng/block.h"
#include "test.h"

TEST(cursor_that_has_failed_gives_nothing_more)
{
	const uint8_t bytes[3] = { 1, 2, 3 };
	struct block_cursor cursor = { bytes, sizeof(bytes), false, false };

	CHECK(block_get_u16(&cursor) != 0 && !cursor.failed);
	CHECK(block_get_u32(&cursor) == 0 && cursor.failed);
	CHECK(!block_get_bytes(&cursor, 1) && cursor.failed);
	cursor = (struct block_cursor){ bytes, sizeof(bytes), false, false };
	CHECK(block_get_u32(&cursor) == 0 && cursor.failed);
	CHECK(block_get_u16(&cursor) == 0 && cursor.failed);
}
