// SPDX-License-Identifier: GPL-2.0-or-later
#include <time.h>

#include "clock.h"
#include "util/time.h"

#define SAMPLES 16

/* Reads the wall clock between two readings of the other; the tightest pair has the least error. */
void clock_sample(struct clock *clock)
{
	uint64_t tightest = UINT64_MAX;

	for (int i = 0; i < SAMPLES; i++) {
		uint64_t before = time_monotonic_ns();
		uint64_t wall = time_realtime_ns();
		uint64_t after = time_monotonic_ns();

		if (after - before >= tightest)
			continue;
		tightest = after - before;
		clock->offset_ns = (int64_t)(wall - (before + tightest / 2));
		clock->sampled_ns = after;
	}
}

void clock_resample(struct clock *clock)
{
	if (time_monotonic_ns() - clock->sampled_ns >= NS_PER_S)
		clock_sample(clock);
}

uint32_t clock_ticks_per_s(void)
{
	struct timespec tick;

	/* The coarse clocks advance by a tick. */
	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) || tick.tv_sec || !tick.tv_nsec)
		return 0;
	return (uint32_t)((NS_PER_S + (uint64_t)tick.tv_nsec / 2) / (uint64_t)tick.tv_nsec);
}

uint64_t clock_wall_ns(const struct clock *clock, uint64_t monotonic_ns)
{
	return monotonic_ns + (uint64_t)clock->offset_ns;
}
