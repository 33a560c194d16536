/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_DIFFERENCE_H
#define MATCH_DIFFERENCE_H

/*
 * Differences of two clocks: of the times of a frame and of the event whose packet it is. One in 20
 * may be of another packet that is equal, so that their bounds are taken without these.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAMPLES_MAX	    4096
#define DIFFERENCES_FEW	    3	  /* that are enough to say something of all */
#define DIFFERENCE_SLACK_NS 50000 /* less than that is the way through the kernel */

struct differences {
	int64_t list[SAMPLES_MAX];
	size_t count;
};

/* Sorts the list, and returns the median; 0 of none. */
int64_t difference_median(int64_t *list, size_t count);

/* Sorts the differences, as all others expect, and removes those that are far from their median. */
void difference_sort(struct differences *differences);

/* There must be one. */
int64_t difference_least(const struct differences *differences);
int64_t difference_greatest(const struct differences *differences);
int64_t difference_nine_tenths(const struct differences *differences);

/* Whether there are some, and they are equal but for the slack. */
bool difference_is_constant(const struct differences *differences);

size_t difference_between(const struct differences *differences, int64_t from, int64_t to);

/* Whether a queue held the packets: without one, most differ from the least by the slack. */
bool difference_is_queued(const struct differences *differences);

#endif
