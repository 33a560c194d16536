// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "held.h"
#include "open_output.h"
#include "output.h"

#define DESCRIPTORS_LEFT 16

struct held_file {
	struct held_file *next;
	char *path;
	int fd; /* or -errno: it could not be opened; -EBADF: it was taken */
	bool is_output;
	bool is_new; /* an output that was created here and not taken yet */
};

static struct held_file *held_files;

static void hold(const char *path, int fd, bool is_output, bool is_new)
{
	struct held_file *file = calloc(1, sizeof(*file));

	if (file)
		*file = (struct held_file){ held_files, strdup(path), fd, is_output, is_new };
	if (file && file->path) {
		held_files = file;
		return;
	}
	free(file);
	if (fd >= 0)
		close(fd);
}

static struct held_file *find(const char *path, bool is_output)
{
	struct held_file *file = held_files;

	while (file && (file->is_output != is_output || strcmp(file->path, path) != 0))
		file = file->next;
	return file;
}

static bool is_input(int fd)
{
	struct stat output, input;

	for (struct held_file *file = held_files; file; file = file->next) {
		if (!file->is_output && !fstat(fd, &output) && !fstat(file->fd, &input) &&
		    output.st_dev == input.st_dev && output.st_ino == input.st_ino)
			return true;
	}
	return false;
}

/*
 * A folder can have more files than the process may open. Those are opened when they are read;
 * some descriptors are left for that.
 */
static bool is_one_too_many(int fd)
{
	struct rlimit limit;

	if (fd < 0)
		return errno == EMFILE;
	return !getrlimit(RLIMIT_NOFILE, &limit) && (rlim_t)fd + DESCRIPTORS_LEFT > limit.rlim_cur;
}

void held_add_input(const char *path)
{
	int fd;

	if (strcmp(path, "-") == 0 || find(path, false))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (is_one_too_many(fd)) {
		if (fd >= 0)
			close(fd);
		return;
	}
	hold(path, fd < 0 ? -errno : fd, false, false);
}

void held_add_output(const char *path)
{
	bool is_new = true;
	int fd;

	if (strcmp(path, "-") == 0)
		return;
	fd = open_output(path, O_CREAT | O_EXCL, OUTPUT_MODE);
	if (fd == -EEXIST) {
		is_new = false;
		fd = open_output(path, 0, 0);
		if (fd == -ENOENT) /* a link to a file that does not exist */
			fd = open_output(path, O_CREAT, OUTPUT_MODE);
	}
	if (fd < 0)
		hold(path, fd, true, false);
	else if (is_input(fd))
		close(fd);
	else
		hold(path, fd, true, is_new);
}

static int take(const struct held_file *file)
{
	int fd;

	if (!file)
		return -EBADF;
	if (file->fd < 0)
		return file->fd;
	fd = fcntl(file->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return fd < 0 ? -errno : fd;
}

/* compare reads a file more than once: each time from its start. A pipe has no start. */
int held_take_input(const char *path)
{
	int fd = take(find(path, false));

	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

/* Once: the path may be that of another file by then. */
int held_take_output(const char *path)
{
	struct held_file *file = find(path, true);
	int fd = take(file);

	if (fd >= 0) {
		file->is_new = false;
		close(file->fd);
		file->fd = -EBADF;
	}
	return fd;
}

void held_release(void)
{
	while (held_files) {
		struct held_file *file = held_files;

		held_files = file->next;
		if (file->is_new)
			unlink(file->path);
		if (file->fd >= 0)
			close(file->fd);
		free(file->path);
		free(file);
	}
}
