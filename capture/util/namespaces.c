// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "namespaces.h"
#include "netns_names.h"

#define OWN_NETNS "/proc/self/ns/net"

/*
 * The visits to all namespaces. Those that were visited are known by their inode numbers. If a
 * namespace is deleted meanwhile, its number may be given to a new one, which is then skipped.
 */
struct traversal {
	uint32_t inode; /* of the only namespace to visit; 0: all */
	bool (*is_stopped)(void);
	int (*visit)(void *context);
	void *context;
	ino_t *seen;
	size_t count;
	size_t capacity;
	bool is_refused; /* setns() was not permitted */
};

/* Most processes have the namespace of the previous one, so the latest are compared first. */
static bool is_seen(const struct traversal *traversal, ino_t inode)
{
	for (size_t i = traversal->count; i > 0; i--) {
		if (traversal->seen[i - 1] == inode)
			return true;
	}
	return false;
}

static int add_seen(struct traversal *traversal, ino_t inode)
{
	size_t capacity = traversal->capacity;
	ino_t *grown;

	if (traversal->count == capacity) {
		capacity = capacity ? capacity * 2 : 64;
		grown = realloc(traversal->seen, capacity * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		traversal->seen = grown;
		traversal->capacity = capacity;
	}
	traversal->seen[traversal->count++] = inode;
	return 0;
}

static bool is_namespace(int fd, struct stat *st)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && fs.f_type == NSFS_MAGIC && !fstat(fd, st);
}

/* Enters the namespace of the descriptor, and visits it. Skips one that may not be entered. */
static int enter(struct traversal *traversal, int fd)
{
	struct stat st;
	int err;

	if (!is_namespace(fd, &st) || is_seen(traversal, st.st_ino))
		return 0;
	err = add_seen(traversal, st.st_ino);
	if (err)
		return err;
	if (setns(fd, CLONE_NEWNET)) {
		traversal->is_refused |= errno == EPERM;
		return 0;
	}
	return traversal->visit(traversal->context);
}

/* Visits the namespace at the path. Skips a path that does not exist, or may not be read. */
static int visit_path(struct traversal *traversal, const char *path)
{
	struct stat st;
	int fd, err;

	if (stat(path, &st))
		return 0;
	if (is_seen(traversal, st.st_ino) || (traversal->inode && st.st_ino != traversal->inode))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return 0;
	err = enter(traversal, fd);
	close(fd);
	return err;
}

static bool must_stop(const struct traversal *traversal)
{
	return traversal->is_stopped && traversal->is_stopped();
}

/* Visits the namespaces of the entries of dir, with suffix after their names. */
static int visit_all(struct traversal *traversal, const char *dir, const char *suffix, bool numbers)
{
	DIR *entries = opendir(dir);
	struct dirent *entry;
	char path[512];
	int err = 0;

	while (entries && !err && !must_stop(traversal) && (entry = readdir(entries))) {
		if (entry->d_name[0] == '.' || (numbers && !isdigit((unsigned char)*entry->d_name)))
			continue;
		snprintf(path, sizeof(path), "%s/%s%s", dir, entry->d_name, suffix);
		err = visit_path(traversal, path);
	}
	if (entries)
		closedir(entries);
	return err;
}

/* Visits the namespace of the process, which is the only one if others may not be entered. */
static int visit_own(struct traversal *traversal, int own)
{
	struct stat st;
	int err;

	if (fstat(own, &st))
		return -errno;
	if (traversal->inode && st.st_ino != traversal->inode)
		return 0;
	err = add_seen(traversal, st.st_ino);
	return err ? err : traversal->visit(traversal->context);
}

int namespaces_visit(uint32_t inode, bool (*is_stopped)(void), int (*visit)(void *context),
		     void *context)
{
	struct traversal traversal = {
		.inode = inode, .is_stopped = is_stopped, .visit = visit, .context = context
	};
	int own = open(OWN_NETNS, O_RDONLY | O_CLOEXEC), err;

	if (own < 0)
		return -errno;
	/* A process that may not enter its own namespace may enter no other one. */
	traversal.is_refused = setns(own, CLONE_NEWNET) && errno == EPERM;
	err = visit_own(&traversal, own);
	if (!err)
		err = visit_all(&traversal, "/proc", "/ns/net", true);
	if (!err)
		err = visit_all(&traversal, NETNS_NAMES_DIR, "", false);
	if (!traversal.is_refused && setns(own, CLONE_NEWNET) && !err)
		err = -errno;
	close(own);
	free(traversal.seen);
	return err || !traversal.is_refused ? err : -EPERM;
}
