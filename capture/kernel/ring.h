/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RING_H
#define RING_H

/*
 * The consumer of the BPF ring buffer: waits for records and hands them out as bytes, of which it
 * knows nothing. Part of source: it uses libbpf.
 */

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct ring;

/* Maps the ring buffer of the map fd, which the caller keeps open. Returns NULL and the error. */
struct ring *ring_new(int fd, struct error *error);
void ring_free(struct ring *ring);

/* Blocks until the kernel side requests a wakeup, a signal arrives, or timeout_ms elapses. */
void ring_wait(struct ring *ring, int timeout_ms);

/*
 * Hands the records that are in the ring to handle, a bounded number of them; the bytes live during
 * the call. Returns 1 if there may be more, 0 if the ring is empty, or -errno.
 */
int ring_consume(struct ring *ring, void (*handle)(void *context, const void *bytes, size_t size),
		 void *context);

/* Number of records handed out since the start. */
uint64_t ring_handed_out(const struct ring *ring);

#endif
