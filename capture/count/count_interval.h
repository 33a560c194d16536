/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_INTERVAL_H
#define COUNT_INTERVAL_H

#include <stdbool.h>
#include <stdint.h>

/* The times at which counts are printed: every so many seconds after the start. */
struct count_interval {
	uint64_t length; /* seconds; 0: never */
	uint64_t next;
};

struct count_interval count_interval_start(uint64_t length, uint64_t now);

/*
 * Returns true if the next time has come. Times that were missed, because the process was stopped
 * or the machine slept, are skipped: their counts are in the table of the first one.
 */
bool count_interval_is_due(struct count_interval *interval, uint64_t now);

#endif
