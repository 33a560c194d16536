// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client that sends a known number of bytes by one of the ways that Linux has for it.
 *
 *   mover ADDRESS PORT WAY BYTES
 *     connects, prints "owner PORT PID" with its own port, and waits for SIGUSR1. Sends BYTES by
 *     WAY: send, sendfile, splice, zerocopy (MSG_ZEROCOPY) or trickle (10,007 bytes each 20 ms).
 *     Waits until the peer has acknowledged all, prints "sent" and keeps the connection until
 *     SIGTERM, or for ten minutes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY 60
#endif
#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY 0x4000000
#endif

#define CHUNK 65536

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

/* A file of zeros, in memory. */
static int zeros(size_t bytes)
{
	int fd = memfd_create("zeros", 0);

	if (fd < 0 || ftruncate(fd, (off_t)bytes))
		die("memfd");
	return fd;
}

static ssize_t by_send(int to, size_t bytes, int flags)
{
	static char buffer[CHUNK];

	return send(to, buffer, bytes < CHUNK ? bytes : CHUNK, flags);
}

static ssize_t by_sendfile(int to, size_t bytes)
{
	static int file = -1;

	if (file < 0)
		file = zeros(bytes);
	return sendfile(to, file, NULL, bytes);
}

/* From the file into a pipe, and from there into the socket. */
static ssize_t by_splice(int to, size_t bytes)
{
	static int file = -1, ends[2];
	ssize_t filled, moved = 0, n;

	if (file < 0) {
		file = zeros(bytes);
		if (pipe(ends))
			die("pipe");
	}
	filled = splice(file, NULL, ends[1], NULL, bytes < CHUNK ? bytes : CHUNK, 0);
	while (filled > 0 && moved < filled) {
		n = splice(ends[0], NULL, to, NULL, (size_t)(filled - moved), 0);
		if (n <= 0)
			return n;
		moved += n;
	}
	return filled;
}

/* The notices of the kernel that it no longer needs the memory, as many as there are. */
static void read_notices(int from)
{
	char control[128];
	struct msghdr message = { .msg_control = control, .msg_controllen = sizeof(control) };

	while (recvmsg(from, &message, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
		message.msg_controllen = sizeof(control);
}

static ssize_t by_zerocopy(int to, size_t bytes)
{
	ssize_t n = by_send(to, bytes, MSG_ZEROCOPY);

	if (n < 0 && errno == ENOBUFS) { /* too many notices */
		poll(NULL, 0, 10);
		n = 0;
	}
	read_notices(to);
	return n;
}

static ssize_t by_trickle(int to, size_t bytes)
{
	poll(NULL, 0, 20);
	return by_send(to, bytes < 10007 ? bytes : 10007, 0);
}

static ssize_t send_some(int to, const char *way, size_t bytes)
{
	if (strcmp(way, "sendfile") == 0)
		return by_sendfile(to, bytes);
	if (strcmp(way, "splice") == 0)
		return by_splice(to, bytes);
	if (strcmp(way, "zerocopy") == 0)
		return by_zerocopy(to, bytes);
	if (strcmp(way, "trickle") == 0)
		return by_trickle(to, bytes);
	return by_send(to, bytes, 0);
}

static void send_all(int to, const char *way, size_t bytes)
{
	int one = 1;

	if (strcmp(way, "zerocopy") == 0 &&
	    setsockopt(to, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)))
		die("SO_ZEROCOPY");
	while (bytes) {
		ssize_t n = send_some(to, way, bytes);

		if (n < 0 || (size_t)n > bytes)
			die(way);
		bytes -= (size_t)n;
	}
}

static void wait_until_acknowledged(int to)
{
	int queued;

	while (!ioctl(to, SIOCOUTQ, &queued) && queued) {
		read_notices(to);
		poll(NULL, 0, 10);
	}
}

static int connect_to(const char *address, int port)
{
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in to4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int ipv6 = inet_pton(AF_INET6, address, &to6.sin6_addr) == 1;
	int fd = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);

	if (!ipv6 && inet_pton(AF_INET, address, &to4.sin_addr) != 1)
		die(address);
	if (fd < 0 ||
	    connect(fd, ipv6 ? (void *)&to6 : (void *)&to4, ipv6 ? sizeof(to6) : sizeof(to4)))
		die("connect");
	return fd;
}

static void print_owner(int fd)
{
	struct sockaddr_in6 name; /* sockaddr_in has the port at the same offset */
	socklen_t length = sizeof(name);

	if (getsockname(fd, (void *)&name, &length))
		die("getsockname");
	printf("owner %d %d\n", ntohs(name.sin6_port), (int)getpid());
	fflush(stdout);
}

int main(int argc, char **argv)
{
	sigset_t start;
	int fd, signal;

	if (argc != 5) {
		fputs("usage: mover ADDRESS PORT WAY BYTES\n", stderr);
		return 2;
	}
	sigemptyset(&start);
	sigaddset(&start, SIGUSR1);
	sigprocmask(SIG_BLOCK, &start, NULL);
	alarm(600);
	fd = connect_to(argv[1], atoi(argv[2]));
	print_owner(fd);
	sigwait(&start, &signal);
	send_all(fd, argv[3], strtoul(argv[4], NULL, 10));
	wait_until_acknowledged(fd);
	puts("sent");
	fflush(stdout);
	pause();
	return 0;
}
