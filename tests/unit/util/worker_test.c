// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "test.h"
#include "util/time.h"
#include "util/worker.h"

static atomic_int jobs_begun, jobs_done;
static atomic_long job_ms;

static void sleep_ms(long ms)
{
	const struct timespec duration = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&duration, NULL);
}

static void job(void *context)
{
	if (context != &jobs_done)
		abort();
	jobs_begun++;
	sleep_ms(job_ms);
	jobs_done++;
}

static struct worker *make_worker(unsigned int factor, uint64_t min_ms)
{
	const struct worker_config config = {
		.job = job,
		.context = &jobs_done,
		.period_factor = factor,
		.period_min_ns = min_ms * NS_PER_MS,
	};
	struct worker *worker;

	jobs_begun = jobs_done = 0;
	worker = worker_new(&config);
	if (!worker)
		abort();
	return worker;
}

static bool wait_for_end(struct worker *worker)
{
	return worker_wait(worker, 10 * NS_PER_S);
}

TEST(job_runs_once_each_time_it_is_asked_for)
{
	struct worker *worker = make_worker(0, 0);

	job_ms = 0;
	CHECK(wait_for_end(worker) && jobs_done == 0);
	for (int i = 1; i <= 100; i++) {
		CHECK(worker_start(worker));
		CHECK(wait_for_end(worker));
		CHECK(jobs_done == i);
	}
	worker_free(worker);
}

TEST(wait_is_bounded)
{
	struct worker *worker = make_worker(0, 0);
	uint64_t start = time_monotonic_ns();

	job_ms = 500;
	CHECK(worker_start(worker));
	CHECK(!worker_wait(worker, 5 * NS_PER_MS));
	CHECK(time_monotonic_ns() - start >= 5 * NS_PER_MS);
	CHECK(jobs_done == 0);
	CHECK(!worker_start(worker)); /* it is under way */
	CHECK(wait_for_end(worker) && jobs_done == 1);
	worker_free(worker);
}

TEST(job_has_a_bounded_share_of_the_time)
{
	struct worker *worker = make_worker(10, 0);
	uint64_t start = time_monotonic_ns();

	job_ms = 20;
	CHECK(worker_start(worker) && wait_for_end(worker));
	while (!worker_start(worker))
		sleep_ms(1);
	CHECK(time_monotonic_ns() - start >= 200 * NS_PER_MS);
	CHECK(wait_for_end(worker) && jobs_done == 2);
	worker_free(worker);
}

TEST(short_jobs_have_a_shortest_period)
{
	struct worker *worker = make_worker(1, 100);
	uint64_t start = time_monotonic_ns();

	job_ms = 0;
	CHECK(worker_start(worker) && wait_for_end(worker));
	while (!worker_start(worker))
		sleep_ms(1);
	CHECK(time_monotonic_ns() - start >= 100 * NS_PER_MS);
	worker_free(worker);
}

TEST(end_waits_for_the_job_under_way)
{
	struct worker *worker = make_worker(0, 0);

	job_ms = 100;
	CHECK(worker_start(worker));
	while (!jobs_begun)
		sleep_ms(1);
	worker_free(worker);
	CHECK(jobs_done == 1);
}

static volatile sig_atomic_t handled_by; /* 1: this thread, 2: another */
static pid_t main_thread;

static void handle(int signal)
{
	(void)signal;
	handled_by = gettid() == main_thread ? 1 : 2;
}

/*
 * Among the process's threads, the kernel prefers the main one, unless that has the signal blocked.
 */
TEST(signals_are_not_delivered_to_the_thread)
{
	struct worker *worker = make_worker(0, 0);
	sigset_t one, before;

	main_thread = gettid();
	signal(SIGUSR2, handle);
	sigemptyset(&one);
	sigaddset(&one, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &one, &before);
	kill(getpid(), SIGUSR2);
	sleep_ms(50);
	CHECK(!handled_by);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	CHECK(handled_by == 1);
	worker_free(worker);
}

TEST(free_accepts_null)
{
	worker_free(NULL);
}
