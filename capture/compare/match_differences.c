// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "match_differences.h"
#include "match_time.h"

#define FAR_NS 10000000000

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void differences_sort_list(int64_t *list, size_t count)
{
	qsort(list, count, sizeof(*list), compare);
}

void differences_sort(struct differences *differences)
{
	int64_t median;
	size_t kept = 0;

	differences_sort_list(differences->list, differences->count);
	median = differences->count ? differences->list[differences->count / 2] : 0;
	for (size_t i = 0; i < differences->count; i++) {
		if (llabs(time_apart(differences->list[i], median)) <= FAR_NS)
			differences->list[kept++] = differences->list[i];
	}
	differences->count = kept;
	differences->is_sure = false;
}

static size_t count_doubtful(const struct differences *differences)
{
	return differences->is_sure ? 0 : differences->count / 20;
}

int64_t differences_least(const struct differences *differences)
{
	return differences->list[count_doubtful(differences)];
}

int64_t differences_greatest(const struct differences *differences)
{
	return differences->list[differences->count - 1 - count_doubtful(differences)];
}

int64_t differences_nine_tenths(const struct differences *differences)
{
	return differences->list[(differences->count - 1) * 9 / 10];
}

size_t differences_count_between(const struct differences *differences, int64_t from, int64_t to)
{
	size_t count = 0;

	for (size_t i = 0; i < differences->count; i++)
		count += differences->list[i] >= from && differences->list[i] <= to;
	return count;
}
