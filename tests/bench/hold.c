// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold COUNT: opens COUNT connections on the loopback device, prints "ready" and keeps them until
 * SIGTERM, for the cost of top.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SHARE 400

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static int listen_at(struct sockaddr_in *name)
{
	socklen_t length = sizeof(*name);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*name = (struct sockaddr_in){ .sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (fd < 0 || bind(fd, (void *)name, length) || listen(fd, 128) ||
	    getsockname(fd, (void *)name, &length))
		die("listen");
	return fd;
}

static int connect_to(const struct sockaddr_in *name)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (const void *)name, sizeof(*name)))
		die("connect");
	return fd;
}

/* In one process: as many as the usual limit of open files permits. */
static void hold_some(int count)
{
	struct sockaddr_in name;
	int listener = listen_at(&name);

	for (int i = 0; i < count; i++) {
		connect_to(&name);
		if (accept(listener, NULL, NULL) < 0)
			die("accept");
	}
}

static void hold(int count)
{
	int ready[2];
	char one;

	if (pipe(ready))
		die("pipe");
	for (int left = count; left > 0; left -= SHARE) {
		if (fork() != 0)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		hold_some(left < SHARE ? left : SHARE);
		if (write(ready[1], "", 1) != 1)
			die("write");
		pause();
	}
	for (int left = count; left > 0; left -= SHARE) {
		if (read(ready[0], &one, 1) != 1)
			die("read");
	}
	puts("ready");
	fflush(stdout);
	pause();
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	hold(atoi(argv[1]));
	return 0;
}
