// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <time.h>

#include "enrich/clock.h"
#include "test.h"

#define NS_PER_MS 1000000LL

static uint64_t read_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Whether the clock tells the wall's time; a read that the scheduler tore apart is done again. */
static bool tells_the_time(const struct clock *clock)
{
	for (int i = 0; i < 100; i++) {
		uint64_t before = read_ns(CLOCK_MONOTONIC), wall = read_ns(CLOCK_REALTIME);
		uint64_t after = read_ns(CLOCK_MONOTONIC);

		if (after - before > NS_PER_MS / 10)
			continue;
		return llabs((int64_t)(clock_wall_ns(clock, before) - wall)) < NS_PER_MS;
	}
	return false;
}

TEST(wall_clock_is_within_a_millisecond)
{
	struct clock clock = { 0 };

	clock_sample(&clock);
	CHECK(tells_the_time(&clock));
	CHECK(clock.sampled_ns <= read_ns(CLOCK_MONOTONIC));
	CHECK(clock.sampled_ns + 1000 * NS_PER_MS > read_ns(CLOCK_MONOTONIC));
}

TEST(wall_time_is_monotonic_time_and_offset)
{
	struct clock clock = { .offset_ns = 1700000000000000000 };

	CHECK(clock_wall_ns(&clock, 0) == 1700000000000000000);
	CHECK(clock_wall_ns(&clock, 123) == 1700000000000000123);
	clock.offset_ns = -100;
	CHECK(clock_wall_ns(&clock, 123) == 23);
}

TEST(young_sample_is_kept)
{
	struct clock clock = { .offset_ns = 42 };

	clock.sampled_ns = read_ns(CLOCK_MONOTONIC);
	clock_resample(&clock);
	CHECK(clock.offset_ns == 42);
}

TEST(old_sample_is_renewed)
{
	struct clock clock = { .offset_ns = 42 };

	clock.sampled_ns = read_ns(CLOCK_MONOTONIC) - 1000 * NS_PER_MS;
	clock_resample(&clock);
	CHECK(clock.offset_ns != 42);
	CHECK(tells_the_time(&clock));
}
