// SPDX-License-Identifier: GPL-2.0-or-later
/* The server of the lab. */
#include "accept_loop.h"
#include "endpoint.h"
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The lab ends its servers; one that it has forgotten ends after more than any scenario takes. */
#define LIFE_SECONDS 600

static bool read_to_end(const void *context, int fd)
{
	static char bytes[1 << 20];
	static unsigned long long total;
	ssize_t length = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	(void)context;
	if (length > 0)
		total += (unsigned long long)length;
	if (length > 0 || (length < 0 && errno == EAGAIN))
		return true;
	printf("read %llu\n", total);
	fflush(stdout);
	close(fd);
	return false;
}

static bool print_clients_port(const void *context, int fd)
{
	(void)context;
	print_owner(fd, true);
	return true;
}

/* Reads from every connection when data arrives. */
static _Noreturn void serve_reading(int listener, bool print)
{
	const struct accept_loop loop = {
		.listener = listener,
		.accepted = print ? print_clients_port : NULL,
		.readable = read_to_end,
	};

	accept_loop(&loop);
}

/* The parent process only waits; its workers end with it. */
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

struct serve_options {
	bool mptcp, transparent;
	int buffer; /* bytes; 0: the default */
	size_t answer;
};

static bool parse_serve(int argc, char **argv, struct serve_options *options)
{
	int option;

	if (argc < 5)
		return false;
	optind = 5;
	while ((option = getopt(argc, argv, "mtq:b:")) != -1) {
		if (option == 'm')
			options->mptcp = true;
		else if (option == 't')
			options->transparent = true;
		else if (option == 'q')
			options->buffer = atoi(optarg);
		else if (option == 'b')
			options->answer = strtoul(optarg, NULL, 10);
		else
			return false;
	}
	return true;
}

static int open_listener(const struct endpoint *at, int backlog,
			 const struct serve_options *options)
{
	const int one = 1;
	int listener = socket(at->address.sin6_family, SOCK_STREAM,
			      options->mptcp ? IPPROTO_MPTCP : 0);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (options->buffer)
		setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &options->buffer,
			   sizeof(options->buffer));
	if (options->transparent && setsockopt(listener, SOL_IP, IP_TRANSPARENT, &one, sizeof(one)))
		die("IP_TRANSPARENT");
	if (bind(listener, (const struct sockaddr *)&at->address, at->length) ||
	    listen(listener, backlog))
		die("listen");
	return listener;
}

/* In repair mode, the kernel tells and takes what it otherwise keeps to itself. */
static void tell_sequence(int fd, bool shut_window)
{
	const int on = TCP_REPAIR_ON, off = TCP_REPAIR_OFF_NO_WP, queue = TCP_SEND_QUEUE;
	struct tcp_repair_window window;
	struct sockaddr_in6 peer;
	socklen_t length = sizeof(window), size = sizeof(unsigned int), peer_length = sizeof(peer);
	unsigned int sequence;

	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue)) ||
	    getsockopt(fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &sequence, &size) ||
	    getsockopt(fd, IPPROTO_TCP, TCP_REPAIR_WINDOW, &window, &length))
		die("TCP_REPAIR");
	window.rcv_wnd = 0;
	if ((shut_window &&
	     setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_WINDOW, &window, sizeof(window))) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off)) ||
	    getpeername(fd, (struct sockaddr *)&peer, &peer_length))
		die("TCP_REPAIR_WINDOW");
	printf("tell %u %u\n", ntohs(peer.sin6_port), sequence); /* IPv4 has its port there, too */
	fflush(stdout);
}

static void accept_and(int listener, const char *behaviour, size_t answer)
{
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (strcmp(behaviour, "close") == 0)
			close(fd);
		if (strcmp(behaviour, "tell") == 0 || strcmp(behaviour, "shut") == 0)
			tell_sequence(fd, behaviour[0] == 's');
		if (strcmp(behaviour, "answer") == 0) {
			wait_for_end(fd);
			send_bytes(fd, answer);
			close(fd);
		}
		if (strcmp(behaviour, "speak") == 0) {
			sleep_ms(3000);
			send_bytes(fd, 100);
		}
	}
}

int serve(int argc, char **argv)
{
	struct serve_options options = { .answer = 10000000 };
	struct endpoint at;
	sigset_t signal_to_read;
	const char *behaviour;
	int listener, number;

	if (!parse_serve(argc, argv, &options))
		return 2;
	behaviour = argv[4];
	sigemptyset(&signal_to_read);
	sigaddset(&signal_to_read, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signal_to_read, NULL);
	at = endpoint_of(argv[2], argv[3]);
	listener = open_listener(&at, strcmp(behaviour, "full") == 0 ? 1 : 128, &options);
	puts("ready");
	fflush(stdout);
	alarm(LIFE_SECONDS);
	if (strcmp(behaviour, "late") == 0)
		sigwait(&signal_to_read, &number);
	if (strcmp(behaviour, "read") == 0 || strcmp(behaviour, "late") == 0)
		serve_reading(listener, false);
	if (strcmp(behaviour, "workers") == 0)
		serve_in_workers(listener);
	if (strcmp(behaviour, "ignore") == 0 || strcmp(behaviour, "full") == 0)
		pause();
	accept_and(listener, behaviour, options.answer);
	return 0;
}
