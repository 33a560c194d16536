// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "notify.h"

static int manager = -1;

/* A name that begins with @ is an abstract one, whose first byte is 0. */
void notify_open(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = secure_getenv("NOTIFY_SOCKET");
	size_t length = path ? strlen(path) : 0;

	if (!length || length >= sizeof(address.sun_path) || manager >= 0)
		return;
	memcpy(address.sun_path, path, length);
	if (*path == '@')
		address.sun_path[0] = '\0';
	unsetenv("NOTIFY_SOCKET"); /* the commands of -z must not inherit it */
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (manager >= 0 && connect(manager, (struct sockaddr *)&address,
				    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length))) {
		close(manager);
		manager = -1;
	}
}

/* A capture does not end because its manager does not listen. */
void notify_send(const char *state)
{
	if (manager >= 0 && write(manager, state, strlen(state)) < 0) {
		close(manager);
		manager = -1;
	}
}
