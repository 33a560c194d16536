/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_METRICS_H
#define COUNT_METRICS_H

/*
 * Counts as OpenMetrics 1.0 text, for the textfile collector of Prometheus' node_exporter: counters
 * since the start of the capture.
 */

#include "count.h"
#include "report/health.h"

#define COUNT_METRICS_GROUPS_MAX 1000 /* events of further groups are under other="true" */

/* Appends all metrics, to the end of the file. start_s: seconds since the epoch. */
void count_metrics_format(struct counts *counts, const struct capture_health *health,
			  uint64_t start_s, struct strbuf *out);

#endif
