// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * server at=ADDRESS:PORT how=... [backlog=N] [rcvbuf=N] [bytes=N] [flags=mptcp,transparent]
 *   read     reads each connection to its end, closes it
 *   answer   the same, but sends that many bytes before it closes
 *   slow     reads a little every 20 ms
 *   hold     accepts and never reads
 *   ignore   never accepts
 *   first    closes after the first bytes; reset: the same by a reset
 *   child    a child serves each connection; the parent closes it
 *   workers  three processes accept
 */
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/live/accept_loop.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static char bytes[65536];

struct server {
	const struct step *step;
	int listener;
};

/* Returns false, which means for the accept loop that the connection is closed. */
static bool close_connection(int fd, bool by_reset)
{
	const struct linger now = { .l_onoff = 1 };

	if (by_reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	say_socket("left", fd);
	close(fd);
	return false;
}

static void answer(int fd, size_t left)
{
	while (left) {
		ssize_t sent = send(fd, bytes, left < sizeof(bytes) ? left : sizeof(bytes), 0);

		if (sent <= 0)
			return;
		left -= (size_t)sent;
	}
}

/* A connection has bytes, its end or an error. Returns false if the function has closed it. */
static bool serve(const void *context, int fd)
{
	const struct server *server = context;
	const char *how = step_text(server->step, "how", "read");
	bool slow = strcmp(how, "slow") == 0;
	ssize_t length = recv(fd, bytes, slow ? 3000 : sizeof(bytes), MSG_DONTWAIT);

	if (length < 0 && errno == EAGAIN)
		return true;
	if (slow)
		sleep_ms(20);
	if (length == 0 && strcmp(how, "answer") == 0)
		answer(fd, (size_t)step_number(server->step, "bytes", 1000));
	if (length <= 0 || strcmp(how, "first") == 0 || strcmp(how, "reset") == 0)
		return close_connection(fd, strcmp(how, "reset") == 0);
	return true;
}

/* Returns in the parent, which has closed the connection. */
static void serve_in_child(const struct server *server, int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };

	if (fork() != 0) {
		close_connection(fd, false);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	alarm(20);
	close(server->listener);
	say_socket("hold", fd);
	do
		poll(&one, 1, -1);
	while (serve(server, fd));
	_exit(0);
}

static bool accepted(const void *context, int fd)
{
	const struct server *server = context;

	say_socket("hold", fd);
	if (strcmp(step_text(server->step, "how", "read"), "child") != 0)
		return true;
	serve_in_child(server, fd);
	return false;
}

static _Noreturn void serve_all(const struct step *step, int listener)
{
	const struct server server = { step, listener };
	const struct accept_loop loop = {
		.listener = listener,
		.context = &server,
		.accepted = accepted,
		.readable = strcmp(step_text(step, "how", "read"), "hold") == 0 ? NULL : serve,
	};

	accept_loop(&loop);
}

static int open_listener(const struct step *step)
{
	struct endpoint at = endpoint_parse(step_text(step, "at", ":"));
	int rcvbuf = step_number(step, "rcvbuf", 0), family = at.address.sin6_family;
	int fd = socket(family, SOCK_STREAM, step_flag(step, "mptcp") ? IPPROTO_MPTCP : 0);
	const int one = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (rcvbuf)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	if (step_flag(step, "transparent") &&
	    setsockopt(fd, SOL_IP, family == AF_INET6 ? IPV6_TRANSPARENT : IP_TRANSPARENT, &one,
		       sizeof(one)) &&
	    setsockopt(fd, SOL_IPV6, IPV6_TRANSPARENT, &one, sizeof(one)))
		die("IP_TRANSPARENT");
	if (bind(fd, (struct sockaddr *)&at.address, at.length) ||
	    listen(fd, step_number(step, "backlog", 128)))
		die("listen");
	return fd;
}

void act_server(const struct step *step)
{
	const char *how = step_text(step, "how", "read");
	int listener = open_listener(step);

	signal(SIGCHLD, SIG_IGN);
	say_socket("listen", listener);
	if (strcmp(how, "workers") == 0) {
		fcntl(listener, F_SETFL, O_NONBLOCK);
		for (int i = 0; i < 2; i++) {
			if (fork() != 0)
				continue;
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			say_socket("listen", listener);
			serve_all(step, listener);
		}
	}
	tell_up();
	if (strcmp(how, "ignore") == 0)
		for (;;)
			pause();
	serve_all(step, listener);
}
