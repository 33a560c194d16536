// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "file/record_store.h"
#include "test.h"

#define RECORDS 20000
#define BYTES	300

/*
 * Record i: its number, and text that is alike in all. Some are empty, one is larger than a block.
 */
static size_t make_record(uint8_t *bytes, size_t i)
{
	size_t length = i == 7777 ? 200000 : BYTES;

	if (i % 1000 == 3)
		return 0;
	memset(bytes, (int)(i % 7), length);
	memcpy(bytes, &i, sizeof(i));
	return length;
}

static bool has_record(struct record_store *store, size_t i)
{
	static uint8_t expected[200000];
	size_t expected_length = make_record(expected, i), length;
	const void *bytes;

	return record_store_get(store, i, &bytes, &length) == 0 && length == expected_length &&
	       memcmp(bytes, expected, length) == 0;
}

static struct record_store *make_store(void)
{
	static uint8_t bytes[200000];
	struct record_store *store = record_store_new();

	for (size_t i = 0; store && i < RECORDS; i++) {
		if (record_store_add(store, bytes, make_record(bytes, i)))
			abort();
	}
	return store;
}

TEST(records_are_read_in_any_order)
{
	struct record_store *store = make_store();

	CHECK(store);
	for (size_t i = 0; i < RECORDS; i++)
		CHECK(has_record(store, i));
	for (size_t i = RECORDS; i > 0; i -= 40)
		CHECK(has_record(store, i - 1));
	for (size_t i = 0; i < 500; i++)
		CHECK(has_record(store, i * 7919 % RECORDS));
	record_store_free(store);
}

TEST(records_may_be_added_after_some_were_read)
{
	struct record_store *store = record_store_new();
	const void *bytes;
	size_t length;

	CHECK(store && record_store_add(store, "first", 5) == 0);
	CHECK(record_store_get(store, 0, &bytes, &length) == 0 && length == 5);
	CHECK(record_store_add(store, "second", 6) == 0);
	CHECK(record_store_get(store, 1, &bytes, &length) == 0 && length == 6);
	CHECK(memcmp(bytes, "second", 6) == 0);
	record_store_free(store);
}

TEST(records_that_are_alike_are_kept_in_a_fifth_of_their_bytes)
{
	struct mallinfo2 before = mallinfo2(), after;
	struct record_store *store = make_store();

	CHECK(store);
	after = mallinfo2();
	CHECK(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd <
	      RECORDS * BYTES / 5 + (3 << 20)); /* the compressor has some of its own */
	record_store_free(store);
}

TEST(a_record_larger_than_16_mib_is_refused)
{
	struct record_store *store = record_store_new();
	uint8_t *bytes = calloc(1, (16 << 20) + 1);

	CHECK(store && bytes);
	CHECK(record_store_add(store, bytes, (16 << 20) + 1) == -E2BIG);
	CHECK(record_store_add(store, bytes, 16 << 20) == 0);
	free(bytes);
	record_store_free(store);
}
