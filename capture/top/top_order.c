// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "report/cgroup_path.h"
#include "top_order.h"

static uint64_t value_of(const struct top_row *row, enum top_sort sort)
{
	switch (sort) {
	case TOP_SORT_RX:
		return row->rx_bytes;
	case TOP_SORT_TX:
		return row->tx_bytes;
	case TOP_SORT_RETRANS:
		return row->retransmits;
	case TOP_SORT_DROPS:
		return row->drops;
	case TOP_SORT_RTT:
		return row->sample.srtt_us;
	case TOP_SORT_BOTH:
		break;
	}
	return row->rx_bytes + row->tx_bytes;
}

/*
 * Orders rows by the key, then by all bytes, then by the id of the socket, which does not change:
 * so equal rows keep their order from round to round.
 */
static int compare(const void *a, const void *b, void *sort)
{
	const struct top_row *left = *(struct top_row *const *)a;
	const struct top_row *right = *(struct top_row *const *)b;
	const enum top_sort keys[] = { *(const enum top_sort *)sort, TOP_SORT_BOTH };

	for (size_t i = 0; i < 2; i++) {
		uint64_t x = value_of(left, keys[i]), y = value_of(right, keys[i]);

		if (x != y)
			return x > y ? -1 : 1;
	}
	return memcmp(&left->sample.id, &right->sample.id, sizeof(left->sample.id));
}

void top_order(struct top_row **rows, size_t count, enum top_sort sort)
{
	qsort_r(rows, count, sizeof(*rows), compare, &sort);
}

bool top_requests_pid(const struct filter *filter, const struct top_row *row)
{
	for (size_t i = 0; i < filter->pid_count; i++) {
		if (row->owner.known && row->owner.pid == filter->pids[i])
			return true;
	}
	return !filter->pid_count;
}

bool top_requests_cgroup(const char *requested, const char *path)
{
	return !requested || (path && cgroup_path_matches(requested, path));
}
