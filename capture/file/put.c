// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#include "put.h"
#include "util/signals.h"
#include "util/time.h"

#define STALL_MS 1000

/*
 * After the user has asked for the end, a reader that takes nothing for so long ends the writing.
 * Signals that interrupt it do not make this time longer.
 */
static bool reader_has_stalled(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };
	uint64_t end_ms = time_monotonic_ns() / NS_PER_MS + STALL_MS, now_ms;

	if (!signals_stop_asked())
		return false;
	while ((now_ms = time_monotonic_ns() / NS_PER_MS) < end_ms) {
		int ready = poll(&room, 1, (int)(end_ms - now_ms));

		if (ready > 0 || (ready < 0 && errno != EINTR))
			return false;
	}
	return true;
}

/* Returns 0, after a signal or when a full fd may take bytes again, too; or -errno. */
static int put_some(int fd, const uint8_t *bytes, size_t size, size_t *taken)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };
	ssize_t n = write(fd, bytes, size);

	*taken = n > 0 ? (size_t)n : 0;
	if (n > 0 || (n < 0 && errno == EINTR))
		return 0;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return poll(&room, 1, -1) < 0 && errno != EINTR ? -errno : 0;
	return n < 0 ? -errno : -EIO;
}

int put_all(int fd, const void *bytes, size_t size, uint64_t *taken)
{
	const uint8_t *at = bytes;

	while (size) {
		size_t n = 0;
		int err = reader_has_stalled(fd) ? -EAGAIN : put_some(fd, at, size, &n);

		if (err)
			return err;
		at += n;
		size -= n;
		*taken += n;
	}
	return 0;
}
