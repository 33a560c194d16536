/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RING_H
#define RING_H

/*
 * The ring buffer's reading end: waits for records and hands them out, as bytes that it knows
 * nothing of. Only source uses it.
 */

#include <stddef.h>

#include "util/error.h"

struct ring;

/*
 * Maps the ring buffer of this descriptor, which stays the caller's. Returns NULL and sets error.
 */
struct ring *ring_new(int fd, struct error *error);
void ring_free(struct ring *ring);

/* Waits until the kernel side asks for the records, a signal comes or the time is over. */
void ring_wait(struct ring *ring, int timeout_ms);

/*
 * Hands the waiting records to handle, a bounded number of them; their bytes live during the call.
 * Returns 1 if there may be more, 0 if the ring is empty, or -errno.
 */
int ring_consume(struct ring *ring, void (*handle)(void *context, const void *bytes, size_t size),
		 void *context);

#endif
