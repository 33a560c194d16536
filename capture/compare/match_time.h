/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_TIME_H
#define MATCH_TIME_H

/*
 * Times of the matcher: nanoseconds of a 64-bit unsigned timestamp, moved by 2^63 so that they are
 * signed. A file may hold any timestamp up to the year 2554, so a difference of two times does not
 * always fit: all arithmetic here ends at its limits instead of overflowing.
 */

#include <stdint.h>

#define TIME_AFTER_ALL INT64_MAX /* later than every time of a file */

/* Keeps the order of timestamps; the last nanosecond of 2554 is taken for the one before it. */
static inline int64_t time_from_ns(uint64_t timestamp_ns)
{
	int64_t time = (int64_t)(timestamp_ns ^ 1ULL << 63);

	return time < TIME_AFTER_ALL ? time : TIME_AFTER_ALL - 1;
}

/* The timestamp of a time. */
static inline uint64_t time_to_ns(int64_t time)
{
	return (uint64_t)time ^ 1ULL << 63;
}

/* Returns later - earlier in ns, from -INT64_MAX to INT64_MAX, so that it has a negative. */
static inline int64_t time_apart(int64_t later, int64_t earlier)
{
	int64_t apart;

	if (__builtin_sub_overflow(later, earlier, &apart))
		return later < earlier ? -INT64_MAX : INT64_MAX;
	return apart == INT64_MIN ? -INT64_MAX : apart;
}

/* Returns the time that is ns later (ns may be negative), or the first or last time there is. */
static inline int64_t time_move(int64_t time, int64_t ns)
{
	int64_t moved;

	if (__builtin_add_overflow(time, ns, &moved))
		return ns < 0 ? INT64_MIN : TIME_AFTER_ALL - 1;
	return moved < TIME_AFTER_ALL ? moved : TIME_AFTER_ALL - 1;
}

#endif
