// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"
#include "util/number.h"

TEST(numbers_of_64_bits_are_parsed)
{
	uint64_t number = 7;

	CHECK(number_parse("0", &number) && number == 0);
	CHECK(number_parse("0042", &number) && number == 42);
	CHECK(number_parse("18446744073709551615", &number) && number == UINT64_MAX);
}

TEST(other_texts_are_not_numbers)
{
	static const char *const texts[] = { "",    " 1", "+1", "-1",
					     "0x1", "1 ", "1a", "18446744073709551616" };
	uint64_t number = 7;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CHECK(!number_parse(texts[i], &number));
	CHECK(number == 7);
}

TEST(digits_are_taken_and_the_rest_stays)
{
	const char *cursor = "12/34";
	uint64_t number = 0;

	CHECK(number_take(&cursor, &number) && number == 12);
	CHECK_STR(cursor, "/34");
	CHECK(!number_take(&cursor, &number));
	CHECK_STR(cursor, "/34");
}
