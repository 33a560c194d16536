// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "replace.h"

static int write_new(const char *part, const char *bytes, size_t length)
{
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644), err = 0;

	if (fd < 0)
		return -errno;
	while (length && !err) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno != EINTR)
			err = -errno;
		bytes += n > 0 ? n : 0;
		length -= n > 0 ? (size_t)n : 0;
	}
	if (close(fd) && !err)
		err = -errno;
	return err;
}

int file_replace(const char *path, const void *bytes, size_t length)
{
	char *part;
	int err;

	if (asprintf(&part, "%s" OUTPUT_PART, path) < 0)
		return -ENOMEM;
	err = write_new(part, bytes, length);
	if (!err && rename(part, path))
		err = -errno;
	if (err)
		unlink(part);
	free(part);
	return err;
}
