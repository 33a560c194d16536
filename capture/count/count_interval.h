/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_INTERVAL_H
#define COUNT_INTERVAL_H

#include <stdbool.h>
#include <stdint.h>

/* The times at which counts are printed. All times are seconds of the same clock. */
struct count_interval {
	uint64_t length; /* 0: never */
	uint64_t next;
};

/* Returns an interval whose first time is `now` + length. */
struct count_interval count_interval_start(uint64_t length, uint64_t now);

/*
 * Returns whether the next time has come. Times that were missed, because the process was stopped
 * or the machine was suspended, are skipped: one table has the counts of all of them.
 */
bool count_interval_is_due(struct count_interval *interval, uint64_t now);

#endif
