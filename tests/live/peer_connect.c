// SPDX-License-Identifier: GPL-2.0-or-later
/* The client of the lab. */
#include "endpoint.h"
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/net_tstamp.h>
#include <linux/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

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

static void shut_all(const int *fds, int count, int how)
{
	for (int i = 0; i < count; i++)
		shutdown(fds[i], how);
}

/*
 * Hands the connections to another process; this one closes its own descriptors and waits. Returns
 * in the other process.
 */
static void hand_over(const char *how, int *fds, int count)
{
	bool passed = strcmp(how, "pass") == 0, shut = strcmp(how, "shutdown") == 0;
	bool left = strcmp(how, "leave") == 0;
	int pair[2], status;
	pid_t heir;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair))
		die("socketpair");
	heir = fork();
	if (heir != 0 && shut)
		return; /* this process remains the owner */
	if (heir == 0 && shut) {
		sleep_ms(300);
		shut_all(fds, count, SHUT_WR);
		_exit(0);
	}
	if (heir != 0 && left) {
		sleep_ms(300);
		shut_all(fds, count, SHUT_RDWR);
	}
	if (heir == 0) {
		if (passed) {
			close_all(fds, count); /* inherited; the connections come by message */
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
	bool half_close;       /* then reads to the end */
	const char *hand_over; /* NULL: no */
	int port;	       /* 0: any */
	const char *isn;       /* NULL: any */
	int sends;	       /* calls of send(), each of the same size */
	bool keepalive, mptcp, timestamps;
	bool wait;	  /* for SIGUSR1, before it sends */
	int buffer;	  /* bytes; 0: the default */
	bool until_ended; /* time_ms is the limit */
};

static bool parse_connect(int argc, char **argv, struct connect_options *options)
{
	int option;

	*options = (struct connect_options){ .count = 1, .sends = 1 };
	optind = 4;
	while ((option = getopt(argc, argv, "c:b:d:t:n:u:rho:p:i:s:kmxq:we")) != -1) {
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
		else if (option == 's')
			options->sends = atoi(optarg);
		else if (option == 'k')
			options->keepalive = true;
		else if (option == 'm')
			options->mptcp = true;
		else if (option == 'x')
			options->timestamps = true;
		else if (option == 'w')
			options->wait = true;
		else if (option == 'q')
			options->buffer = atoi(optarg);
		else if (option == 'e')
			options->until_ended = true;
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

/*
 * A socket in repair mode takes the number of its next byte from the caller, and connect() keeps a
 * number that is not 0.
 */
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

static void set_options(int fd, const struct connect_options *options)
{
	/*
	 * The scheduler and the device return each packet with its bytes, since
	 * SOF_TIMESTAMPING_OPT_TSONLY is not set.
	 */
	const int timestamps = SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_SOFTWARE |
			       SOF_TIMESTAMPING_SOFTWARE;
	const int one = 1;

	if (options->keepalive && (setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one)) ||
				   setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof(one)) ||
				   setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof(one))))
		die("SO_KEEPALIVE");
	if (options->timestamps &&
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &timestamps, sizeof(timestamps)))
		die("SO_TIMESTAMPING");
	if (options->buffer &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &options->buffer, sizeof(options->buffer)))
		die("SO_RCVBUF");
}

static void open_all(const struct endpoint *to, int *fds, const struct connect_options *options)
{
	for (int i = 0; i < options->count; i++) {
		fds[i] = socket(to->address.sin6_family, SOCK_STREAM | SOCK_NONBLOCK,
				options->mptcp ? IPPROTO_MPTCP : 0);
		set_options(fds[i], options);
		if (options->port)
			bind_port(fds[i], to, options->port + i);
		if (options->isn)
			set_isn(fds[i], options->isn);
		if (connect(fds[i], (const struct sockaddr *)&to->address, to->length) &&
		    errno != EINPROGRESS && errno != ECONNREFUSED)
			die("connect");
	}
}

static void send_from(int fd, const struct connect_options *options)
{
	if (options->bytes)
		fcntl(fd, F_SETFL, 0);
	for (int i = 0; options->bytes && i < options->sends; i++) {
		send_bytes(fd, options->bytes);
		if (options->sends > 1)
			sleep_ms(5);
	}
}

/* Waits until all connections have been refused, or have otherwise ended. */
static void wait_until_ended(const int *fds, int count, int limit_ms)
{
	for (int i = 0; i < count && limit_ms > 0; i++) {
		struct pollfd end = { .fd = fds[i] };

		while (limit_ms > 0 && !poll(&end, 1, 10))
			limit_ms -= 10;
	}
}

int connect_all(int argc, char **argv)
{
	const struct linger by_reset = { .l_onoff = 1 };
	static int fds[CONNECTIONS_MAX];
	struct connect_options options;
	sigset_t signal_to_send;
	struct endpoint to;
	int number;

	if (!parse_connect(argc, argv, &options))
		return 2;
	sigemptyset(&signal_to_send);
	sigaddset(&signal_to_send, SIGUSR1);
	if (options.wait)
		sigprocmask(SIG_BLOCK, &signal_to_send, NULL);
	to = endpoint_of(argv[2], argv[3]);
	open_all(&to, fds, &options);
	if (options.hand_over)
		hand_over(options.hand_over, fds, options.count);
	for (int i = 0; i < options.count; i++)
		print_owner(fds[i], false);
	sleep_ms(options.delay_ms);
	if (options.wait)
		sigwait(&signal_to_send, &number);
	for (int i = 0; i < options.count; i++)
		send_from(fds[i], &options);
	for (int i = 0; options.half_close && i < options.count; i++) {
		shutdown(fds[i], SHUT_WR);
		wait_for_end(fds[i]);
	}
	if (options.until_ended)
		wait_until_ended(fds, options.count, options.time_ms);
	else
		sleep_ms(options.time_ms);
	for (int i = 0; options.reset && i < options.count; i++)
		setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &by_reset, sizeof(by_reset));
	close_all(fds, options.count);
	return 0;
}
