// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "clock.h"
#include "util/thread.h"
#include "util/time.h"

#define SAMPLES	     16
#define STEPS_MAX    16	  /* steps that are kept */
#define STEP_MIN_NS  1000 /* a smaller difference is the error of the sample */
#define FAR_FUTURE_S (INT64_MAX / NS_PER_S)

/* From this boot time on, the wall clock is ahead of the boot time by the offset. */
struct clock_step {
	uint64_t from_ns;
	int64_t offset_ns;
};

struct clock_history {
	size_t count;			    /* at least 1 */
	struct clock_step steps[STEPS_MAX]; /* the oldest first */
};

struct clock {
	struct clock_history history; /* the copy of the thread that converts times */
	unsigned int version;	      /* of this copy */

	pthread_t thread;
	bool is_running;
	int timer_fd; /* readable when the wall clock was set */
	int end_fd;   /* readable when the thread has to end */

	pthread_mutex_t lock;
	struct clock_history newest; /* under the lock */
	atomic_uint newest_version;
};

/*
 * Reads the wall clock between two readings of the boot time, several times. The two readings that
 * are closest together have the smallest error.
 */
static struct clock_step sample(void)
{
	struct clock_step step = { 0 };
	uint64_t shortest = UINT64_MAX;

	for (int i = 0; i < SAMPLES; i++) {
		uint64_t before = time_boottime_ns();
		uint64_t wall = time_realtime_ns();
		uint64_t after = time_boottime_ns();

		if (!i)
			step.from_ns = before;
		if (after - before >= shortest)
			continue;
		shortest = after - before;
		step.offset_ns = (int64_t)(wall - (before + shortest / 2));
	}
	return step;
}

void clock_note_step(struct clock *clock, uint64_t from_ns, int64_t offset_ns)
{
	struct clock_history *history = &clock->newest;
	struct clock_step *steps = history->steps;

	pthread_mutex_lock(&clock->lock);
	while (history->count && steps[history->count - 1].from_ns >= from_ns)
		history->count--;
	if (history->count == STEPS_MAX) {
		history->count--;
		memmove(steps, steps + 1, history->count * sizeof(*steps));
	}
	steps[history->count++] = (struct clock_step){ from_ns, offset_ns };
	atomic_fetch_add_explicit(&clock->newest_version, 1, memory_order_release);
	pthread_mutex_unlock(&clock->lock);
}

static int64_t newest_offset(struct clock *clock)
{
	int64_t offset_ns;

	pthread_mutex_lock(&clock->lock);
	offset_ns = clock->newest.steps[clock->newest.count - 1].offset_ns;
	pthread_mutex_unlock(&clock->lock);
	return offset_ns;
}

/* The kernel also reports a resume, which does not change the offset. */
static void note_change(struct clock *clock)
{
	struct clock_step now = sample();

	if (llabs(now.offset_ns - newest_offset(clock)) >= STEP_MIN_NS)
		clock_note_step(clock, now.from_ns, now.offset_ns);
}

/*
 * The thread. After the wall clock was set, a read of the timer fails with ECANCELED, and the timer
 * runs again.
 */
static void *watch(void *context)
{
	struct clock *clock = context;
	struct pollfd fds[] = {
		{ .fd = clock->timer_fd, .events = POLLIN },
		{ .fd = clock->end_fd, .events = POLLIN },
	};
	uint64_t expirations;

	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[1].revents)
			return NULL;
		if (read(clock->timer_fd, &expirations, sizeof(expirations)) < 0 && errno == EAGAIN)
			continue;
		note_change(clock);
	}
}

/*
 * Starts a timer that never expires. ECANCELED means that it has started, and that the clock was
 * set at the same time. Returns 0 or -errno.
 */
static int open_watch(struct clock *clock)
{
	const struct itimerspec never = { .it_value.tv_sec = FAR_FUTURE_S };

	clock->timer_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	clock->end_fd = eventfd(0, EFD_CLOEXEC);
	if (clock->timer_fd < 0 || clock->end_fd < 0)
		return -errno;
	if (timerfd_settime(clock->timer_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never,
			    NULL) &&
	    errno != ECANCELED)
		return -errno;
	return 0;
}

struct clock *clock_new(void)
{
	struct clock *clock = calloc(1, sizeof(*clock));
	struct clock_step first;
	int err;

	if (!clock)
		return NULL;
	pthread_mutex_init(&clock->lock, NULL);
	err = open_watch(clock);
	first = sample(); /* after the timer: a step in between is reported */
	clock_note_step(clock, first.from_ns, first.offset_ns);
	if (!err)
		err = thread_start(&clock->thread, watch, clock);
	clock->is_running = !err;
	if (!err)
		return clock;
	clock_free(clock);
	errno = -err;
	return NULL;
}

void clock_free(struct clock *clock)
{
	const uint64_t one = 1;

	if (!clock)
		return;
	if (clock->is_running && write(clock->end_fd, &one, sizeof(one)) == sizeof(one))
		pthread_join(clock->thread, NULL);
	if (clock->timer_fd >= 0)
		close(clock->timer_fd);
	if (clock->end_fd >= 0)
		close(clock->end_fd);
	pthread_mutex_destroy(&clock->lock);
	free(clock);
}

static void copy_newest(struct clock *clock)
{
	pthread_mutex_lock(&clock->lock);
	clock->history = clock->newest;
	clock->version = clock->newest_version;
	pthread_mutex_unlock(&clock->lock);
}

uint64_t clock_wall_ns(struct clock *clock, uint64_t boottime_ns)
{
	const struct clock_history *history = &clock->history;
	size_t i;

	if (atomic_load_explicit(&clock->newest_version, memory_order_acquire) != clock->version)
		copy_newest(clock);
	i = history->count - 1;
	while (i && history->steps[i].from_ns > boottime_ns)
		i--;
	return boottime_ns + (uint64_t)history->steps[i].offset_ns;
}

uint32_t clock_ticks_per_s(void)
{
	struct timespec tick;

	/* The resolution of the coarse clocks is one tick. */
	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) || tick.tv_sec || !tick.tv_nsec)
		return 0;
	return (uint32_t)((NS_PER_S + (uint64_t)tick.tv_nsec / 2) / (uint64_t)tick.tv_nsec);
}
