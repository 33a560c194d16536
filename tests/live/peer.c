// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lab's TCP server and client: real sockets that behave as a scenario needs.
 *
 *   peer serve ADDRESS PORT read|close|hold|ignore|speak|workers
 *     accepts and reads to the end, accepts and closes, accepts and never reads, never accepts,
 *     accepts one that it sends 100 bytes after three seconds, or accepts in three processes that read and print "owner PORT PID" with the client's port;
 *     prints "ready" when it listens, ends on SIGTERM or after a minute.
 *   peer connect ADDRESS PORT [-c COUNT] [-b BYTES] [-d MS] [-t MS] [-n COMM] [-u UID] [-r]
 *                             [-o pass|fork|shutdown] [-p PORT] [-i ISN]
 *     opens COUNT connections at once; prints "owner PORT PID" of each, with its own port; after -d
 *     sends BYTES on each that is established; closes all after -t more, -r by resets. -n sets the
 *     command name, -u the user. With -o another process gets the connections before anything is
 *     sent, and their opener closes them: passed over a UNIX socket, or inherited through fork. With
 *     shutdown the other only shuts them down for writing, and exits; the opener keeps them. -p binds
 *     them to PORT and those behind it, -i makes their sequence numbers start there.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define LIFE_SECONDS	60

static void die(const char *what)
{
	perror(what);
	exit(1);
}

struct endpoint {
	struct sockaddr_in6 address; /* or a sockaddr_in */
	socklen_t length;
};

/* By hand: getaddrinfo wants shared libraries even in a static program. */
static struct endpoint resolve(const char *address, const char *port)
{
	struct endpoint to = { .length = sizeof(to.address) };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&to.address;

	to.address.sin6_port = htons((uint16_t)atoi(port)); /* the same place in both */
	if (inet_pton(AF_INET6, address, &to.address.sin6_addr) == 1) {
		to.address.sin6_family = AF_INET6;
	} else if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		to.length = sizeof(*v4);
	} else {
		fprintf(stderr, "%s: no address\n", address);
		exit(1);
	}
	return to;
}

static void sleep_ms(int ms)
{
	poll(NULL, 0, ms);
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

static void read_to_end(int *fd)
{
	static char bytes[65536];
	ssize_t length = recv(*fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (length > 0 || (length < 0 && errno == EAGAIN))
		return;
	close(*fd);
	*fd = -1;
}

static void print_owner(int fd, bool peers_port)
{
	struct sockaddr_in6 name; /* the port is where that of sockaddr_in is */
	socklen_t length = sizeof(name);

	if (!(peers_port ? getpeername : getsockname)(fd, (struct sockaddr *)&name, &length))
		printf("owner %d %d\n", ntohs(name.sin6_port), getpid());
	fflush(stdout);
}

/* Reads from every connection as data comes. */
static void serve_reading(int listener, bool print)
{
	static struct pollfd fds[CONNECTIONS_MAX];
	nfds_t count = 1;

	fds[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
	for (;;) {
		if (poll(fds, count, -1) < 0)
			die("poll");
		for (nfds_t i = 1; i < count; i++) {
			if (fds[i].revents)
				read_to_end(&fds[i].fd);
		}
		if (!fds[0].revents || count == CONNECTIONS_MAX)
			continue;
		fds[count].events = POLLIN;
		fds[count].fd = accept(listener, NULL, NULL);
		if (fds[count].fd < 0)
			continue; /* another worker was faster */
		if (print)
			print_owner(fds[count].fd, true);
		count++;
	}
}

/* The parent only waits; its workers end with it. */
static void serve_in_workers(int listener)
{
	fcntl(listener, F_SETFL, O_NONBLOCK);
	for (int i = 0; i < 3; i++) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			alarm(LIFE_SECONDS);
			serve_reading(listener, true);
		}
	}
	for (;;)
		pause();
}

static void wait_for_end(int fd)
{
	static char bytes[65536];

	while (recv(fd, bytes, sizeof(bytes), 0) > 0)
		;
}

static int serve(int argc, char **argv)
{
	struct endpoint at;
	const int one = 1;
	int listener, fd;

	if (argc != 5)
		return 2;
	at = resolve(argv[2], argv[3]);
	listener = socket(at.address.sin6_family, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&at.address, at.length) ||
	    listen(listener, strcmp(argv[4], "full") == 0 ? 1 : 128))
		die("listen");
	puts("ready");
	fflush(stdout);
	alarm(LIFE_SECONDS);
	if (strcmp(argv[4], "read") == 0)
		serve_reading(listener, false);
	if (strcmp(argv[4], "workers") == 0)
		serve_in_workers(listener);
	if (strcmp(argv[4], "ignore") == 0 || strcmp(argv[4], "full") == 0)
		pause();
	for (;;) {
		fd = accept(listener, NULL, NULL);
		if (strcmp(argv[4], "close") == 0)
			close(fd);
		if (strcmp(argv[4], "answer") == 0) {
			wait_for_end(fd);
			send_bytes(fd, 10000000);
			close(fd);
		}
		if (strcmp(argv[4], "speak") == 0) {
			sleep_ms(3000);
			send_bytes(fd, 100);
		}
	}
}

/* Sends the connections over a UNIX socket, one message each. */
static void pass(int unix_fd, const int *fds, int count)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };

	for (int i = 0; i < count; i++) {
		struct cmsghdr *header = &control.align;

		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fds[i], sizeof(int));
		if (sendmsg(unix_fd, &message, 0) < 0)
			die("sendmsg");
	}
}

static void receive(int unix_fd, int *fds, int count)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };

	for (int i = 0; i < count; i++) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		if (recvmsg(unix_fd, &message, 0) < 0)
			die("recvmsg");
		memcpy(&fds[i], CMSG_DATA(&control.align), sizeof(int));
	}
}

static void close_all(const int *fds, int count)
{
	for (int i = 0; i < count; i++)
		close(fds[i]);
}

/* Another process gets the connections; this one closes its own and waits. Returns in the other. */
static void hand_over(const char *how, int *fds, int count)
{
	bool passed = strcmp(how, "pass") == 0, shut = strcmp(how, "shutdown") == 0;
	int pair[2], status;
	pid_t heir;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair))
		die("socketpair");
	heir = fork();
	if (heir != 0 && shut)
		return; /* the opener stays the owner */
	if (heir == 0 && shut) {
		sleep_ms(300);
		for (int i = 0; i < count; i++)
			shutdown(fds[i], SHUT_WR);
		_exit(0);
	}
	if (heir == 0) {
		if (passed) {
			close_all(fds, count); /* what fork gave; the real ones come by message */
			receive(pair[1], fds, count);
		}
		prctl(PR_SET_NAME, "heir");
		return;
	}
	if (passed)
		pass(pair[0], fds, count);
	close_all(fds, count);
	waitpid(heir, &status, 0);
	_exit(0);
}

struct connect_options {
	int count, delay_ms, time_ms;
	size_t bytes;
	bool reset;
	bool half_close;       /* then reads what is answered */
	const char *hand_over; /* NULL: no */
	int port;	       /* 0: any */
	const char *isn;       /* NULL: any */
};

static bool parse_connect(int argc, char **argv, struct connect_options *options)
{
	int option;

	*options = (struct connect_options){ .count = 1 };
	optind = 4;
	while ((option = getopt(argc, argv, "c:b:d:t:n:u:rho:p:i:")) != -1) {
		if (option == 'c')
			options->count = atoi(optarg);
		else if (option == 'b')
			options->bytes = strtoul(optarg, NULL, 10);
		else if (option == 'd')
			options->delay_ms = atoi(optarg);
		else if (option == 't')
			options->time_ms = atoi(optarg);
		else if (option == 'n')
			prctl(PR_SET_NAME, optarg);
		else if (option == 'u' && setuid((uid_t)atoi(optarg)))
			die("setuid");
		else if (option == 'r')
			options->reset = true;
		else if (option == 'h')
			options->half_close = true;
		else if (option == 'o')
			options->hand_over = optarg;
		else if (option == 'p')
			options->port = atoi(optarg);
		else if (option == 'i')
			options->isn = optarg;
		else if (option != 'u')
			return false;
	}
	return options->count >= 1 && options->count <= CONNECTIONS_MAX;
}

static void bind_port(int fd, const struct endpoint *to, int port)
{
	struct endpoint from = { .length = to->length };
	const int one = 1;

	from.address.sin6_family = to->address.sin6_family;
	from.address.sin6_port = htons((uint16_t)port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (from.address.sin6_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&from.address, from.length))
		die("bind");
}

/* A socket under repair takes the number of its next byte; what is not 0 is kept by connect(). */
static void set_isn(int fd, const char *isn)
{
	int on = TCP_REPAIR_ON, off = TCP_REPAIR_OFF, queue = TCP_SEND_QUEUE;
	int number = (int)strtoul(isn, NULL, 10);

	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &number, sizeof(number)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off)))
		die("TCP_REPAIR");
}

static void open_all(const struct endpoint *to, int *fds, const struct connect_options *options)
{
	for (int i = 0; i < options->count; i++) {
		fds[i] = socket(to->address.sin6_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (options->port)
			bind_port(fds[i], to, options->port + i);
		if (options->isn)
			set_isn(fds[i], options->isn);
		if (connect(fds[i], (const struct sockaddr *)&to->address, to->length) &&
		    errno != EINPROGRESS && errno != ECONNREFUSED)
			die("connect");
	}
}

static int connect_all(int argc, char **argv)
{
	const struct linger by_reset = { .l_onoff = 1 };
	static int fds[CONNECTIONS_MAX];
	struct connect_options options;
	struct endpoint to;

	if (!parse_connect(argc, argv, &options))
		return 2;
	to = resolve(argv[2], argv[3]);
	open_all(&to, fds, &options);
	if (options.hand_over)
		hand_over(options.hand_over, fds, options.count);
	for (int i = 0; i < options.count; i++)
		print_owner(fds[i], false);
	sleep_ms(options.delay_ms);
	for (int i = 0; options.bytes && i < options.count; i++) {
		fcntl(fds[i], F_SETFL, 0);
		send_bytes(fds[i], options.bytes);
	}
	for (int i = 0; options.half_close && i < options.count; i++) {
		shutdown(fds[i], SHUT_WR);
		wait_for_end(fds[i]);
	}
	sleep_ms(options.time_ms);
	for (int i = 0; options.reset && i < options.count; i++)
		setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &by_reset, sizeof(by_reset));
	close_all(fds, options.count);
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
