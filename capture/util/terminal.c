// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "terminal.h"

unsigned int terminal_columns(int fd)
{
	struct winsize size;

	return isatty(fd) && !ioctl(fd, TIOCGWINSZ, &size) ? size.ws_col : 0;
}

bool terminal_has_colour(int fd)
{
	const char *refused = getenv("NO_COLOR"), *type = getenv("TERM");

	return isatty(fd) && !(refused && *refused) && type && strcmp(type, "dumb") != 0;
}

bool terminal_controls(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool terminal_is_ready(int fd)
{
	struct pollfd terminal = { .fd = fd, .events = POLLOUT };

	return isatty(fd) && tcgetpgrp(fd) == getpgrp() && poll(&terminal, 1, 0) == 1 &&
	       terminal.revents == POLLOUT;
}
