// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "enrich/clock.h"
#include "test.h"
#include "util/time.h"

/*
 * The wall clock of this process is ahead of the machine's by wall_ahead_ms. It is set by
 * set_clock(), which the fake timer reports as the kernel would.
 */
static atomic_long wall_ahead_ms;
static atomic_int timer_fd = -1;
static atomic_int wall_reads;

int clock_gettime(clockid_t id, struct timespec *time)
{
	int err = (int)syscall(SYS_clock_gettime, id, time);

	if (id == CLOCK_REALTIME && !err) {
		uint64_t ns = (uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_nsec +
			      (uint64_t)wall_ahead_ms * NS_PER_MS;

		time->tv_sec = (time_t)(ns / NS_PER_S);
		time->tv_nsec = (long)(ns % NS_PER_S);
		wall_reads++;
	}
	return err;
}

int timerfd_create(clockid_t id, int flags)
{
	timer_fd = id == CLOCK_REALTIME ? eventfd(0, flags & TFD_NONBLOCK ? EFD_NONBLOCK : 0) : -1;
	return timer_fd;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *old)
{
	if (fd == timer_fd && flags == (TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET) &&
	    value->it_value.tv_sec > 4000000000 && !old)
		return 0;
	errno = EINVAL;
	return -1;
}

static struct clock *open_clock(void)
{
	struct clock *clock;

	wall_ahead_ms = 0;
	clock = clock_new();
	if (!clock)
		abort();
	return clock;
}

/* A clock with no other step than those that a test notes. */
static struct clock *open_still_clock(int64_t offset_ns)
{
	struct clock *clock = open_clock();

	clock_note_step(clock, 0, offset_ns);
	return clock;
}

/*
 * Whether the clock shows the wall's time, which was ahead by so much, at a time of the past. Both
 * were read at one instant, but for what the scheduler put between.
 */
static bool is_right(struct clock *clock, uint64_t boottime, uint64_t wall)
{
	return llabs((int64_t)(clock_wall_ns(clock, boottime) - wall)) < (long long)NS_PER_MS;
}

/* Both clocks at one instant; what the scheduler tore apart is read again. */
static void read_both(uint64_t *boottime, uint64_t *wall)
{
	do {
		*boottime = time_boottime_ns();
		*wall = time_realtime_ns();
	} while (time_boottime_ns() - *boottime > NS_PER_MS / 10);
}

/* Returns when the thread has noted the step, or has read the clock; after ten seconds at most. */
static void set_clock(struct clock *clock, long ahead_ms)
{
	const struct timespec pause = { .tv_nsec = NS_PER_MS };
	const uint64_t one = 1;
	uint64_t boottime, wall;
	int reads = wall_reads;

	wall_ahead_ms = ahead_ms;
	if (write(timer_fd, &one, sizeof(one)) != sizeof(one))
		abort();
	for (int i = 0; i < 10000; i++) {
		bool was_read = wall_reads - reads >= 16;

		nanosleep(&pause, NULL);
		read_both(&boottime, &wall);
		if (was_read && is_right(clock, boottime, wall))
			return;
		reads++; /* of read_both() */
	}
}

TEST(wall_clock_is_within_a_millisecond)
{
	struct clock *clock = open_clock();
	uint64_t boottime, wall;

	read_both(&boottime, &wall);
	CHECK(is_right(clock, boottime, wall));
	clock_free(clock);
}

TEST(wall_time_is_boot_time_and_offset)
{
	struct clock *clock = open_still_clock(1700000000000000000);

	CHECK(clock_wall_ns(clock, 0) == 1700000000000000000);
	CHECK(clock_wall_ns(clock, 123) == 1700000000000000123);
	clock_note_step(clock, 0, -100);
	CHECK(clock_wall_ns(clock, 123) == 23);
	clock_free(clock);
}

/* Events of before and after each step, all converted at the end, as from a ring that was full. */
TEST(steps_of_hours_and_of_milliseconds_count_from_their_instant_on)
{
	static const long aheads_ms[] = { 0, 3600000, 0, -3600000, 7200000, 7199980, 7200000 };
	enum {
		COUNT = sizeof(aheads_ms) / sizeof(aheads_ms[0])
	};
	uint64_t boottimes[COUNT], walls[COUNT];
	struct clock *clock = open_clock();

	for (int i = 0; i < COUNT; i++) {
		if (i)
			set_clock(clock, aheads_ms[i]);
		read_both(&boottimes[i], &walls[i]);
	}
	for (int i = 0; i < COUNT; i++)
		CHECK(is_right(clock, boottimes[i], walls[i]));
	CHECK(clock_wall_ns(clock, boottimes[1]) - clock_wall_ns(clock, boottimes[0]) >=
	      3600 * NS_PER_S);
	CHECK(clock_wall_ns(clock, boottimes[2]) < clock_wall_ns(clock, boottimes[1]));
	clock_free(clock);
}

TEST(report_without_a_step_changes_nothing)
{
	struct clock *clock = open_clock();
	uint64_t before = clock_wall_ns(clock, 1000);

	for (int i = 0; i < 20; i++)
		set_clock(clock, 0);
	CHECK(llabs((int64_t)(clock_wall_ns(clock, 1000) - before)) < 10000);
	clock_free(clock);
}

TEST(wall_time_rises_between_steps)
{
	struct clock *clock = open_still_clock(50);

	clock_note_step(clock, 1000, 7000);
	clock_note_step(clock, 2000, 10);
	for (uint64_t i = 1; i < 3000; i++) {
		bool is_step_back = i == 2000;

		CHECK((clock_wall_ns(clock, i) > clock_wall_ns(clock, i - 1)) != is_step_back);
	}
	clock_free(clock);
}

TEST(step_holds_from_its_instant_on)
{
	struct clock *clock = open_still_clock(50);

	CHECK(clock_wall_ns(clock, 1500) == 1550);
	clock_note_step(clock, 1000, 7000);
	CHECK(clock_wall_ns(clock, 999) == 1049);
	CHECK(clock_wall_ns(clock, 1000) == 8000);
	CHECK(clock_wall_ns(clock, 1500) == 8500);
	clock_free(clock);
}

TEST(later_steps_are_replaced)
{
	struct clock *clock = open_still_clock(0);

	clock_note_step(clock, 1000, 1);
	clock_note_step(clock, 2000, 2);
	clock_note_step(clock, 3000, 3);
	clock_note_step(clock, 1500, 9);
	CHECK(clock_wall_ns(clock, 1400) == 1401);
	CHECK(clock_wall_ns(clock, 1500) == 1509);
	CHECK(clock_wall_ns(clock, 3000) == 3009);
	clock_free(clock);
}

TEST(oldest_of_many_steps_is_forgotten)
{
	struct clock *clock = open_still_clock(0);

	for (uint64_t i = 1; i <= 100; i++)
		clock_note_step(clock, i * 1000, (int64_t)i);
	CHECK(clock_wall_ns(clock, 100500) == 100600);
	CHECK(clock_wall_ns(clock, 85000) == 85085);
	CHECK(clock_wall_ns(clock, 84999) == 84999 + 85); /* of the oldest that is left */
	CHECK(clock_wall_ns(clock, 0) == 85);
	clock_free(clock);
}

TEST(ticks_are_those_of_the_coarse_clock)
{
	uint32_t ticks = clock_ticks_per_s();

	CHECK(ticks == 100 || ticks == 250 || ticks == 300 || ticks == 1000);
}

TEST(free_accepts_null)
{
	clock_free(NULL);
}
