/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORKER_H
#define WORKER_H

/*
 * A thread that does one job each time its owner asks for it, and only so often that the job takes
 * a bounded share of the time. The owner is one other thread; it never waits longer than it says.
 * The job passes on its own result, for instance through an atomic pointer. No lock is held
 * while it runs. All signals are blocked in the thread.
 */

#include <stdbool.h>
#include <stdint.h>

struct worker;

struct worker_config {
	void (*job)(void *context);
	void *context;
	/* From the start of a job to that of the next: this many times what the job took, ... */
	unsigned int period_factor;
	/* ... and at least this. */
	uint64_t period_min_ns;
};

/* Starts the thread. Returns NULL and errno. */
struct worker *worker_new(const struct worker_config *config);

/* Waits for the end of a job that is under way. Accepts NULL. */
void worker_free(struct worker *worker);

/*
 * Starts the job, unless it is under way or its next start is not yet due. Returns whether it has
 * started it.
 */
bool worker_start(struct worker *worker);

/* Waits until no job is under way, timeout_ns at most. Returns whether none is. */
bool worker_wait(struct worker *worker, uint64_t timeout_ns);

#endif
