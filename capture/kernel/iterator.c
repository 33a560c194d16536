// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdalign.h>
#include <string.h>
#include <unistd.h>

#include "iterator.h"

#define BUFFER_SIZE 32768

/* A read may end within an item. */
static int read_items(int fd, size_t size, void (*found)(void *context, const void *item),
		      void *context)
{
	alignas(max_align_t) char items[BUFFER_SIZE];
	size_t length = 0, whole;
	ssize_t n;

	while ((n = read(fd, items + length, sizeof(items) - length)) != 0) {
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return -errno;
		length += (size_t)n;
		whole = length - length % size;
		for (size_t at = 0; at < whole; at += size)
			found(context, items + at);
		length -= whole;
		memmove(items, items + whole, length);
	}
	return 0;
}

int iterator_run(const struct bpf_link *link, size_t size,
		 void (*found)(void *context, const void *item), void *context)
{
	int fd = bpf_iter_create(bpf_link__fd(link)), err;

	if (fd < 0)
		return -errno;
	err = read_items(fd, size, found, context);
	close(fd);
	return err;
}
