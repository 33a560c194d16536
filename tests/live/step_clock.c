// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A library to preload: the program sees a wall clock that is set while it runs. The machine's own
 * clock does not change.
 *
 *   CLOCK_STEPS="FIRST PERIOD AHEAD..." LD_PRELOAD=step_clock.so COMMAND...
 *     At FIRST, in seconds of /proc/uptime, the wall clock is set AHEAD seconds ahead of the
 *     machine's (a negative AHEAD: behind it), then every PERIOD seconds to the next value. A timer
 *     with TFD_TIMER_CANCEL_ON_SET becomes readable at each step.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define AHEADS_MAX 16

static double first_s, period_s;
static long aheads_s[AHEADS_MAX];
static int ahead_count;
static int (*real_gettime)(clockid_t id, struct timespec *time);
static int timer_fd = -1;

__attribute__((constructor)) static void read_steps(void)
{
	const char *steps = getenv("CLOCK_STEPS");
	int at = 0, length;

	real_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	if (!steps || sscanf(steps, "%lf %lf%n", &first_s, &period_s, &at) != 2)
		return;
	while (ahead_count < AHEADS_MAX &&
	       sscanf(steps + at, "%ld%n", &aheads_s[ahead_count], &length) == 1) {
		at += length;
		ahead_count++;
	}
}

/* Returns by how much the wall clock is ahead of the machine's at this moment. */
static long ahead_s(void)
{
	struct timespec now;
	double elapsed;
	int steps;

	real_gettime(CLOCK_BOOTTIME, &now);
	elapsed = (double)now.tv_sec + (double)now.tv_nsec / 1e9 - first_s;
	if (!ahead_count || elapsed < 0)
		return 0;
	steps = (int)(elapsed / period_s);
	return aheads_s[steps < ahead_count ? steps : ahead_count - 1];
}

int clock_gettime(clockid_t id, struct timespec *time)
{
	int err;

	if (!real_gettime)
		return (int)syscall(SYS_clock_gettime, id, time);
	err = real_gettime(id, time);
	if (!err && id == CLOCK_REALTIME)
		time->tv_sec += ahead_s();
	return err;
}

int timerfd_create(clockid_t id, int flags)
{
	if (id != CLOCK_REALTIME)
		return (int)syscall(SYS_timerfd_create, id, flags);
	timer_fd = (int)syscall(SYS_timerfd_create, CLOCK_BOOTTIME, flags);
	return timer_fd;
}

static struct timespec to_timespec(double seconds)
{
	return (struct timespec){ (time_t)seconds,
				  (long)((seconds - (double)(time_t)seconds) * 1e9) };
}

int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *old)
{
	const struct itimerspec steps = { to_timespec(period_s), to_timespec(first_s) };

	if (fd != timer_fd || !(flags & TFD_TIMER_CANCEL_ON_SET))
		return (int)syscall(SYS_timerfd_settime, fd, flags, value, old);
	return (int)syscall(SYS_timerfd_settime, fd, TFD_TIMER_ABSTIME, &steps, NULL);
}
