/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TIME_H
#define TIME_H

/*
 * The kernel's clocks, in nanoseconds. All are read without a system call (vDSO). The functions
 * cannot fail: the kernel has these clocks since 2.6.39.
 */

#include <stdint.h>
#include <time.h>

#define NS_PER_S  1000000000ULL
#define NS_PER_MS 1000000ULL

/*
 * CLOCK_MONOTONIC, for intervals and deadlines: it does not advance while the machine is suspended.
 */
uint64_t time_monotonic_ns(void);

/* The same in whole seconds. */
time_t time_monotonic_s(void);

/*
 * CLOCK_BOOTTIME: like CLOCK_MONOTONIC, but it advances during a suspend. It is the clock of the
 * events' times (struct drop_event, boottime_ns).
 */
uint64_t time_boottime_ns(void);

/* CLOCK_REALTIME: nanoseconds since the epoch. It jumps when somebody sets it. */
uint64_t time_realtime_ns(void);

#endif
