// SPDX-License-Identifier: GPL-2.0-or-later
#include "accept_loop.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct pollfd fds[1 + ACCEPT_LOOP_CONNECTIONS]; /* the listener first; poll() ignores -1 */
static nfds_t count = 1;

static void read_connections(const struct accept_loop *loop)
{
	for (nfds_t i = 1; i < count; i++) {
		if (fds[i].revents && !loop->readable(loop->context, fds[i].fd))
			fds[i].fd = -1;
	}
}

static void accept_connection(const struct accept_loop *loop)
{
	int fd = accept(loop->listener, NULL, NULL);

	if (fd < 0)
		return; /* another process was faster */
	if (loop->accepted && !loop->accepted(loop->context, fd))
		return;
	/* A connection that is only held is not polled: its end would wake the loop without end. */
	fds[count++] = (struct pollfd){ .fd = loop->readable ? fd : -1, .events = POLLIN };
	if (count == 1 + ACCEPT_LOOP_CONNECTIONS)
		fds[0].fd = -1;
}

_Noreturn void accept_loop(const struct accept_loop *loop)
{
	fds[0] = (struct pollfd){ .fd = loop->listener, .events = POLLIN };
	for (;;) {
		if (poll(fds, count, -1) < 0) {
			perror("poll");
			exit(1);
		}
		read_connections(loop);
		if (fds[0].revents)
			accept_connection(loop);
	}
}
