// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <unistd.h>

#include "reader.h"

/* The number travels in the pointer, so that nothing must outlive the call. */
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

static ptrdiff_t write_fd(void *context, const void *bytes, size_t size)
{
	ssize_t n;

	do {
		n = write((int)(intptr_t)context, bytes, size);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

struct pcapng_target pcapng_target_fd(int fd)
{
	return (struct pcapng_target){ .write = write_fd, .context = context_of(fd) };
}
