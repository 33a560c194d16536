// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lab's TCP server and client: real sockets with the behaviour that a scenario needs.
 *
 *   peer serve ADDRESS PORT BEHAVIOUR [-m] [-t] [-q BYTES] [-b BYTES]
 *     prints "ready" when it listens, ends on SIGTERM or after a minute. BEHAVIOUR:
 *       read     accepts and reads to the end; prints "read BYTES" at the end of each connection,
 *                the sum of all connections until then
 *       late     the same, but reads only after SIGUSR1
 *       close    accepts and closes
 *       hold     accepts and never reads
 *       tell     the same; prints "tell PORT SEQ" for each connection, with the client's port and
 *                the next sequence number of its own
 *       shut     the same as tell, and closes the receive window until the next ACK
 *       ignore   never accepts; full: the same with a backlog of one
 *       answer   accepts, reads to the end, sends 10,000,000 bytes (-b) and closes
 *       speak    accepts a connection and sends it 100 bytes after three seconds
 *       workers  accepts in three processes that read and print "owner PORT PID" with the client's
 *                port
 *     -m listens for MPTCP, -t as a transparent proxy, -q sets the receive buffer.
 *   peer connect ADDRESS PORT [-c COUNT] [-b BYTES] [-d MS] [-t MS] [-n COMM] [-u UID] [-r]
 *                             [-o pass|fork|shutdown|leave] [-p PORT] [-i ISN] [-h] [-s SENDS] [-k]
 *                             [-m] [-x] [-q BYTES] [-w] [-e]
 *     opens COUNT connections at once; prints "owner PORT PID" for each, with its own port. After
 *     -d milliseconds it sends BYTES on each established connection; after -t more it closes all of
 *     them, with -r by resets. -n sets the command name, -u the user. With -o another process gets
 *     the connections before anything is sent, and the first process closes its own descriptors:
 *     the connections are passed over a UNIX socket, or inherited through fork; with leave, the
 *     first process shuts them down in both directions before. With shutdown, the other process
 *     only shuts them down for writing and exits; the first process keeps them. -p binds them to
 *     PORT and the ports after it, -i sets their initial sequence number. -h shuts them down for
 *     writing after the bytes and reads to the end. -s sends BYTES that many times, with a call
 *     each. -k sends a keepalive each second; -m uses MPTCP; -x requests a timestamp and a
 *     copy of the packet for each send, and never reads them; -q sets the receive buffer; -w waits
 *     for SIGUSR1 before it sends; with -e, -t is a limit: it closes them once all have ended.
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
	struct sockaddr_in6 name; /* sockaddr_in has the port at the same offset */
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
