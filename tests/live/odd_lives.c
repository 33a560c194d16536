// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Connections that are seldom made, with a known life: both ends are in this process, at 127.0.0.1.
 *
 *   odd_lives HOW PORT COUNT
 *
 * makes COUNT connections to PORT, one after the other, and closes them; prints "ended COUNT". HOW:
 *   self        a socket connects to its own port: both ends open and close at the same time
 *   fastopen    the SYN has 100 bytes of data (RFC 7413)
 *   restored    a socket in repair mode, which connects without a segment and closes without one
 *   unrepaired  the same, but it has left that mode when it closes: its FIN is answered by a reset
 *   mptcp       Multipath TCP
 *   sendfile    the client sends 100,000 bytes by sendfile()
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

#define SYN_BYTES  100
#define FILE_BYTES 100000

static struct sockaddr_in at;
static int protocol;

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static void set_option(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		die("setsockopt");
}

static int new_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, protocol);

	if (fd < 0)
		die("socket");
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	return fd;
}

static void bind_here(int fd)
{
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die("bind");
}

static void connect_here(int fd)
{
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)))
		die("connect");
}

static int accept_one(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		die("accept");
	return fd;
}

/* Reads so many bytes, or to the end if they are negative. */
static void read_bytes(int fd, ssize_t bytes)
{
	char buffer[16384];
	ssize_t n;

	while (bytes && (n = recv(fd, buffer, sizeof(buffer), 0)) > 0)
		bytes -= bytes > 0 ? n : 0;
}

static void close_both(int client, int server)
{
	close(client);
	read_bytes(server, -1);
	close(server);
}

/* Its ports stay in TIME_WAIT, so each connection has the next one. */
static void end_self(void)
{
	int fd = new_socket();

	bind_here(fd);
	connect_here(fd);
	close(fd);
	at.sin_port = htons((in_port_t)(ntohs(at.sin_port) + 1));
}

static void end_fastopen(int listener)
{
	char data[SYN_BYTES] = { 0 };
	int client = new_socket(), server;

	if (sendto(client, data, sizeof(data), MSG_FASTOPEN, (struct sockaddr *)&at, sizeof(at)) !=
	    sizeof(data))
		die("MSG_FASTOPEN");
	server = accept_one(listener);
	read_bytes(server, SYN_BYTES);
	close_both(client, server);
}

static void end_restored(bool stays)
{
	int fd = new_socket();

	set_option(fd, IPPROTO_TCP, TCP_REPAIR, 1);
	connect_here(fd);
	if (!stays)
		set_option(fd, IPPROTO_TCP, TCP_REPAIR, -1); /* without a window probe */
	close(fd);
}

static void end_sendfile(int listener)
{
	int client = new_socket(), file = memfd_create("zeros", 0), server;
	size_t left = FILE_BYTES;
	ssize_t n;

	if (file < 0 || ftruncate(file, FILE_BYTES))
		die("memfd");
	connect_here(client);
	server = accept_one(listener);
	for (; left; left -= (size_t)n) {
		n = sendfile(client, file, NULL, left < 16384 ? left : 16384);
		if (n <= 0)
			die("sendfile");
		read_bytes(server, n);
	}
	close(file);
	close_both(client, server);
}

static void end_one(const char *how, int listener)
{
	int client;

	if (strcmp(how, "self") == 0) {
		end_self();
	} else if (strcmp(how, "fastopen") == 0) {
		end_fastopen(listener);
	} else if (strcmp(how, "restored") == 0 || strcmp(how, "unrepaired") == 0) {
		end_restored(how[0] == 'r');
	} else if (strcmp(how, "sendfile") == 0) {
		end_sendfile(listener);
	} else {
		client = new_socket();
		connect_here(client);
		close_both(client, accept_one(listener));
	}
}

int main(int argc, char **argv)
{
	int listener = -1, count;

	if (argc != 4) {
		fprintf(stderr, "usage: odd_lives HOW PORT COUNT\n");
		return 2;
	}
	at.sin_family = AF_INET;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	at.sin_port = htons((in_port_t)atoi(argv[2]));
	count = atoi(argv[3]);
	alarm(60);
	if (strcmp(argv[1], "mptcp") == 0)
		protocol = IPPROTO_MPTCP;
	if (strcmp(argv[1], "self") != 0 && strcmp(argv[1], "restored") != 0 &&
	    strcmp(argv[1], "unrepaired") != 0) {
		listener = new_socket();
		bind_here(listener);
		if (strcmp(argv[1], "fastopen") == 0)
			set_option(listener, IPPROTO_TCP, TCP_FASTOPEN, 16);
		if (listen(listener, 16))
			die("listen");
	}
	for (int i = 0; i < count; i++)
		end_one(argv[1], listener);
	printf("ended %d\n", count);
	return 0;
}
