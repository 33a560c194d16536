/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RING_H
#define RING_H

/*
 * The consumer of the BPF ring buffer: waits for records and passes them on as bytes, which it does
 * not interpret. A part of source: it uses libbpf.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct ring;

/*
 * Maps the ring buffer of the map fd, which the caller keeps open. *wake_requested is shared with
 * the kernel side, which sets it to 0 and wakes us when it submits the next record. Returns NULL
 * and the error.
 */
struct ring *ring_new(int fd, volatile uint32_t *wake_requested, struct error *error);
void ring_free(struct ring *ring);

/*
 * Blocks until the kernel side requests a wakeup, a signal arrives, or has arrived since the last
 * wait (signals_fd), or a time elapses: busy_ms, or, when no record was handed out after the last
 * two waits, idle_ms. After idle_ms, the first record
 * ends the wait. Returns whether it was such a wait.
 */
bool ring_wait(struct ring *ring, int busy_ms, int idle_ms);

/*
 * Calls handle() for the records in the ring, at most a bounded number of them. The bytes live
 * during the call. Returns 1 if there may be more, 0 if the ring is empty, or -errno.
 */
int ring_consume(struct ring *ring, void (*handle)(void *context, const void *bytes, size_t size),
		 void *context);

/* Number of records handed out since the start. */
uint64_t ring_handed_out(const struct ring *ring);

#endif
