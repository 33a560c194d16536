/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLOCK_H
#define CLOCK_H

/*
 * From the kernel's monotonic time to the wall clock that tcpdump's timestamps are on. The offset
 * between the two moves when the wall clock is set, so it is sampled again and again.
 */

#include <stdint.h>

struct clock {
	int64_t offset_ns;
	uint64_t sampled_ns; /* monotonic */
};

/* Samples the offset; call it before the first use. */
void clock_sample(struct clock *clock);

/* The same, if the last sample is a second old or more. */
void clock_resample(struct clock *clock);

/* Ticks of the kernel's own clock in a second (CONFIG_HZ), in which TCP keeps its timers. */
uint32_t clock_ticks_per_s(void);

/* Nanoseconds since the epoch. */
uint64_t clock_wall_ns(const struct clock *clock, uint64_t monotonic_ns);

#endif
