/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOP_ORDER_H
#define TOP_ORDER_H

/* The order of connections, and which of them the user has requested. */

#include <stdbool.h>

#include "options.h"
#include "top_table.h"

/* Sorts rows, the largest first. The order of rows that are equal by the key is stable. */
void top_order(struct top_row **rows, size_t count, enum top_sort sort);

/*
 * Return whether the user has requested the connection: by the pids of the filter, and by the
 * cgroup. path is the connection's cgroup, NULL if it is unknown. requested is as in
 * cgroup_path_matches(); NULL: all connections.
 */
bool top_requests_pid(const struct filter *filter, const struct top_row *row);
bool top_requests_cgroup(const char *requested, const char *path);

#endif
