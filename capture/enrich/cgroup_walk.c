// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup_walk.h"
#include "util/strbuf.h"
#include "util/time.h"

struct named_directory {
	uint64_t id;
	size_t path_at; /* in paths */
};

struct cgroup_walk {
	uint64_t started_ns;
	dev_t device;
	struct named_directory *directories; /* in the order of the walk; sorted by id at its end */
	size_t count;
	size_t capacity;
	struct strbuf paths; /* each with its NUL */
};

static int add_directory(struct cgroup_walk *walk, uint64_t id, const char *parent,
			 const char *name)
{
	struct named_directory *grown;

	if (walk->count == walk->capacity) {
		size_t capacity = walk->capacity ? walk->capacity * 2 : 64;

		grown = realloc(walk->directories, capacity * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		walk->directories = grown;
		walk->capacity = capacity;
	}
	walk->directories[walk->count++] = (struct named_directory){ id, walk->paths.length };
	strbuf_add(&walk->paths, strcmp(parent, "/") ? parent : "");
	strbuf_add(&walk->paths, "/");
	strbuf_add_bytes(&walk->paths, name, strlen(name) + 1);
	return walk->paths.failed ? -ENOMEM : 0;
}

/* Returns whether a directory with that error is skipped: unreadable, removed, or too deep. */
static bool is_skipped(int err)
{
	return err == -ENOENT || err == -ENODEV || err == -ENOTDIR || err == -EACCES ||
	       err == -ENAMETOOLONG;
}

static bool is_subdirectory(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

static int add_subdirectories(struct cgroup_walk *walk, DIR *directory, const char *path)
{
	struct dirent *entry;
	int err = 0;

	while (!err && walk->count < CGROUP_WALK_MAX) {
		errno = 0;
		entry = readdir(directory);
		if (!entry)
			return -errno;
		if (is_subdirectory(entry))
			err = add_directory(walk, entry->d_ino, path, entry->d_name);
	}
	return err;
}

static int read_directory(struct cgroup_walk *walk, int root_fd, const char *path)
{
	const char *below_root = path[1] ? path + 1 : ".";
	struct stat st;
	DIR *directory;
	int fd, err;

	if (fstatat(root_fd, below_root, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	/* Two links are the directory's name and its "."; each subdirectory adds its "..". */
	if (st.st_nlink == 2 || st.st_dev != walk->device)
		return 0;
	fd = openat(root_fd, below_root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	directory = fdopendir(fd);
	if (!directory) {
		err = -errno;
		close(fd);
		return err;
	}
	err = add_subdirectories(walk, directory, path);
	closedir(directory);
	return err;
}

/* Each path is copied before it is used, because adding paths may move them. */
static int read_all(struct cgroup_walk *walk, int root_fd)
{
	char path[PATH_MAX];
	struct stat st;
	int err, length;

	if (fstat(root_fd, &st))
		return -errno;
	walk->device = st.st_dev;
	err = add_directory(walk, st.st_ino, "/", "");
	for (size_t i = 0; !err && i < walk->count; i++) {
		length = snprintf(path, sizeof(path), "%s",
				  walk->paths.data + walk->directories[i].path_at);
		err = length < (int)sizeof(path) ? read_directory(walk, root_fd, path)
						 : -ENAMETOOLONG;
		if (is_skipped(err))
			err = 0;
	}
	return err;
}

static int compare_ids(const void *a, const void *b)
{
	const struct named_directory *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

struct cgroup_walk *cgroup_walk_new(int directory_fd)
{
	struct cgroup_walk *walk = calloc(1, sizeof(*walk));
	int err;

	if (!walk)
		return NULL;
	walk->started_ns = time_boottime_ns();
	err = read_all(walk, directory_fd);
	if (err) {
		cgroup_walk_free(walk);
		errno = -err;
		return NULL;
	}
	qsort(walk->directories, walk->count, sizeof(*walk->directories), compare_ids);
	return walk;
}

void cgroup_walk_free(struct cgroup_walk *walk)
{
	if (!walk)
		return;
	free(walk->directories);
	strbuf_free(&walk->paths);
	free(walk);
}

const char *cgroup_walk_path(const struct cgroup_walk *walk, uint64_t id)
{
	const struct named_directory key = { .id = id }, *found;

	found = bsearch(&key, walk->directories, walk->count, sizeof(*found), compare_ids);
	return found ? walk->paths.data + found->path_at : NULL;
}

uint64_t cgroup_walk_started_ns(const struct cgroup_walk *walk)
{
	return walk->started_ns;
}
