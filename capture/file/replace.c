// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "open_output.h"
#include "output.h"
#include "replace.h"

#define READABLE_MODE 0644 /* for others: it is no capture */

static int write_new(const char *part, const char *bytes, size_t length)
{
	int fd = open_output(part, O_CREAT | O_NOFOLLOW, READABLE_MODE), err = 0;

	if (fd < 0)
		return fd;
	if (ftruncate(fd, 0))
		err = -errno;
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
	int err = open_output_check(path);
	struct stat st;

	if (err)
		return open_output_failed(error, err, path);
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
	int fd = open_output(part, O_CREAT | O_EXCL, OUTPUT_MODE);

	if (fd >= 0)
		unlink(part);
	if (fd == -EEXIST)
		fd = open_output(part, O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
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
		open_output_failed(error, err, path);
	free(part);
	return err;
}
