// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Short connections, one after the other; the client closes them first. Each line that is printed
 * has the CPU time of the process for one connection.
 *
 *   connections COUNT
 *     opens and closes COUNT connections over the loopback device to a listener of its own. Prints
 *     "rate CONNECTIONS-A-SECOND ns NS-OF-ONE cpu NS".
 *   connections serve PORT COUNT
 *     prints "ready", accepts COUNT connections, reads each to its end and closes it. Prints
 *     "cpu NS".
 *   connections connect ADDRESS PORT COUNT [RATE]
 *     makes COUNT connections to it, RATE a second, or as fast as it can. Prints the same as the
 *     first.
 *
 * The 250 addresses from 127.0.0.1 or ADDRESS take turns, so that TIME_WAIT does not use up the
 * ports.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
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
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)at, sizeof(*at)) || listen(fd, 1024) ||
	    getsockname(fd, (struct sockaddr *)at, &length))
		die("listen");
	return fd;
}

static int open_connection(const struct sockaddr_in *first, long number)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in to = *first;

	to.sin_addr.s_addr = htonl(ntohl(to.sin_addr.s_addr) + (uint32_t)(number % ADDRESSES));
	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)))
		die("connect");
	return fd;
}

static int accept_one(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		die("accept");
	return fd;
}

static double now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Waits until it is time for that connection; one that is late comes at once. */
static void wait_turn(double begin_ns, long number, long rate)
{
	double at_ns = begin_ns + (double)number * 1e9 / (double)rate;
	struct timespec at = { .tv_sec = (time_t)(at_ns / 1e9) };

	at.tv_nsec = (long)(at_ns - (double)at.tv_sec * 1e9);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

/* listener: where this process accepts the connections itself; -1: another one does. */
static void make_connections(const struct sockaddr_in *to, int listener, long count, long rate)
{
	double begin_ns = now_ns(CLOCK_MONOTONIC), ns;

	for (long i = 0; i < count; i++) {
		int client, server;

		if (rate)
			wait_turn(begin_ns, i, rate);
		client = open_connection(to, i);
		server = listener < 0 ? -1 : accept_one(listener);
		close(client);
		if (server >= 0)
			close(server);
	}
	ns = now_ns(CLOCK_MONOTONIC) - begin_ns;
	printf("rate %.0f ns %.0f cpu %.0f\n", (double)count / ns * 1e9, ns / (double)count,
	       now_ns(CLOCK_PROCESS_CPUTIME_ID) / (double)count);
}

static void serve(int listener, long count)
{
	printf("ready\n");
	fflush(stdout);
	for (long i = 0; i < count; i++) {
		int fd = accept_one(listener);
		char byte;

		while (read(fd, &byte, 1) > 0)
			;
		close(fd);
	}
	printf("cpu %.0f\n", now_ns(CLOCK_PROCESS_CPUTIME_ID) / (double)count);
}

static struct sockaddr_in address_of(const char *address, const char *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((in_port_t)atoi(port)) };

	if (inet_pton(AF_INET, address, &at.sin_addr) != 1)
		die(address);
	return at;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at;

	if (argc == 2 && atol(argv[1]) > 0) {
		int listener;

		at = address_of("0.0.0.0", "0");
		listener = open_listener(&at);
		at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		make_connections(&at, listener, atol(argv[1]), 0);
	} else if (argc == 4 && strcmp(argv[1], "serve") == 0 && atol(argv[3]) > 0) {
		at = address_of("0.0.0.0", argv[2]);
		serve(open_listener(&at), atol(argv[3]));
	} else if (argc >= 5 && strcmp(argv[1], "connect") == 0 && atol(argv[4]) > 0) {
		at = address_of(argv[2], argv[3]);
		make_connections(&at, -1, atol(argv[4]), argc > 5 ? atol(argv[5]) : 0);
	} else {
		fprintf(stderr, "usage: connections COUNT | serve PORT COUNT | "
				"connect ADDRESS PORT COUNT [RATE]\n");
		return 2;
	}
	return 0;
}
