/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORKER_H
#define WORKER_H

/*
 * A thread that runs one job each time another thread requests it, and only so often that the job
 * takes a bounded share of the time. That other thread, always the same one, is the caller of all
 * functions here. The job publishes its result by itself, for instance through an atomic pointer.
 * No lock is held while it runs. All signals are blocked in the thread.
 */

#include <stdbool.h>
#include <stdint.h>

struct worker;

struct worker_config {
	void (*job)(void *context);
	void *context;
	/*
	 * The least time between the starts of two jobs: this many times the duration of the first,
	 */
	unsigned int period_factor;
	uint64_t period_min_ns; /* and never less than this. */
};

/* Starts the thread. Returns NULL and errno. */
struct worker *worker_new(const struct worker_config *config);

/* Waits for the end of a running job. Accepts NULL. */
void worker_free(struct worker *worker);

/*
 * Starts the job, unless it is running or its next start is not yet due. Returns whether it was
 * started.
 */
bool worker_start(struct worker *worker);

/* Waits until no job is running, timeout_ns at most. Returns whether none is. */
bool worker_wait(struct worker *worker, uint64_t timeout_ns);

#endif
