// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "held.h"

struct held_file {
	struct held_file *next;
	char *path;
	int fd;
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

void held_add_input(const char *path)
{
	int fd = -1;

	if (strcmp(path, "-") != 0 && !find(path, false))
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		hold(path, fd, false, false);
}

void held_add_output(const char *path)
{
	bool is_new = true;
	int fd;

	if (strcmp(path, "-") == 0)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 && errno == EEXIST) {
		is_new = false;
		fd = open(path, O_WRONLY | O_CLOEXEC);
	}
	if (fd < 0)
		return;
	if (is_input(fd))
		close(fd);
	else
		hold(path, fd, true, is_new);
}

/* compare reads a file more than once: each time from its start. A pipe has no start. */
int held_take_input(const char *path)
{
	struct held_file *file = find(path, false);
	int fd = file ? fcntl(file->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : -1;

	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

int held_take_output(const char *path)
{
	struct held_file *file = find(path, true);
	int fd = file ? fcntl(file->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : -1;
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && ftruncate(fd, 0)) {
		close(fd);
		fd = -1;
	}
	if (fd >= 0)
		file->is_new = false;
	return fd;
}

void held_release(void)
{
	while (held_files) {
		struct held_file *file = held_files;

		held_files = file->next;
		if (file->is_new)
			unlink(file->path);
		close(file->fd);
		free(file->path);
		free(file);
	}
}
