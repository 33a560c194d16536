/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_DIFFERENCES_H
#define MATCH_DIFFERENCES_H

/*
 * Differences between two clocks, in nanoseconds. All functions but the first need a sorted list;
 * the bounds need one that is not empty.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAMPLES_MAX 4096

struct differences {
	int64_t list[SAMPLES_MAX];
	size_t count;
	bool is_sure; /* none is of another packet; sorting forgets it */
};

/* Sorts them and removes those more than ten seconds from the median: they are other packets'. */
void differences_sort(struct differences *differences);

/* Sorts times, or other numbers. */
void differences_sort_list(int64_t *list, size_t count);

/* The bounds; if they are not sure, but for one in 20, which may be of another equal packet. */
int64_t differences_least(const struct differences *differences);
int64_t differences_greatest(const struct differences *differences);

/* Nine tenths are at most that. */
int64_t differences_nine_tenths(const struct differences *differences);

/* Returns how many are from `from` to `to`, both included. */
size_t differences_count_between(const struct differences *differences, int64_t from, int64_t to);

#endif
