/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PUT_H
#define PUT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes all bytes to a blocking or non-blocking fd, and waits for a slow reader until the user
 * asks for the end (signals.h); from then on a reader that takes nothing for a second is given up.
 * Adds the bytes that were written to *taken in either case. Returns 0; -EAGAIN for such a reader;
 * -errno.
 */
int put_all(int fd, const void *bytes, size_t size, uint64_t *taken);

#endif
