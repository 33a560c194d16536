// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/strbuf.h"
#include "test.h"

TEST(empty_text_is_empty_string)
{
	struct strbuf text = { 0 };

	CHECK_STR(strbuf_string(&text), "");
	strbuf_add(&text, "");
	CHECK_STR(strbuf_string(&text), "");
	strbuf_add(&text, "abc");
	strbuf_clear(&text);
	CHECK_STR(strbuf_string(&text), "");
	CHECK(text.length == 0);
	strbuf_free(&text);
	CHECK_STR(strbuf_string(&text), "");
}

TEST(text_grows_by_small_and_large_additions)
{
	struct strbuf text = { 0 };
	char block[1000];
	size_t length = 0;

	memset(block, 'x', sizeof(block));
	for (size_t i = 0; i < 3000; i++) {
		strbuf_add_bytes(&text, "y", 1);
		CHECK(text.length == ++length && text.data[length] == '\0');
	}
	for (size_t i = 0; i <= sizeof(block); i++) {
		strbuf_add_bytes(&text, block, i);
		length += i;
		CHECK(text.length == length && text.data[length] == '\0');
	}
	strbuf_addf(&text, "%500s", "z");
	CHECK(text.length == length + 500 && strlen(text.data) == text.length);
	CHECK(!text.failed);
	strbuf_free(&text);
}

TEST(numbers_are_decimal)
{
	struct strbuf text = { 0 };

	strbuf_add_number(&text, 0);
	strbuf_add(&text, " ");
	strbuf_add_number(&text, 10);
	strbuf_add(&text, " ");
	strbuf_add_number(&text, UINT64_MAX);
	strbuf_addf(&text, " %d%s", -1, "x");
	CHECK_STR(strbuf_string(&text), "0 10 18446744073709551615 -1x");
	strbuf_free(&text);
}

static bool is_written_like_printf(uint64_t number)
{
	struct strbuf text = { 0 };
	char want[32];
	bool same;

	snprintf(want, sizeof(want), "a%llu", (unsigned long long)number);
	strbuf_add(&text, "a");
	strbuf_add_number(&text, number);
	same = strcmp(strbuf_string(&text), want) == 0 && text.length == strlen(want);
	strbuf_free(&text);
	return same;
}

TEST(numbers_of_each_length_are_written)
{
	uint64_t power = 1;

	for (int digits = 1; digits <= 20; digits++, power *= 10) {
		CHECK(is_written_like_printf(power - 1));
		CHECK(is_written_like_printf(power));
		CHECK(is_written_like_printf(power + power / 7));
	}
}

TEST(strings_are_inserted)
{
	struct strbuf text = { 0 };

	strbuf_insert(&text, 0, "bd");
	strbuf_insert(&text, 1, "c");
	strbuf_insert(&text, 0, "a");
	strbuf_insert(&text, 4, "e");
	strbuf_insert(&text, 2, "");
	CHECK_STR(strbuf_string(&text), "abcde");
	CHECK(text.length == 5);
	strbuf_free(&text);
}

TEST(beginning_of_an_array_is_added)
{
	struct strbuf text = { 0 };
	char want[400] = "";

	for (int i = 0; i < 100; i++) {
		strbuf_add_array(&text, (const char[STRBUF_ARRAY]){ "abcdef" }, 3);
		strcat(want, "abc");
	}
	CHECK_STR(strbuf_string(&text), want);
	strbuf_free(&text);
}

TEST(a_length_beyond_all_memory_fails)
{
	struct strbuf text = { 0 };

	strbuf_add(&text, "abc");
	CHECK(!strbuf_reserve(&text, SIZE_MAX));
	CHECK(text.failed);
	CHECK_STR(strbuf_string(&text), "abc");
	strbuf_free(&text);
}
