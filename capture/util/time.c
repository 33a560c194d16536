// SPDX-License-Identifier: GPL-2.0-or-later
#include "time.h"

static uint64_t read_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t time_monotonic_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

time_t time_monotonic_s(void)
{
	return (time_t)(time_monotonic_ns() / NS_PER_S);
}

uint64_t time_boottime_ns(void)
{
	return read_ns(CLOCK_BOOTTIME);
}

uint64_t time_realtime_ns(void)
{
	return read_ns(CLOCK_REALTIME);
}
