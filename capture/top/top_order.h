/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOP_ORDER_H
#define TOP_ORDER_H

/* The order of connections, and which of them the user has requested. */

#include <stdbool.h>

#include "options.h"
#include "top_table.h"

/* Sorts rows, the largest first; rows that are equal by the key come in an order of their own. */
void top_order(struct top_row **rows, size_t count, enum top_sort sort);

/*
 * Returns whether the connection is one of those that the filter (its pids) and the cgroup request.
 * path is the connection's cgroup, NULL if it is unknown. wanted is "/a/b": that cgroup and all
 * below it; "text": all that contain it; NULL: all.
 */
bool top_requests_pid(const struct filter *filter, const struct top_row *row);
bool top_requests_cgroup(const char *wanted, const char *path);

#endif
