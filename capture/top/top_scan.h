/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOP_SCAN_H
#define TOP_SCAN_H

/*
 * The scans of a round, which fill the table. There are two kinds:
 *
 * - The scan of files finds the connections that processes have open, in all namespaces at once,
 *   and their owners. It takes 0.2 s for a million open files.
 * - The scan of namespaces also finds those that no process has open: closed ones that still send,
 *   ones that wait for accept(), those of the kernel. It walks the kernel's whole table of
 *   connections for each namespace, some milliseconds with a large table.
 *
 * A round runs each scan whose last run took at most 5% of the time since its start, in CPU time;
 * if there is none, it runs the cheaper one. So every round has new numbers, and the cost is
 * bounded on hosts with many namespaces or many open files.
 */

#include <stdbool.h>

#include "options.h"
#include "top_table.h"
#include "util/error.h"

struct top_scan;

/* The table must outlive the result. Returns NULL and the error. */
struct top_scan *top_scan_open(const struct options *options, struct top_table *table,
			       struct error *error);
void top_scan_close(struct top_scan *scan);

/*
 * Runs both scans twice, because kernels before 5.15 may skip a connection while others are opened
 * or closed. Connections that are found later are new. Returns 0 or -errno.
 */
int top_scan_baseline(struct top_scan *scan);

/* Runs the scans of the next round. Returns 0 or -errno. */
int top_scan_round(struct top_scan *scan);

/*
 * Returns whether other namespaces may not be entered, so that only those of their connections are
 * known that processes have open.
 */
bool top_scan_is_refused(const struct top_scan *scan);

#endif
