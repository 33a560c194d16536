// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <time.h>

#include "test.h"
#include "util/time.h"

TEST(clocks_advance_in_nanoseconds)
{
	const struct timespec pause = { .tv_nsec = 20 * NS_PER_MS };
	uint64_t monotonic = time_monotonic_ns(), boottime = time_boottime_ns();

	nanosleep(&pause, NULL);
	CHECK(time_monotonic_ns() - monotonic >= 20 * NS_PER_MS);
	CHECK(time_monotonic_ns() - monotonic < 20 * NS_PER_S);
	CHECK(time_boottime_ns() - boottime >= 20 * NS_PER_MS);
	CHECK(time_boottime_ns() - boottime < 20 * NS_PER_S);
}

TEST(boottime_counts_what_monotonic_does_not)
{
	uint64_t monotonic = time_monotonic_ns();

	CHECK(time_boottime_ns() >= monotonic);
}

TEST(realtime_is_since_the_epoch)
{
	int64_t behind_s = (int64_t)(time_realtime_ns() / NS_PER_S) - (int64_t)time(NULL);

	CHECK(llabs(behind_s) <= 2);
}
