// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * client from=ADDRESS:PORT to=ADDRESS:PORT [count=N] [repeat=N] [procs=N] [bytes=N] [piece=N]
 *        [hold=MS] [finish=close|read|reset|leave] [give=fork|pass|shutdown] [sndbuf=N] [rcvbuf=N]
 *        [flags=gate,keepalive,timestamping,mptcp]
 * Opens count connections at once and is up when they are established or a second has passed. With
 * the flag gate it waits for the plan's "go". It sends bytes on each connection in pieces, holds
 * them for some time, and then, depending on finish:
 *   close   closes them
 *   read    shuts them down for writing, reads to the end (for a second at most), closes
 *   reset   closes them by resets
 *   leave   exits with all of them open
 * It repeats all this `repeat` times, in `procs` processes in sequence. give: another process gets
 * the connections before the gate, by fork or over a UNIX socket; the first process closes its own
 * descriptors and waits. With shutdown, the other process only shuts them down for writing when all
 * bytes are sent.
 */
#include "actor.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/net_tstamp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static const struct step *step;
static int fds[CONNECTIONS_MAX], count;
static char bytes[65536];
static long deadline; /* for all sending; reading may take half a second more */

static void say_all(const char *word)
{
	for (int i = 0; i < count; i++)
		say_socket(word, fds[i]);
}

static void set_options(int fd)
{
	const int one = 1, sndbuf = step_number(step, "sndbuf", 0),
		  rcvbuf = step_number(step, "rcvbuf", 0);
	const int stamps = SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_SOFTWARE |
			   SOF_TIMESTAMPING_SOFTWARE;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (sndbuf)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
	if (rcvbuf)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
	if (step_number(step, "piece", 0))
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (step_flag(step, "timestamping"))
		setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof(stamps));
	if (step_flag(step, "keepalive")) {
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
		setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof(one));
		setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof(one));
	}
}

static void open_one(int i)
{
	struct endpoint from = endpoint_parse(step_text(step, "from", ":"));
	struct endpoint to = endpoint_parse(step_text(step, "to", ":"));
	int protocol = step_flag(step, "mptcp") ? IPPROTO_MPTCP : 0;

	fds[i] = socket(to.address.sin6_family, SOCK_STREAM | SOCK_NONBLOCK, protocol);
	if (fds[i] < 0)
		die("socket");
	set_options(fds[i]);
	if (bind(fds[i], (struct sockaddr *)&from.address, from.length))
		die("bind");
	/*
	 * If the port is still in use, the connection is another process's; any other failure
	 * shows later.
	 */
	if (connect(fds[i], (struct sockaddr *)&to.address, to.length) == 0 ||
	    errno != EADDRNOTAVAIL)
		say_socket("hold", fds[i]);
}

static bool established(int fd)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);

	return getpeername(fd, (struct sockaddr *)&peer, &length) == 0;
}

/* Waits until each connection is established or refused, or a second has passed. */
static void await_connections(void)
{
	long until = now_ms() + 700;

	for (int i = 0; i < count; i++) {
		struct pollfd one = { .fd = fds[i], .events = POLLOUT };
		long left = until - now_ms();

		poll(&one, 1, left > 0 ? (int)left : 0);
	}
}

static void send_bytes(int fd, int left)
{
	const int piece = step_number(step, "piece", (int)sizeof(bytes));

	while (left > 0 && now_ms() < deadline) {
		ssize_t sent = send(fd, bytes, (size_t)(left < piece ? left : piece), MSG_NOSIGNAL);
		struct pollfd one = { .fd = fd, .events = POLLOUT };

		if (sent > 0)
			left -= (int)sent;
		else if (sent < 0 && errno != EAGAIN)
			break;
		else
			poll(&one, 1, 100);
		if (step_flag(step, "pause"))
			sleep_ms(1);
	}
	if (left > 0)
		dprintf(STDOUT_FILENO, "note stuck %d\n", left);
}

static void read_to_end(int fd, long until)
{
	while (now_ms() < until) {
		struct pollfd one = { .fd = fd, .events = POLLIN };
		ssize_t length;

		poll(&one, 1, (int)(until - now_ms()));
		length = recv(fd, bytes, sizeof(bytes), 0);
		if (length == 0 || (length < 0 && errno != EAGAIN))
			return;
	}
}

static void finish_all(void)
{
	const char *how = step_text(step, "finish", "close");
	const struct linger by_reset = { .l_onoff = 1 };
	long until = deadline + 500;

	if (strcmp(how, "leave") == 0)
		_exit(0);
	for (int i = 0; i < count && strcmp(how, "read") == 0; i++)
		shutdown(fds[i], SHUT_WR);
	for (int i = 0; i < count && strcmp(how, "read") == 0; i++)
		read_to_end(fds[i], until);
	for (int i = 0; i < count; i++) {
		if (strcmp(how, "reset") == 0)
			setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &by_reset, sizeof(by_reset));
		say_socket("left", fds[i]);
		close(fds[i]);
	}
}

static void pass(int unix_fd, int fd, bool sends)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control };
	struct cmsghdr *header = &control.align;

	message.msg_controllen = sizeof(control);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	if (sends ? sendmsg(unix_fd, &message, 0) < 0 : recvmsg(unix_fd, &message, 0) < 0)
		die("pass");
	if (!sends)
		memcpy(&fds[count], CMSG_DATA(header), sizeof(int));
}

static void close_all(void)
{
	say_all("left");
	for (int i = 0; i < count; i++)
		close(fds[i]);
}

/* Returns in the process that has the connections now; the other one waits for it and exits. */
static void give(const char *how)
{
	int pair[2], all = count, status = 0;
	bool passed = strcmp(how, "pass") == 0;
	pid_t heir;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair))
		die("socketpair");
	heir = fork();
	if (heir == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "heir");
		for (int i = 0; passed && i < count; i++)
			close(fds[i]); /* inherited; the connections come by message */
		for (count = passed ? 0 : count; count < all; count++)
			pass(pair[1], 0, false);
		say_all("hold");
		if (write(pair[1], "", 1) < 0)
			die("give");
		return;
	}
	for (int i = 0; passed && i < count; i++)
		pass(pair[0], fds[i], true);
	if (read(pair[0], bytes, 1) < 0)
		die("give");
	close_all();
	waitpid(heir, &status, 0);
	_exit(0);
}

/*
 * A child only shuts the connections down for writing; its parent holds them, and closes them last.
 */
static void shut_by_child(void)
{
	int status;
	pid_t child = fork();

	if (child != 0) {
		waitpid(child, &status, 0);
		return;
	}
	prctl(PR_SET_NAME, "shutter");
	say_all("hold");
	for (int i = 0; i < count; i++)
		shutdown(fds[i], SHUT_WR);
	say_all("left");
	_exit(0);
}

static void once(bool first)
{
	const char *given = step_text(step, "give", "");
	bool shut = strcmp(given, "shutdown") == 0;

	count = step_number(step, "count", 1);
	count = count < CONNECTIONS_MAX ? count : CONNECTIONS_MAX;
	for (int i = 0; i < count; i++)
		open_one(i);
	await_connections();
	if (given[0] && !shut)
		give(given);
	if (first) {
		tell_up();
		if (step_flag(step, "gate"))
			wait_for_go(4000);
		deadline = now_ms() + 1500;
	}
	for (int i = 0; i < count; i++) {
		if (established(fds[i]))
			send_bytes(fds[i], step_number(step, "bytes", 0));
	}
	if (shut)
		shut_by_child();
	sleep_ms(step_number(step, "hold", 0));
	finish_all();
}

void act_client(const struct step *plan)
{
	step = plan;
	for (int p = 0; p < step_number(step, "procs", 1); p++) {
		deadline = now_ms() + 1500;
		pid_t child = fork();
		int status = 0;

		if (child == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (int i = 0;
			     i < step_number(step, "repeat", 1) && (i == 0 || now_ms() < deadline);
			     i++)
				once(p == 0 && i == 0);
			_exit(0); /* exit() would move the offset of the plan's file */
		}
		waitpid(child, &status, 0);
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			_exit(1);
	}
}
