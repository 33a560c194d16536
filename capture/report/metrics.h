/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef METRICS_H
#define METRICS_H

/*
 * OpenMetrics 1.0 text, for the textfile collector of Prometheus' node_exporter. The names get the
 * prefix "tcpdropcap_".
 */

#include <stdint.h>

#include "health.h"
#include "util/strbuf.h"

#define METRICS_INTERVAL_S 15 /* unless --interval says otherwise */

/* Appends a counter; its sample has the name and "_total". help: a sentence. */
void metrics_add_counter(struct strbuf *out, const char *name, const char *help, uint64_t count);

/* Appends a gauge; unit: the last word of its name, "" for none. */
void metrics_add_gauge(struct strbuf *out, const char *name, const char *unit, const char *help,
		       double value);

/* Appends what each capture has, and the end of the file. start_s: seconds since the epoch. */
void metrics_end(struct strbuf *out, const struct capture_health *health, uint64_t start_s);

#endif
