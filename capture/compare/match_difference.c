// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "match_difference.h"
#include "match_time.h"

#define FAR_NS 10000000000 /* farther from the median, a frame is another packet's */

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int64_t difference_median(int64_t *list, size_t count)
{
	qsort(list, count, sizeof(*list), compare);
	return count ? list[count / 2] : 0;
}

void difference_sort(struct differences *differences)
{
	int64_t median = difference_median(differences->list, differences->count);
	size_t kept = 0;

	for (size_t i = 0; i < differences->count; i++) {
		if (llabs(time_apart(differences->list[i], median)) <= FAR_NS)
			differences->list[kept++] = differences->list[i];
	}
	differences->count = kept;
}

int64_t difference_least(const struct differences *differences)
{
	return differences->list[differences->count / 20];
}

int64_t difference_greatest(const struct differences *differences)
{
	return differences->list[differences->count - 1 - differences->count / 20];
}

int64_t difference_nine_tenths(const struct differences *differences)
{
	return differences->list[(differences->count - 1) * 9 / 10];
}

bool difference_is_constant(const struct differences *differences)
{
	return differences->count >= DIFFERENCES_FEW &&
	       time_apart(difference_greatest(differences), difference_least(differences)) <
		       DIFFERENCE_SLACK_NS;
}

size_t difference_between(const struct differences *differences, int64_t from, int64_t to)
{
	size_t count = 0;

	for (size_t i = 0; i < differences->count; i++)
		count += differences->list[i] >= from && differences->list[i] <= to;
	return count;
}

bool difference_is_queued(const struct differences *differences)
{
	int64_t low = differences->count ? difference_least(differences) : 0;

	return differences->count >= DIFFERENCES_FEW &&
	       difference_between(differences, low, time_move(low, DIFFERENCE_SLACK_NS)) * 2 <=
		       differences->count;
}
