/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLOCK_H
#define CLOCK_H

/*
 * Converts the times of events (CLOCK_BOOTTIME) to the wall clock, which tcpdump's timestamps are
 * on. The offset between the two is constant until somebody sets the wall clock: NTP changes the
 * rate of both alike, and a suspend counts in both (kernel/time/timekeeping.c). A thread waits for
 * the kernel to report that the wall clock was set, and reads the new offset at once. So an event
 * has the wall-clock time at which it happened, even if it lies in the ring while the clock is set.
 * Where the wall clock steps back, the times in a file step back too; the events stay in the order
 * in which they happened. An event between the step and the thread's wakeup, usually less than
 * 0.1 ms, has the time of the clock before the step.
 */

#include <stdint.h>

struct clock;

/* Reads the offset and starts the thread. Returns NULL and errno. */
struct clock *clock_new(void);

/* Accepts NULL. */
void clock_free(struct clock *clock);

/* Returns nanoseconds since the epoch. Called by one thread alone. */
uint64_t clock_wall_ns(struct clock *clock, uint64_t boottime_ns);

/*
 * Notes that the wall clock was set: from that boot time on it is offset_ns ahead of it. Replaces
 * what was noted for later times. Any thread may call it.
 */
void clock_note_step(struct clock *clock, uint64_t from_ns, int64_t offset_ns);

/*
 * Returns how many ticks the kernel's own clock has in a second (CONFIG_HZ), in which TCP keeps its
 * timers; 0 if that is unknown.
 */
uint32_t clock_ticks_per_s(void);

#endif
