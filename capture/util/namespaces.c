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
 * The namespaces that have been visited, by their inode numbers. While a visit goes on, a number
 * may pass to a new namespace; it is left out then, until the next time.
 */
struct tour {
	uint32_t wanted; /* 0: all */
	bool (*is_stopped)(void);
	int (*visit)(void *context);
	void *context;
	ino_t *seen;
	size_t count;
	size_t capacity;
	bool is_refused; /* setns: no permission */
};

/* Most processes are in the namespace of the one before, so the last ones are tried first. */
static bool is_seen(const struct tour *tour, ino_t inode)
{
	for (size_t i = tour->count; i > 0; i--) {
		if (tour->seen[i - 1] == inode)
			return true;
	}
	return false;
}

static int add_seen(struct tour *tour, ino_t inode)
{
	size_t capacity = tour->capacity;
	ino_t *grown;

	if (tour->count == capacity) {
		capacity = capacity ? capacity * 2 : 64;
		grown = realloc(tour->seen, capacity * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		tour->seen = grown;
		tour->capacity = capacity;
	}
	tour->seen[tour->count++] = inode;
	return 0;
}

static bool is_namespace(int fd, struct stat *st)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && fs.f_type == NSFS_MAGIC && !fstat(fd, st);
}

/* Enters the namespace of the descriptor. One that refuses is left out. */
static int enter(struct tour *tour, int fd)
{
	struct stat st;
	int err;

	if (!is_namespace(fd, &st) || is_seen(tour, st.st_ino))
		return 0;
	err = add_seen(tour, st.st_ino);
	if (err)
		return err;
	if (setns(fd, CLONE_NEWNET)) {
		tour->is_refused |= errno == EPERM;
		return 0;
	}
	return tour->visit(tour->context);
}

/* A path that is gone, or that may not be read, is left out. */
static int visit_path(struct tour *tour, const char *path)
{
	struct stat st;
	int fd, err;

	if (stat(path, &st))
		return 0;
	if (is_seen(tour, st.st_ino) || (tour->wanted && st.st_ino != tour->wanted))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return 0;
	err = enter(tour, fd);
	close(fd);
	return err;
}

static bool is_over(const struct tour *tour)
{
	return tour->is_stopped && tour->is_stopped();
}

/* Visits the namespaces of the entries of dir, with suffix after their names. */
static int visit_all(struct tour *tour, const char *dir, const char *suffix, bool numbers)
{
	DIR *entries = opendir(dir);
	struct dirent *entry;
	char path[512];
	int err = 0;

	while (entries && !err && !is_over(tour) && (entry = readdir(entries))) {
		if (entry->d_name[0] == '.' || (numbers && !isdigit((unsigned char)*entry->d_name)))
			continue;
		snprintf(path, sizeof(path), "%s/%s%s", dir, entry->d_name, suffix);
		err = visit_path(tour, path);
	}
	if (entries)
		closedir(entries);
	return err;
}

/* The own one first: without a permission it is the only one. */
static int visit_own(struct tour *tour, int own)
{
	struct stat st;
	int err;

	if (fstat(own, &st))
		return -errno;
	if (tour->wanted && st.st_ino != tour->wanted)
		return 0;
	err = add_seen(tour, st.st_ino);
	return err ? err : tour->visit(tour->context);
}

int namespaces_visit(uint32_t inode, bool (*is_stopped)(void), int (*visit)(void *context),
		     void *context)
{
	struct tour tour = {
		.wanted = inode, .is_stopped = is_stopped, .visit = visit, .context = context
	};
	int own = open(OWN_NETNS, O_RDONLY | O_CLOEXEC), err;

	if (own < 0)
		return -errno;
	/* Who may not enter his own one may enter none, and does not even see most of them. */
	tour.is_refused = setns(own, CLONE_NEWNET) && errno == EPERM;
	err = visit_own(&tour, own);
	if (!err)
		err = visit_all(&tour, "/proc", "/ns/net", true);
	if (!err)
		err = visit_all(&tour, NETNS_NAMES_DIR, "", false);
	if (!tour.is_refused && setns(own, CLONE_NEWNET) && !err)
		err = -errno;
	close(own);
	free(tour.seen);
	return err || !tour.is_refused ? err : -EPERM;
}
