/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PUT_H
#define PUT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes all bytes to a blocking or non-blocking fd. Waits for a slow reader without a limit until
 * the user requests the end (signals.h), and from then on for a second. Adds the bytes that were
 * written to *taken in any case. Returns 0; -EAGAIN if the reader accepts nothing for that second;
 * another -errno.
 */
int put_all(int fd, const void *bytes, size_t size, uint64_t *taken);

#endif
