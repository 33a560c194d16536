// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Connections on the loopback device, for the cost of top.
 *
 *   bulk send SECONDS  sends to itself as fast as it can, and prints "rate BYTES cpu BYTES": for
 *                      each second, and for each of CPU time that both ends and the kernel took
 *   bulk hold COUNT    opens COUNT connections, prints "ready" and keeps them until SIGTERM
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHUNK (256 * 1024)
#define SHARE 400

static char buffer[CHUNK];

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double cpu_seconds(int who)
{
	struct rusage usage;

	getrusage(who, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
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

static void drain(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		die("accept");
	while (recv(fd, buffer, CHUNK, 0) > 0)
		;
	exit(0);
}

static void send_for(double seconds)
{
	struct sockaddr_in name;
	int listener = listen_at(&name), fd;
	double start, bytes = 0;

	if (fork() == 0)
		drain(listener);
	fd = connect_to(&name);
	for (start = now(); now() - start < seconds;) {
		ssize_t n = send(fd, buffer, CHUNK, MSG_NOSIGNAL);

		if (n <= 0)
			die("send");
		bytes += (double)n;
	}
	close(fd);
	wait(NULL);
	printf("rate %.0f cpu %.0f\n", bytes / (now() - start),
	       bytes / (cpu_seconds(RUSAGE_SELF) + cpu_seconds(RUSAGE_CHILDREN)));
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
	if (argc == 3 && strcmp(argv[1], "send") == 0)
		send_for(atof(argv[2]));
	else if (argc == 3 && strcmp(argv[1], "hold") == 0)
		hold(atoi(argv[2]));
	else
		return 2;
	return 0;
}
