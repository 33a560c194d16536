/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TIMELINE_H
#define TIMELINE_H

/*
 * Counts events of several series in intervals of time. The range of times is not known in advance:
 * the intervals are short at first, and become longer whenever there would be too many, so that
 * memory is bounded. Times may come in any order. Pure.
 */

#include <stddef.h>
#include <stdint.h>

#define TIMELINE_MAX 480 /* intervals */

struct timeline_series {
	uint64_t counts[TIMELINE_MAX]; /* from the first interval on */
};

/* Zero-initialized, it is empty. */
struct timeline {
	unsigned int step; /* of the list of lengths */
	uint64_t width_ns; /* of an interval; 0: there is no event */
	uint64_t first;	   /* number of the first interval: it begins at first * width_ns */
	size_t length;	   /* intervals */
	struct timeline_series **series;
	size_t series_count;
};

/* Counts an event of that series; 0, 1, ... Returns 0 or -ENOMEM. */
int timeline_add(struct timeline *timeline, size_t series, uint64_t timestamp_ns);

/* Returns the events of the series in the interval, 0 if there are none. */
uint64_t timeline_count(const struct timeline *timeline, size_t series, size_t interval);

/*
 * Finds the shortest time in which `share` percent of the series' events are. Sets the first
 * interval, and returns the number of intervals; 0 for a series without events.
 */
size_t timeline_burst(const struct timeline *timeline, size_t series, unsigned int share,
		      size_t *first);

void timeline_free(struct timeline *timeline);

#endif
