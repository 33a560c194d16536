/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IPv4 or IPv6 address with its port, as the programs of the lab take them as arguments. */
#ifndef TESTS_LIVE_ENDPOINT_H
#define TESTS_LIVE_ENDPOINT_H

#include <netinet/in.h>
#include <sys/socket.h>

struct endpoint {
	struct sockaddr_in6 address; /* or a sockaddr_in; the port is at the same place in both */
	socklen_t length;
};

/* An empty port means 0. Exits with a message if the address or the port (decimal) is invalid. */
struct endpoint endpoint_of(const char *address, const char *port);

#endif
