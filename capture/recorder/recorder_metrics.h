/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORDER_METRICS_H
#define RECORDER_METRICS_H

/*
 * The counters of a recorder in a file of OpenMetrics. A thread writes it, so that a disk that
 * stalls does not stop the recorder: until it has written one, the next one is left out.
 */

#include <stdbool.h>

#include "report/health.h"
#include "util/error.h"

struct recorder_metrics;

/* All since the start, but those in memory. */
struct recorder_numbers {
	uint64_t recorded;
	uint64_t dumped;
	uint64_t overwritten;
	uint64_t expired;
	uint64_t unwritten;
	uint64_t too_large;
	uint64_t in_memory;
	uint64_t dumps;
	uint64_t failed_dumps;
	uint64_t triggers;
	uint64_t last_dump_ns; /* its start, since the epoch; 0: there was none */
};

/*
 * The path outlives it, and must be one that can be written now. warn gets the first failure to
 * write later. Returns NULL and the error.
 */
struct recorder_metrics *recorder_metrics_new(const char *path, uint64_t interval_s,
					      void (*warn)(const char *format, ...),
					      struct error *error);

/* Waits for the thread. Accepts NULL. */
void recorder_metrics_free(struct recorder_metrics *metrics);

/* Where the counts of the capture go, before each tick. Accepts NULL, and returns it then. */
struct capture_health *recorder_metrics_health(struct recorder_metrics *metrics);

/* Returns whether the next file is due, at that time of a clock that only advances. */
bool recorder_metrics_is_due(struct recorder_metrics *metrics, uint64_t now_ns);

void recorder_metrics_write(struct recorder_metrics *metrics,
			    const struct recorder_numbers *numbers);

/* Writes the last numbers, after the thread has written what it has, and frees. Accepts NULL. */
void recorder_metrics_end(struct recorder_metrics *metrics, const struct recorder_numbers *numbers);

#endif
