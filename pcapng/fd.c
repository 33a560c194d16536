// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "reader.h"

/* The descriptor is stored in the pointer, so that no object has to outlive the call. */
static void *context_of(int fd)
{
	return (void *)(intptr_t)fd;
}

static ptrdiff_t read_fd(void *context, void *bytes, size_t size)
{
	ssize_t n = read((int)(intptr_t)context, bytes, size);

	return n < 0 ? -errno : n;
}

struct pcapng_source pcapng_source_fd(int fd)
{
	return (struct pcapng_source){ read_fd, context_of(fd) };
}

/* Waits until fd accepts bytes or has failed. Returns 0; -EINTR after a signal; another -errno. */
static int wait_for_room(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	return poll(&room, 1, -1) < 0 ? -errno : 0;
}

static ptrdiff_t write_fd(void *context, const void *bytes, size_t size)
{
	int fd = (int)(intptr_t)context, err = 0;
	ssize_t n = -1;

	while (n < 0 && !err) {
		n = write(fd, bytes, size);
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			err = wait_for_room(fd);
		else if (n < 0 && errno != EINTR)
			err = -errno;
	}
	return n < 0 ? err : n;
}

struct pcapng_target pcapng_target_fd(int fd)
{
	return (struct pcapng_target){ .write = write_fd, .context = context_of(fd) };
}
