/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLOCK_H
#define CLOCK_H

/*
 * Converts the times of events (CLOCK_BOOTTIME) to the wall clock, which tcpdump uses. The offset
 * between the two is constant until the wall clock is set: NTP changes the rate of both alike, and
 * both advance during a suspend (kernel/time/timekeeping.c). A thread waits until the kernel
 * reports that the wall clock was set, and reads the new offset at once. So an event has the
 * wall-clock time at which it happened, even if the clock is set while its record is in the ring.
 * If the wall clock steps back, the times in a file step back, too; the events keep the order in
 * which they happened. An event between the step and the wakeup of the thread, usually less than
 * 0.1 ms later, has the time of the clock before the step. The last 16 steps are kept: an event
 * that is older than all of them has the offset of the oldest.
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
 * Notes that the wall clock was set: from boot time from_ns on, it is ahead by offset_ns. Replaces
 * the steps that were noted for later times. Any thread may call it.
 */
void clock_note_step(struct clock *clock, uint64_t from_ns, int64_t offset_ns);

/*
 * Returns the number of ticks of the kernel's clock in a second (CONFIG_HZ), the unit of TCP's
 * timers; 0 if it is unknown.
 */
uint32_t clock_ticks_per_s(void);

#endif
