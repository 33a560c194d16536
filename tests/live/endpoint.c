// SPDX-License-Identifier: GPL-2.0-or-later
#include "endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

/* Does not use getaddrinfo(), which needs shared libraries even in a static program. */
struct endpoint endpoint_of(const char *address, const char *port)
{
	struct endpoint to = { .length = sizeof(to.address) };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&to.address;

	to.address.sin6_port = htons((uint16_t)atoi(port));
	if (inet_pton(AF_INET6, address, &to.address.sin6_addr) == 1) {
		to.address.sin6_family = AF_INET6;
	} else if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		to.length = sizeof(*v4);
	} else {
		fprintf(stderr, "%s: not an IPv4 or IPv6 address\n", address);
		exit(1);
	}
	return to;
}
