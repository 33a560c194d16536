/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOP_SCAN_H
#define TOP_SCAN_H

/*
 * The scans of a round, which fill the table. There are two kinds, and each has what the other
 * lacks:
 *
 * - The scan of files finds the connections that processes have open, in all namespaces at once,
 *   and their owners. It takes 0.2 s for a million open files.
 * - The scan of namespaces also finds those that no process has open: closed ones that still send,
 *   ones that wait for accept(), those of the kernel. It walks the kernel's whole table of
 *   connections for each namespace, some milliseconds with a large table.
 *
 * In a round each is done whose CPU time was no more than 5% of the time since its last start; if
 * none is due, the cheaper one. So every round has numbers, and neither many namespaces nor many
 * files cost more than the numbers need.
 */

#include <stdbool.h>

#include "options.h"
#include "top_table.h"
#include "util/error.h"

struct top_scan;

/* The table must outlive it. Returns NULL and the error. */
struct top_scan *top_scan_open(const struct options *options, struct top_table *table,
			       struct error *error);
void top_scan_close(struct top_scan *scan);

/*
 * Scans all there is, twice, since a kernel of before 5.15 may leave out a connection while others
 * come and go. Connections that come later are new. Returns 0 or -errno.
 */
int top_scan_baseline(struct top_scan *scan);

/* A round. Returns 0 or -errno. */
int top_scan_round(struct top_scan *scan);

/*
 * Returns whether other namespaces may not be entered, so that only the connections that processes
 * have open are known of them.
 */
bool top_scan_is_refused(const struct top_scan *scan);

#endif
