// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lab's TCP server and client: real sockets that behave as a scenario needs.
 *
 *   peer serve ADDRESS PORT read|close|hold|ignore|late|speak|workers [-m] [-t] [-q BYTES]
 *     accepts and reads to the end, accepts and closes, accepts and never reads, never accepts,
 *     accepts and reads only after SIGUSR1, accepts one that it sends 100 bytes after three
 *     seconds, or accepts in three processes that read and print "owner PORT PID" with the client's
 *     port; prints "ready" when it listens, ends on SIGTERM or after a minute. read prints "read
 *     BYTES" at the end of each connection: the bytes of all until then. -m listens for MPTCP, -t
 *     as a transparent proxy, -q with that receive buffer.
 *   peer connect ADDRESS PORT [-c COUNT] [-b BYTES] [-d MS] [-t MS] [-n COMM] [-u UID] [-r]
 *                             [-o pass|fork|shutdown|leave] [-p PORT] [-i ISN] [-h] [-s SENDS] [-k]
 *                             [-m] [-x] [-q BYTES] [-w]
 *     opens COUNT connections at once; prints "owner PORT PID" of each, with its own port; after -d
 *     sends BYTES on each that is established; closes all after -t more, -r by resets. -n sets the
 *     command name, -u the user. With -o another process gets the connections before anything is
 *     sent, and their opener closes them: passed over a UNIX socket, or inherited through fork;
 *     with leave, their opener shuts them down both ways first. With shutdown the other only shuts
 *     them down for writing, and exits; the opener keeps them. -p binds them to PORT and those
 *     after it, -i makes their sequence numbers start there. -h shuts them down after the bytes and
 *     reads what is answered. -s sends SENDS times BYTES, each by itself. -k sends a keepalive each
 *     second; -m speaks MPTCP; -x asks for a timestamp of each send with a copy of its packet, and
 *     never reads those; -q sets the receive buffer; -w waits for SIGUSR1 before it sends.
 */
#include "peer.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

void sleep_ms(int ms)
{
	poll(NULL, 0, ms);
}

void send_bytes(int fd, size_t bytes)
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

void wait_for_end(int fd)
{
	static char bytes[65536];

	while (recv(fd, bytes, sizeof(bytes), 0) > 0)
		;
}

void print_owner(int fd, bool peers_port)
{
	struct sockaddr_in6 name; /* the port is where that of sockaddr_in is */
	socklen_t length = sizeof(name);

	if (!(peers_port ? getpeername : getsockname)(fd, (struct sockaddr *)&name, &length))
		printf("owner %d %d\n", ntohs(name.sin6_port), getpid());
	fflush(stdout);
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
