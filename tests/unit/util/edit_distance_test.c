// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>

#include "util/edit_distance.h"
#include "test.h"

TEST(equal_words_have_no_distance)
{
	CHECK(edit_distance("compare", "compare") == 0 && edit_distance("", "") == 0);
}

TEST(each_typing_error_counts_once)
{
	CHECK(edit_distance("comare", "compare") == 1);	  /* a letter is missing */
	CHECK(edit_distance("commpare", "compare") == 1); /* one too many */
	CHECK(edit_distance("compere", "compare") == 1);  /* a wrong one */
	CHECK(edit_distance("comapre", "compare") == 1);  /* two are swapped */
	CHECK(edit_distance("cuont", "compare") > 2);
}

TEST(distance_to_nothing_is_the_length)
{
	CHECK(edit_distance("", "count") == 5 && edit_distance("count", "") == 5);
}

TEST(distance_is_the_same_both_ways)
{
	CHECK(edit_distance("kitten", "sitting") == 3 && edit_distance("sitting", "kitten") == 3);
}

TEST(words_beyond_the_limit_are_not_similar)
{
	CHECK(edit_distance("1234567890123456789012345678901", "") == EDIT_WORD_MAX);
	CHECK(edit_distance("12345678901234567890123456789012", "") == UINT_MAX);
	CHECK(edit_distance("", "12345678901234567890123456789012") == UINT_MAX);
}
