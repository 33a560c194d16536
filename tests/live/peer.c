// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lab's TCP server and client: real sockets that behave as a scenario needs.
 *
 *   peer serve ADDRESS PORT read|close|hold|ignore
 *     accepts and reads to the end, accepts and closes, accepts and never reads, never accepts;
 *     prints "ready" when it listens, ends on SIGTERM or after a minute.
 *   peer connect ADDRESS PORT [-c COUNT] [-b BYTES] [-d MS] [-t MS] [-n COMM]
 *     opens COUNT connections at once; after -d sends BYTES on each that is established; closes all
 *     after -t more. -n sets the command name.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define LIFE_SECONDS	60

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct addrinfo *resolve(const char *address, const char *port)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *info;
	int err = getaddrinfo(address, port, &hints, &info);

	if (err) {
		fprintf(stderr, "%s: %s\n", address, gai_strerror(err));
		exit(1);
	}
	return info;
}

static void sleep_ms(int ms)
{
	poll(NULL, 0, ms);
}

static void read_to_end(int fd)
{
	static char bytes[65536];
	ssize_t length = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (length == 0 || (length < 0 && errno != EAGAIN))
		close(fd);
}

/* Reads from every connection as data comes. */
static void serve_reading(int listener)
{
	struct pollfd fds[CONNECTIONS_MAX] = { { .fd = listener, .events = POLLIN } };
	nfds_t count = 1;

	for (;;) {
		if (poll(fds, count, -1) < 0)
			die("poll");
		for (nfds_t i = 1; i < count; i++) {
			if (fds[i].revents)
				read_to_end(fds[i].fd);
		}
		if (fds[0].revents && count < CONNECTIONS_MAX) {
			fds[count].events = POLLIN;
			fds[count++].fd = accept(listener, NULL, NULL);
		}
	}
}

static int serve(int argc, char **argv)
{
	struct addrinfo *info;
	const int one = 1;
	int listener, fd;

	if (argc != 5)
		return 2;
	info = resolve(argv[2], argv[3]);
	listener = socket(info->ai_family, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, info->ai_addr, info->ai_addrlen) || listen(listener, 128))
		die("listen");
	puts("ready");
	fflush(stdout);
	alarm(LIFE_SECONDS);
	if (strcmp(argv[4], "read") == 0)
		serve_reading(listener);
	if (strcmp(argv[4], "ignore") == 0)
		pause();
	for (;;) {
		fd = accept(listener, NULL, NULL);
		if (strcmp(argv[4], "close") == 0)
			close(fd);
	}
}

static void send_bytes(int fd, size_t bytes)
{
	static char zeros[65536];

	while (bytes) {
		size_t some = bytes < sizeof(zeros) ? bytes : sizeof(zeros);
		ssize_t sent = send(fd, zeros, some, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		bytes -= (size_t)sent;
	}
}

static int connect_all(int argc, char **argv)
{
	static int fds[CONNECTIONS_MAX];
	int count = 1, delay_ms = 0, time_ms = 0, option;
	struct addrinfo *info;
	size_t bytes = 0;

	optind = 4;
	while ((option = getopt(argc, argv, "c:b:d:t:n:")) != -1) {
		if (option == 'c')
			count = atoi(optarg);
		else if (option == 'b')
			bytes = strtoul(optarg, NULL, 10);
		else if (option == 'd')
			delay_ms = atoi(optarg);
		else if (option == 't')
			time_ms = atoi(optarg);
		else if (option == 'n')
			prctl(PR_SET_NAME, optarg);
		else
			return 2;
	}
	if (count < 1 || count > CONNECTIONS_MAX)
		return 2;
	info = resolve(argv[2], argv[3]);
	for (int i = 0; i < count; i++) {
		fds[i] = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(fds[i], info->ai_addr, info->ai_addrlen) && errno != EINPROGRESS &&
		    errno != ECONNREFUSED)
			die("connect");
	}
	sleep_ms(delay_ms);
	for (int i = 0; bytes && i < count; i++) {
		fcntl(fds[i], F_SETFL, 0);
		send_bytes(fds[i], bytes);
	}
	sleep_ms(time_ms);
	for (int i = 0; i < count; i++)
		close(fds[i]);
	freeaddrinfo(info);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 2;

	if (argc >= 4 && strcmp(argv[1], "serve") == 0)
		status = serve(argc, argv);
	else if (argc >= 4 && strcmp(argv[1], "connect") == 0)
		status = connect_all(argc, argv);
	if (status == 2)
		fprintf(stderr, "usage: peer serve|connect ADDRESS PORT ...; see the source\n");
	return status;
}
