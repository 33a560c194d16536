// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "thread.h"
#include "time.h"
#include "worker.h"

struct worker {
	struct worker_config config;
	pthread_t thread;
	pthread_mutex_t lock; /* protects the members below */
	pthread_cond_t changed;
	bool is_busy; /* a job is requested or running */
	bool is_over;
	uint64_t due_ns; /* when the next job may start, monotonic */
};

static void do_job(struct worker *worker)
{
	uint64_t start_ns, period_ns;

	pthread_mutex_unlock(&worker->lock);
	start_ns = time_monotonic_ns();
	worker->config.job(worker->config.context);
	period_ns = (time_monotonic_ns() - start_ns) * worker->config.period_factor;
	if (period_ns < worker->config.period_min_ns)
		period_ns = worker->config.period_min_ns;
	pthread_mutex_lock(&worker->lock);
	worker->due_ns = start_ns + period_ns;
	worker->is_busy = false;
	pthread_cond_broadcast(&worker->changed);
}

static void *run(void *context)
{
	struct worker *worker = context;

	pthread_mutex_lock(&worker->lock);
	while (!worker->is_over) {
		if (worker->is_busy)
			do_job(worker);
		else
			pthread_cond_wait(&worker->changed, &worker->lock);
	}
	pthread_mutex_unlock(&worker->lock);
	return NULL;
}

struct worker *worker_new(const struct worker_config *config)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	pthread_condattr_t attributes;
	int err;

	if (!worker)
		return NULL;
	worker->config = *config;
	pthread_mutex_init(&worker->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&worker->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	err = thread_start(&worker->thread, run, worker);
	if (!err)
		return worker;
	pthread_cond_destroy(&worker->changed);
	pthread_mutex_destroy(&worker->lock);
	free(worker);
	errno = -err;
	return NULL;
}

void worker_free(struct worker *worker)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->is_over = true;
	pthread_cond_broadcast(&worker->changed);
	pthread_mutex_unlock(&worker->lock);
	pthread_join(worker->thread, NULL);
	pthread_cond_destroy(&worker->changed);
	pthread_mutex_destroy(&worker->lock);
	free(worker);
}

bool worker_start(struct worker *worker)
{
	bool may_start;

	pthread_mutex_lock(&worker->lock);
	may_start = !worker->is_busy && time_monotonic_ns() >= worker->due_ns;
	if (may_start) {
		worker->is_busy = true;
		pthread_cond_broadcast(&worker->changed);
	}
	pthread_mutex_unlock(&worker->lock);
	return may_start;
}

bool worker_wait(struct worker *worker, uint64_t timeout_ns)
{
	uint64_t end_ns = time_monotonic_ns() + timeout_ns;
	struct timespec end = { (time_t)(end_ns / NS_PER_S), (long)(end_ns % NS_PER_S) };
	bool is_idle;
	int err = 0;

	pthread_mutex_lock(&worker->lock);
	while (worker->is_busy && !err)
		err = pthread_cond_timedwait(&worker->changed, &worker->lock, &end);
	is_idle = !worker->is_busy;
	pthread_mutex_unlock(&worker->lock);
	return is_idle;
}
