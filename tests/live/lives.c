// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lab's connections with a known life: both ends are in this process, on the loopback device.
 *
 *   lives HOW ADDRESS PORT COUNT [SENT RECEIVED]
 *
 * listens at ADDRESS and PORT, makes COUNT connections, one after the other (hold: all at once),
 * and ends each in one way; prints "ended COUNT" at the end. HOW:
 *   local       the client closes first. It sends SENT bytes before, and the server RECEIVED bytes
 *   peer        the server closes first
 *   shut        the server shuts down for writing and closes; then the client does what peer does
 *   half        the same, but the server closes when the client has closed
 *   reset       the client closes with SO_LINGER of 0 seconds
 *   unread      the client closes with a byte unread
 *   late        the server sends after the client has closed (whose FIN must be dropped)
 *   pending     the listener closes before the connections are accepted
 *   refused     nothing listens
 *   cancel      nothing answers (the packets must be dropped): the client closes in SYN_SENT
 *   no-answer   nothing answers: the client waits until its SYN has timed out (TCP_USER_TIMEOUT of
 *               300 ms)
 *   timeout     the client sends a byte that is never acknowledged (it must be dropped), with the
 *               same timeout
 *   again       the client disconnects (AF_UNSPEC), connects again by the same socket, and closes
 *   no-syn      connect() fails before it sends a SYN: the address of the client is in use
 *   hold        all are open at once: prints "ready", waits for SIGUSR1, and the client closes
 *   short       as local, from 250 addresses in turn if ADDRESS is 127.0.0.1, so that no port is in
 *               TIME_WAIT
 */
#include "endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_MS	300
#define SHORT_ADDRESSES 250

struct lives {
	const char *how;
	struct endpoint at;
	int listener; /* -1: none */
	int count;
	size_t sent, received;
};

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static bool is(const struct lives *lives, const char *how)
{
	return strcmp(lives->how, how) == 0;
}

static int new_socket(const struct lives *lives, int flags)
{
	int fd = socket(lives->at.address.sin6_family, SOCK_STREAM | flags, 0);

	if (fd < 0)
		die("socket");
	return fd;
}

static void listen_at(struct lives *lives)
{
	const int one = 1;

	lives->listener = new_socket(lives, 0);
	setsockopt(lives->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(lives->listener, (const struct sockaddr *)&lives->at.address, lives->at.length) ||
	    listen(lives->listener, 1024))
		die("listen");
}

static int connect_fd(const struct lives *lives, int fd)
{
	return connect(fd, (const struct sockaddr *)&lives->at.address, lives->at.length);
}

static void set_timeout(int fd)
{
	const int ms = TIMEOUT_MS;

	if (setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms)))
		die("TCP_USER_TIMEOUT");
}

static int open_client(const struct lives *lives)
{
	int fd = new_socket(lives, 0);

	if (connect_fd(lives, fd))
		die("connect");
	return fd;
}

static int accept_one(const struct lives *lives)
{
	int fd = accept(lives->listener, NULL, NULL);

	if (fd < 0)
		die("accept");
	return fd;
}

static void send_all(int fd, size_t bytes)
{
	static char zeros[65536];

	while (bytes) {
		ssize_t n = send(fd, zeros, bytes < sizeof(zeros) ? bytes : sizeof(zeros),
				 MSG_NOSIGNAL);

		if (n < 0)
			die("send");
		bytes -= (size_t)n;
	}
}

/* Reads so many bytes; to the end if they are -1. A reset is an end, too. */
static void read_bytes(int fd, ssize_t bytes)
{
	static char buffer[65536];
	ssize_t n;

	while (bytes && (n = recv(fd, buffer, sizeof(buffer), 0)) > 0) {
		if (bytes > 0)
			bytes -= n;
	}
}

/* One end closes, the other one reads to the end and closes. */
static void close_both(int first, int second)
{
	close(first);
	read_bytes(second, -1);
	close(second);
}

/* The server ends its direction by shutdown(); it closes before the client does, or after. */
static void shut_down(int server, int client, bool closes_last)
{
	if (shutdown(server, SHUT_WR))
		die("shutdown");
	if (!closes_last)
		close(server);
	read_bytes(client, -1);
	close(client);
	if (!closes_last)
		return;
	read_bytes(server, -1);
	close(server);
}

static void wait_for_signal(void)
{
	sigset_t set;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	puts("ready");
	fflush(stdout);
	sigwait(&set, &number);
}

/* Each byte moves before the other end writes more than its buffers hold. */
static void exchange(int client, int server, size_t sent, size_t received)
{
	const size_t chunk = 16384;

	for (size_t done = 0; done < sent; done += chunk) {
		send_all(client, sent - done < chunk ? sent - done : chunk);
		read_bytes(server, (ssize_t)(sent - done < chunk ? sent - done : chunk));
	}
	for (size_t done = 0; done < received; done += chunk) {
		send_all(server, received - done < chunk ? received - done : chunk);
		read_bytes(client, (ssize_t)(received - done < chunk ? received - done : chunk));
	}
}

/* A connection that both ends have opened. */
static void end_open(struct lives *lives)
{
	const struct linger by_reset = { .l_onoff = 1 };
	const struct sockaddr none = { .sa_family = AF_UNSPEC };
	int client = open_client(lives), server = accept_one(lives);

	exchange(client, server, lives->sent, lives->received);
	if (is(lives, "peer")) {
		close_both(server, client);
	} else if (is(lives, "shut") || is(lives, "half")) {
		shut_down(server, client, is(lives, "half"));
	} else if (is(lives, "reset")) {
		setsockopt(client, SOL_SOCKET, SO_LINGER, &by_reset, sizeof(by_reset));
		close_both(client, server);
	} else if (is(lives, "unread")) {
		send_all(server, 1);
		close_both(client, server);
	} else if (is(lives, "late")) {
		close(client);
		send_all(server, 1);
		read_bytes(server, -1);
		close(server);
	} else if (is(lives, "timeout")) {
		set_timeout(client);
		send_all(client, 1);
		read_bytes(client, -1);
		close(client);
		close(server);
	} else if (is(lives, "again")) {
		if (connect(client, &none, sizeof(none)))
			die("disconnect");
		read_bytes(server, -1);
		close(server);
		if (connect_fd(lives, client))
			die("connect");
		close_both(client, accept_one(lives));
	} else {
		close_both(client, server);
	}
}

/* A connection that does not come about. */
static void end_unopened(const struct lives *lives)
{
	int fd = new_socket(lives, is(lives, "cancel") ? SOCK_NONBLOCK : 0);

	if (is(lives, "no-answer"))
		set_timeout(fd);
	if (!connect_fd(lives, fd))
		die("connected");
	close(fd);
}

/* A second connection with the same addresses and ports: connect() finds no free port. */
static void fail_before_syn(const struct lives *lives)
{
	struct endpoint from = lives->at;
	int first = open_client(lives), second = new_socket(lives, 0), server = accept_one(lives);
	const int one = 1;

	if (getsockname(first, (struct sockaddr *)&from.address, &from.length))
		die("getsockname");
	setsockopt(first, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(second, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(second, (const struct sockaddr *)&from.address, from.length))
		die("bind");
	if (!connect_fd(lives, second) || errno != EADDRNOTAVAIL)
		die("connect with the ports of another connection");
	close(second);
	close_both(first, server);
}

static void end_held(const struct lives *lives)
{
	int clients[256], servers[256];
	int count = lives->count < 256 ? lives->count : 256;

	for (int i = 0; i < count; i++) {
		clients[i] = open_client(lives);
		servers[i] = accept_one(lives);
	}
	wait_for_signal();
	for (int i = 0; i < count; i++)
		close_both(clients[i], servers[i]);
}

/* The connections wait for accept() when the listener closes. */
static void end_pending(struct lives *lives)
{
	int client = open_client(lives);

	close(lives->listener);
	read_bytes(client, -1);
	close(client);
	listen_at(lives);
}

static void end_one(struct lives *lives, int number)
{
	struct sockaddr_in *to = (struct sockaddr_in *)&lives->at.address;

	if (is(lives, "short") && to->sin_family == AF_INET)
		to->sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(number % SHORT_ADDRESSES));
	if (is(lives, "pending"))
		end_pending(lives);
	else if (is(lives, "no-syn"))
		fail_before_syn(lives);
	else if (is(lives, "refused") || is(lives, "cancel") || is(lives, "no-answer"))
		end_unopened(lives);
	else
		end_open(lives);
}

static bool needs_listener(const struct lives *lives)
{
	return !is(lives, "refused") && !is(lives, "cancel") && !is(lives, "no-answer");
}

/* The listener of "short" takes connections to all addresses. */
static void open_listener(struct lives *lives)
{
	struct lives any = *lives;

	if (is(lives, "short"))
		memset(lives->at.address.sin6_family == AF_INET
			       ? (void *)&((struct sockaddr_in *)&any.at.address)->sin_addr
			       : (void *)&any.at.address.sin6_addr,
		       0, lives->at.address.sin6_family == AF_INET ? 4 : 16);
	listen_at(&any);
	lives->listener = any.listener;
}

int main(int argc, char **argv)
{
	struct lives lives = { .listener = -1 };
	sigset_t set;

	if (argc != 5 && argc != 7) {
		fprintf(stderr, "usage: lives HOW ADDRESS PORT COUNT [SENT RECEIVED]\n");
		return 2;
	}
	lives.how = argv[1];
	lives.at = endpoint_of(argv[2], argv[3]);
	lives.count = atoi(argv[4]);
	lives.sent = argc == 7 ? strtoul(argv[5], NULL, 10) : 0;
	lives.received = argc == 7 ? strtoul(argv[6], NULL, 10) : 0;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	alarm(120);
	if (needs_listener(&lives))
		open_listener(&lives);
	if (is(&lives, "hold"))
		end_held(&lives);
	else
		for (int i = 0; i < lives.count; i++)
			end_one(&lives, i);
	printf("ended %d\n", lives.count);
	return 0;
}
