// SPDX-License-Identifier: GPL-2.0-or-later
#include "count/count_interval.h"
#include "test.h"

TEST(intervals_are_a_steady_grid)
{
	struct count_interval interval = count_interval_start(10, 1000);
	int due = 0;

	CHECK(!count_interval_is_due(&interval, 1009));
	for (uint64_t now = 1000; now <= 1100; now++)
		due += count_interval_is_due(&interval, now);
	CHECK(due == 10);
}

TEST(missed_intervals_are_skipped_and_the_grid_stays)
{
	struct count_interval interval = count_interval_start(10, 1000);

	CHECK(count_interval_is_due(&interval, 1085)); /* stopped for 85 seconds */
	CHECK(!count_interval_is_due(&interval, 1085));
	CHECK(!count_interval_is_due(&interval, 1089));
	CHECK(count_interval_is_due(&interval, 1090));
	CHECK(!count_interval_is_due(&interval, 1099));
	CHECK(count_interval_is_due(&interval, 1101)); /* late */
	CHECK(count_interval_is_due(&interval, 1110));
}

TEST(without_an_interval_nothing_is_due)
{
	struct count_interval interval = count_interval_start(0, 1000);

	CHECK(!count_interval_is_due(&interval, 1000));
	CHECK(!count_interval_is_due(&interval, UINT64_MAX));
}
