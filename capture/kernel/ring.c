// SPDX-License-Identifier: GPL-2.0-or-later
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "ring.h"
#include "util/signals.h"

#define BATCH 4096 /* records handed out in one call */

struct ring {
	struct ring_buffer *buffer;
	int epoll_fd;
	void (*handle)(void *context, const void *bytes, size_t size);
	void *context;
	unsigned int in_call;
	uint64_t handed_out;
	uint64_t handed_out_before; /* at the last wait */
	volatile uint32_t *wake_requested;
};

/* Called for each record; a negative value ends ring_buffer__consume after this record. */
static int on_record(void *context, void *bytes, size_t size)
{
	struct ring *ring = context;

	ring->handle(ring->context, bytes, size);
	ring->handed_out++;
	return ++ring->in_call < BATCH ? 0 : -EAGAIN;
}

/*
 * Edge-triggered on the ring itself: the wait ends only when the kernel side requests a wakeup,
 * because much is in the ring. libbpf's own poll is level-triggered, and ends whenever anything is.
 */
static int open_epoll(struct ring *ring, int fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int requests = signals_fd();

	ring->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (ring->epoll_fd < 0 || epoll_ctl(ring->epoll_fd, EPOLL_CTL_ADD, fd, &event) ||
	    (requests >= 0 && epoll_ctl(ring->epoll_fd, EPOLL_CTL_ADD, requests, &event)))
		return -errno;
	return 0;
}

struct ring *ring_new(int fd, volatile uint32_t *wake_requested, struct error *error)
{
	struct ring *ring = calloc(1, sizeof(*ring));
	int err;

	if (!ring) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	ring->epoll_fd = -1;
	ring->wake_requested = wake_requested;
	ring->buffer = ring_buffer__new(fd, on_record, ring, NULL);
	err = ring->buffer ? open_epoll(ring, fd) : -errno;
	if (!err)
		return ring;
	error_set(error, err, "cannot %s the ring buffer: %s", ring->buffer ? "wait for" : "map",
		  error_reason(err));
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

/*
 * While records come, no wakeup is requested: it would cost more than an event. A program may have
 * looked at the request before it was set, and submit its record after the ring was found empty: so
 * the first wait after the request is a short one, which no program outlasts.
 */
bool ring_wait(struct ring *ring, int busy_ms, int idle_ms)
{
	bool had_records = ring->handed_out != ring->handed_out_before;
	bool is_idle = !had_records && *ring->wake_requested;
	struct epoll_event event;

	ring->handed_out_before = ring->handed_out;
	if (!had_records)
		*ring->wake_requested = 1;
	epoll_wait(ring->epoll_fd, &event, 1, is_idle ? idle_ms : busy_ms);
	return is_idle;
}

int ring_consume(struct ring *ring, void (*handle)(void *context, const void *bytes, size_t size),
		 void *context)
{
	int consumed;

	ring->handle = handle;
	ring->context = context;
	ring->in_call = 0;
	consumed = ring_buffer__consume(ring->buffer);
	if (consumed == -EAGAIN)
		return 1;
	return consumed < 0 ? consumed : 0;
}

uint64_t ring_handed_out(const struct ring *ring)
{
	return ring->handed_out;
}
