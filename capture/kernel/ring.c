// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "ring.h"

#define BATCH 4096 /* records handed out before the caller's turn comes again */

struct ring {
	struct ring_buffer *buffer;
	int epoll_fd;
	void (*handle)(void *context, const void *bytes, size_t size);
	void *context;
	unsigned int handed;
};

/* Called for each record; a negative value ends ring_buffer__consume behind this record. */
static int on_record(void *context, void *bytes, size_t size)
{
	struct ring *ring = context;

	ring->handle(ring->context, bytes, size);
	return ++ring->handed < BATCH ? 0 : -EAGAIN;
}

/*
 * Edge-triggered on the ring itself: the wait ends when the kernel side asks for it because much is
 * waiting, not whenever something is (which is what libbpf's own poll does).
 */
static int open_epoll(struct ring *ring, int fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };

	ring->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (ring->epoll_fd < 0 || epoll_ctl(ring->epoll_fd, EPOLL_CTL_ADD, fd, &event))
		return -errno;
	return 0;
}

struct ring *ring_new(int fd, struct error *error)
{
	struct ring *ring = calloc(1, sizeof(*ring));
	int err;

	if (!ring) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	ring->epoll_fd = -1;
	ring->buffer = ring_buffer__new(fd, on_record, ring, NULL);
	err = ring->buffer ? open_epoll(ring, fd) : -errno;
	if (!err)
		return ring;
	error_set(error, err, "cannot %s the ring buffer: %s", ring->buffer ? "wait for" : "map",
		  strerror(-err));
	ring_free(ring);
	return NULL;
}

void ring_free(struct ring *ring)
{
	if (!ring)
		return;
	ring_buffer__free(ring->buffer);
	if (ring->epoll_fd >= 0)
		close(ring->epoll_fd);
	free(ring);
}

void ring_wait(struct ring *ring, int timeout_ms)
{
	struct epoll_event event;

	epoll_wait(ring->epoll_fd, &event, 1, timeout_ms);
}

int ring_consume(struct ring *ring, void (*handle)(void *context, const void *bytes, size_t size),
		 void *context)
{
	int consumed;

	ring->handle = handle;
	ring->context = context;
	ring->handed = 0;
	consumed = ring_buffer__consume(ring->buffer);
	if (consumed == -EAGAIN)
		return 1;
	return consumed < 0 ? consumed : 0;
}
