// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "util/signals.h"
#include "util/thread.h"
#include "util/time.h"
#include "write_queue.h"

#define INTERRUPT_MS 50
#define STALLED_MS   2000

struct job {
	struct job *next;
	write_job *run; /* NULL: a mark */
	void *context;
	struct write_mark mark;
	size_t size;
	unsigned char bytes[];
};

struct write_queue {
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t added;
	pthread_cond_t done; /* all jobs; the monotonic clock */
	struct job *first, **last;
	bool is_busy; /* with a job that is no longer in the list */
	bool is_over;
	struct write_counts counts;	 /* waiting: see below */
	struct write_mark kept;		 /* by the job that failed last */
	_Atomic size_t waiting;		 /* is asked before each event, without the lock */
	void (*stalled)(size_t waiting); /* NULL: nobody wants to know */
};

static size_t size_of(const struct job *job)
{
	return sizeof(*job) + job->size;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The caller holds the lock. */
static void count_mark(struct write_queue *queue, struct write_mark mark)
{
	struct write_counts *counts = &queue->counts;
	struct write_mark *sum = counts->error ? &counts->failed : &counts->written;

	sum->events += mark.events - least(mark.events, queue->kept.events);
	sum->lost += mark.lost - least(mark.lost, queue->kept.lost);
	queue->kept = (struct write_mark){ 0 };
}

/* The caller holds the lock, which is released while the job runs. */
static void do_first(struct write_queue *queue)
{
	struct job *job = queue->first;
	int err;

	queue->first = job->next;
	if (!queue->first)
		queue->last = &queue->first;
	if (job->run) {
		queue->is_busy = true;
		pthread_mutex_unlock(&queue->lock);
		err = job->run(job->context, job->bytes, job->size);
		pthread_mutex_lock(&queue->lock);
		queue->is_busy = false;
		queue->counts.error = err;
	} else {
		count_mark(queue, job->mark);
	}
	atomic_fetch_sub_explicit(&queue->waiting, size_of(job), memory_order_relaxed);
	free(job);
}

static void *run_jobs(void *context)
{
	struct write_queue *queue = context;

	signals_allow_interrupt();
	pthread_mutex_lock(&queue->lock);
	while (queue->first || !queue->is_over) {
		if (queue->first) {
			do_first(queue);
			continue;
		}
		pthread_cond_signal(&queue->done);
		pthread_cond_wait(&queue->added, &queue->lock);
	}
	pthread_mutex_unlock(&queue->lock);
	return NULL;
}

static void destroy(struct write_queue *queue)
{
	pthread_cond_destroy(&queue->added);
	pthread_cond_destroy(&queue->done);
	pthread_mutex_destroy(&queue->lock);
	free(queue);
}

struct write_queue *write_queue_new(void)
{
	struct write_queue *queue = calloc(1, sizeof(*queue));
	pthread_condattr_t clock;
	int err;

	if (!queue)
		return NULL;
	queue->last = &queue->first;
	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->added, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->done, &clock);
	pthread_condattr_destroy(&clock);
	err = thread_start(&queue->thread, run_jobs, queue);
	if (!err)
		return queue;
	destroy(queue);
	errno = -err;
	return NULL;
}

void write_queue_free(struct write_queue *queue)
{
	if (!queue)
		return;
	write_queue_wait(queue);
	pthread_mutex_lock(&queue->lock);
	queue->is_over = true;
	pthread_cond_signal(&queue->added);
	pthread_mutex_unlock(&queue->lock);
	pthread_join(queue->thread, NULL);
	destroy(queue);
}

bool write_queue_has_room(const struct write_queue *queue)
{
	return atomic_load_explicit(&queue->waiting, memory_order_relaxed) <=
	       WRITE_QUEUE_BYTES - WRITE_QUEUE_RESERVE;
}

static void append(struct write_queue *queue, struct job *job)
{
	job->next = NULL;
	atomic_fetch_add_explicit(&queue->waiting, size_of(job), memory_order_relaxed);
	pthread_mutex_lock(&queue->lock);
	*queue->last = job;
	queue->last = &job->next;
	pthread_cond_signal(&queue->added);
	pthread_mutex_unlock(&queue->lock);
}

int write_queue_add(struct write_queue *queue, write_job *run, void *context, const void *bytes,
		    size_t size)
{
	struct job *job = malloc(sizeof(*job) + size);

	if (!job)
		return -ENOMEM;
	*job = (struct job){ .run = run, .context = context, .size = size };
	if (size)
		memcpy(job->bytes, bytes, size);
	append(queue, job);
	return 0;
}

/* Without memory, the mark is one of the moment: its events have been handed over in any case. */
void write_queue_mark(struct write_queue *queue, struct write_mark mark)
{
	struct job *job;

	if (!mark.events && !mark.lost)
		return;
	job = calloc(1, sizeof(*job));
	if (job) {
		job->mark = mark;
		append(queue, job);
		return;
	}
	pthread_mutex_lock(&queue->lock);
	count_mark(queue, mark);
	pthread_mutex_unlock(&queue->lock);
}

void write_queue_keep(struct write_queue *queue, struct write_mark kept)
{
	pthread_mutex_lock(&queue->lock);
	queue->counts.written.events += kept.events;
	queue->counts.written.lost += kept.lost;
	queue->kept = kept;
	pthread_mutex_unlock(&queue->lock);
}

struct write_counts write_queue_counts(struct write_queue *queue)
{
	size_t waiting = atomic_load_explicit(&queue->waiting, memory_order_relaxed);
	struct write_counts counts;

	pthread_mutex_lock(&queue->lock);
	counts = queue->counts;
	pthread_mutex_unlock(&queue->lock);
	counts.waiting = waiting;
	return counts;
}

void write_queue_when_stalled(struct write_queue *queue, void (*stalled)(size_t waiting))
{
	queue->stalled = stalled;
}

/* Calls it without the lock, which the caller holds. */
static void say_stalled(struct write_queue *queue)
{
	void (*stalled)(size_t waiting) = queue->stalled;

	queue->stalled = NULL;
	pthread_mutex_unlock(&queue->lock);
	stalled(queue->waiting);
	pthread_mutex_lock(&queue->lock);
}

void write_queue_wait(struct write_queue *queue)
{
	uint64_t since_ns = time_monotonic_ns();
	size_t waiting = 0;

	pthread_mutex_lock(&queue->lock);
	while (queue->first || queue->is_busy) {
		uint64_t now_ns = time_monotonic_ns(), end_ns = now_ns + INTERRUPT_MS * NS_PER_MS;
		struct timespec end = { (time_t)(end_ns / NS_PER_S), (long)(end_ns % NS_PER_S) };

		if (queue->waiting != waiting)
			since_ns = now_ns;
		waiting = queue->waiting;
		if (queue->stalled && now_ns - since_ns >= STALLED_MS * NS_PER_MS)
			say_stalled(queue);
		pthread_cond_timedwait(&queue->done, &queue->lock, &end);
		if (signals_stop_asked())
			signals_interrupt(queue->thread);
	}
	pthread_mutex_unlock(&queue->lock);
}
