// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"

#define SLOTS	      1024 /* a power of two */
#define FILEID_KERNFS 0xfe /* include/linux/exportfs.h: the handle is the id alone */

struct cgroup_slot {
	uint64_t id;
	char *path; /* NULL: unknown */
};

struct cgroups {
	int mount_fd; /* -1: no unified hierarchy */
	char mount[4096];
	struct cgroup_slot slots[SLOTS];
	size_t count;
};

static void find_mount(struct cgroups *cgroups)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;

	while (mounts && cgroups->mount_fd < 0 && (mount = getmntent(mounts))) {
		if (strcmp(mount->mnt_type, "cgroup2") != 0)
			continue;
		snprintf(cgroups->mount, sizeof(cgroups->mount), "%s", mount->mnt_dir);
		cgroups->mount_fd = open(mount->mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (mounts)
		endmntent(mounts);
}

struct cgroups *cgroups_new(void)
{
	struct cgroups *cgroups = calloc(1, sizeof(*cgroups));

	if (!cgroups)
		return NULL;
	cgroups->mount_fd = -1;
	find_mount(cgroups);
	return cgroups;
}

static void clear(struct cgroups *cgroups)
{
	for (size_t i = 0; i < SLOTS; i++)
		free(cgroups->slots[i].path);
	memset(cgroups->slots, 0, sizeof(cgroups->slots));
	cgroups->count = 0;
}

void cgroups_free(struct cgroups *cgroups)
{
	if (!cgroups)
		return;
	clear(cgroups);
	if (cgroups->mount_fd >= 0)
		close(cgroups->mount_fd);
	free(cgroups);
}

/* The open directory's path below the mount point, "/" for the mount point itself. */
static char *path_of(const struct cgroups *cgroups, int fd)
{
	size_t mount = strlen(cgroups->mount);
	char link[64], path[4096];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (length < (ssize_t)mount || strncmp(path, cgroups->mount, mount) != 0)
		return NULL;
	path[length] = '\0';
	return strdup(path[mount] ? path + mount : "/");
}

/* On 64-bit machines the id is the inode number of the directory (since Linux 5.5). */
static char *walk(struct cgroups *cgroups, uint64_t id)
{
	char *roots[] = { cgroups->mount, NULL }, *path = NULL;
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	while (tree && !path && (entry = fts_read(tree))) {
		if (entry->fts_info != FTS_D || entry->fts_statp->st_ino != id)
			continue;
		path = entry->fts_path + strlen(cgroups->mount);
		path = strdup(*path ? path : "/");
	}
	if (tree)
		fts_close(tree);
	return path;
}

/*
 * To open by a handle needs CAP_DAC_READ_SEARCH, which opens every file: who captures need not have
 * it.
 */
static char *look_up(struct cgroups *cgroups, uint64_t id)
{
	struct {
		struct file_handle handle;
		uint64_t id;
	} kernfs = { .handle = { .handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS } };
	char *path;
	int fd;

	memcpy(kernfs.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(cgroups->mount_fd, &kernfs.handle, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == EPERM ? walk(cgroups, id) : NULL;
	path = path_of(cgroups, fd);
	close(fd);
	return path;
}

const char *cgroups_path(struct cgroups *cgroups, uint64_t id)
{
	struct cgroup_slot *slot;
	size_t i = id * 0x9e3779b97f4a7c15ULL >> 32;

	if (cgroups->mount_fd < 0 || !id)
		return NULL;
	for (;; i++) {
		slot = &cgroups->slots[i % SLOTS];
		if (slot->id == id)
			return slot->path;
		if (!slot->id)
			break;
	}
	if (cgroups->count == SLOTS / 2) {
		clear(cgroups);
		return cgroups_path(cgroups, id);
	}
	slot->id = id;
	slot->path = look_up(cgroups, id);
	cgroups->count++;
	return slot->path;
}
