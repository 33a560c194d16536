// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: connections COUNT
 * Opens and closes COUNT connections over the loopback device, one after the other, each to a
 * listener of its own process. Prints "rate CONNECTIONS-A-SECOND ns NS-OF-ONE cpu
 * NS-OF-ITS-CPU-TIME". The addresses 127.0.0.1 to 127.0.0.250 take turns, so that TIME_WAIT does
 * not use up the ports.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ADDRESSES 250

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_listener(struct sockaddr_in *at)
{
	socklen_t length = sizeof(*at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*at = (struct sockaddr_in){ .sin_family = AF_INET };
	if (fd < 0 || bind(fd, (struct sockaddr *)at, sizeof(*at)) || listen(fd, 128) ||
	    getsockname(fd, (struct sockaddr *)at, &length))
		die("listen");
	return fd;
}

static void connect_once(int listener, const struct sockaddr_in *to)
{
	int client = socket(AF_INET, SOCK_STREAM, 0), server;

	if (client < 0 || connect(client, (const struct sockaddr *)to, sizeof(*to)))
		die("connect");
	server = accept(listener, NULL, NULL);
	if (server < 0)
		die("accept");
	close(client);
	close(server);
}

int main(int argc, char **argv)
{
	long count = argc == 2 ? atol(argv[1]) : 0;
	struct timespec begin, end;
	struct sockaddr_in to;
	int listener;
	double ns, cpu_ns;

	if (count < 1) {
		fprintf(stderr, "usage: connections COUNT\n");
		return 2;
	}
	listener = open_listener(&to);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (long i = 0; i < count; i++) {
		to.sin_addr.s_addr = htonl((uint32_t)(INADDR_LOOPBACK + i % ADDRESSES));
		connect_once(listener, &to);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	ns = (double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	cpu_ns = (double)end.tv_sec * 1e9 + (double)end.tv_nsec;
	printf("rate %.0f ns %.0f cpu %.0f\n", (double)count / ns * 1e9, ns / (double)count,
	       cpu_ns / (double)count);
	return 0;
}
