// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static int check_regular(const char *path, const char *option, struct error *error)
{
	struct stat st;

	if (lstat(path, &st) || S_ISREG(st.st_mode))
		return 0;
	return error_set(error, -EINVAL,
			 "%s: it is not a regular file, so a finished file cannot get its name; "
			 "choose another with %s",
			 path, option);
}

int file_replace_check(const char *path, const char *option, struct error *error)
{
	int err = check_regular(path, option, error);
	char *part;

	if (err)
		return err;
	if (asprintf(&part, "%s" OUTPUT_PART, path) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	err = check_regular(part, option, error);
	free(part);
	return err;
}

/* One that an earlier process has left stays. */
static int try_part(const char *part)
{
	int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int err = fd < 0 ? -errno : 0;

	if (!err)
		unlink(part);
	if (err == -EEXIST) {
		fd = open(part, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		err = fd < 0 ? -errno : 0;
	}
	if (fd >= 0)
		close(fd);
	return err;
}

int file_replace_try(const char *path, const char *option, struct error *error)
{
	int err = file_replace_check(path, option, error);
	char *part;

	if (err)
		return err;
	if (asprintf(&part, "%s" OUTPUT_PART, path) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	err = try_part(part);
	if (err)
		error_set(error, err, "%s: cannot write it: %s; choose another file with %s", path,
			  strerror(-err), option);
	free(part);
	return err;
}
