// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <mntent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "cgroup_walk.h"
#include "util/hash.h"
#include "util/time.h"
#include "util/worker.h"

#define FILEID_KERNFS	   0xfe /* include/linux/exportfs.h: the handle is the id alone */
#define WALK_PERIOD_FACTOR 20	/* walks take 5% of the time */
#define WALK_PERIOD_MIN_NS 50000000
#define DELETED		   " (deleted)" /* fs/d_path.c */

struct cgroup_entry {
	uint64_t id;
	uint64_t requested_ns; /* boottime; what a walk that starts later does not find is gone */
	bool is_resolved;      /* the path is final */
	char *path;	       /* NULL: unknown */
	UT_hash_handle hh;
};

struct cgroups {
	int mount_fd; /* -1: no unified hierarchy */
	char mount[4096];
	struct cgroup_entry *entries; /* by id, the latest used last */
	struct cgroup_entry *latest;
	struct worker *worker;	  /* NULL: cgroups are opened by id */
	struct cgroup_walk *walk; /* in use; NULL: none has ended yet */
	bool may_wait;		  /* no caller has waited for the latest walk yet */

	/* Shared with the worker. */
	_Atomic(struct cgroup_walk *) published; /* not yet in use; NULL: none */
	_Atomic(uint64_t) failures;
	atomic_int last_error;
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

/*
 * Mounts the hierarchy without attaching it to the file system (Linux 5.2): only this process has
 * the mount, and it ends with the descriptor. Paths in it begin at its root. glibc has functions
 * for these system calls only since 2.36.
 */
static void mount_privately(struct cgroups *cgroups)
{
	int context = (int)syscall(SYS_fsopen, "cgroup2", FSOPEN_CLOEXEC), mount = -1;

	if (context < 0)
		return;
	if (!syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY);
	if (mount >= 0) { /* the descriptor of fsmount() is like one of O_PATH: not readable */
		cgroups->mount_fd = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(mount);
	}
	close(context);
}

bool cgroups_are_reachable(const struct cgroups *cgroups)
{
	return cgroups->mount_fd >= 0;
}

static void count_failure(struct cgroups *cgroups, int err)
{
	cgroups->last_error = err;
	cgroups->failures++;
}

/* The job of the worker. */
static void walk(void *context)
{
	struct cgroups *cgroups = context;
	struct cgroup_walk *found = cgroup_walk_new(cgroups->mount_fd);

	if (found)
		cgroup_walk_free(atomic_exchange(&cgroups->published, found));
	else
		count_failure(cgroups, -errno);
}

static bool start_walk(struct cgroups *cgroups)
{
	if (!worker_start(cgroups->worker))
		return false;
	cgroups->may_wait = true;
	return true;
}

/* From now on, paths come from walks. Returns 0 or -errno. */
static int use_walks(struct cgroups *cgroups)
{
	const struct worker_config config = {
		.job = walk,
		.context = cgroups,
		.period_factor = WALK_PERIOD_FACTOR,
		.period_min_ns = WALK_PERIOD_MIN_NS,
	};

	cgroups->worker = worker_new(&config);
	if (!cgroups->worker)
		return -errno;
	start_walk(cgroups);
	return 0;
}

/* Returns a descriptor or -errno; -EPERM without CAP_DAC_READ_SEARCH, which a capture may lack. */
static int open_by_id(const struct cgroups *cgroups, uint64_t id)
{
	struct {
		struct file_handle handle;
		uint64_t id;
	} kernfs = { .handle = { .handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS } };
	int fd;

	memcpy(kernfs.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(cgroups->mount_fd, &kernfs.handle, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static bool may_open_by_id(const struct cgroups *cgroups)
{
	struct stat st;
	int fd = fstat(cgroups->mount_fd, &st) ? -errno : open_by_id(cgroups, st.st_ino);

	if (fd >= 0)
		close(fd);
	return fd != -EPERM;
}

struct cgroups *cgroups_new(void)
{
	struct cgroups *cgroups = calloc(1, sizeof(*cgroups));

	if (!cgroups)
		return NULL;
	cgroups->mount_fd = -1;
	find_mount(cgroups);
	if (cgroups->mount_fd < 0)
		mount_privately(cgroups);
	return cgroups;
}

int cgroups_start(struct cgroups *cgroups)
{
	bool needs_walks = cgroups->mount_fd >= 0 && !may_open_by_id(cgroups);

	return needs_walks ? use_walks(cgroups) : 0;
}

static void free_entry(struct cgroups *cgroups, struct cgroup_entry *entry)
{
	HASH_DELETE(hh, cgroups->entries, entry);
	free(entry->path);
	free(entry);
}

void cgroups_free(struct cgroups *cgroups)
{
	if (!cgroups)
		return;
	worker_free(cgroups->worker);
	cgroup_walk_free(cgroups->published);
	cgroup_walk_free(cgroups->walk);
	while (cgroups->entries)
		free_entry(cgroups, cgroups->entries);
	if (cgroups->mount_fd >= 0)
		close(cgroups->mount_fd);
	free(cgroups);
}

/*
 * The kernel adds DELETED to the path of a cgroup that was removed after it was opened: cuts it
 * off, unless it is a part of the name.
 */
static void cut_deleted(const struct cgroups *cgroups, char *path, uint64_t id)
{
	size_t length = strlen(path), cut = strlen(DELETED);
	struct stat st;

	if (length < cut || strcmp(path + length - cut, DELETED) != 0)
		return;
	if (path[1] && (fstatat(cgroups->mount_fd, path + 1, &st, 0) || st.st_ino != id))
		path[length - cut] = '\0';
}

/*
 * Returns the open directory's path below the mount point, "/" for the mount point itself; NULL if
 * it is unknown. The caller frees it.
 */
static char *path_of(const struct cgroups *cgroups, int fd, uint64_t id)
{
	size_t mount = strlen(cgroups->mount);
	char link[64], path[4096];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (length < (ssize_t)mount || strncmp(path, cgroups->mount, mount) != 0)
		return NULL;
	path[length] = '\0';
	cut_deleted(cgroups, path + mount, id);
	return strdup(path[mount] ? path + mount : "/");
}

/* Returns 0; -EPERM if it is not permitted; another -errno, after which it is tried again. */
static int resolve_by_id(struct cgroups *cgroups, struct cgroup_entry *entry)
{
	int fd = open_by_id(cgroups, entry->id);

	if (fd >= 0) {
		entry->path = path_of(cgroups, fd, entry->id);
		close(fd);
	} else if (fd != -ESTALE) { /* ESTALE: there is no such cgroup */
		return fd;
	}
	entry->is_resolved = true;
	return 0;
}

/* Returns whether the newest walk decides about the id. */
static bool resolve_by_newest_walk(struct cgroups *cgroups, struct cgroup_entry *entry)
{
	struct cgroup_walk *newest = atomic_exchange(&cgroups->published, NULL);
	const char *path;

	if (newest) {
		cgroup_walk_free(cgroups->walk);
		cgroups->walk = newest;
	}
	if (!cgroups->walk)
		return false;
	path = cgroup_walk_path(cgroups->walk, entry->id);
	if (path)
		entry->path = strdup(path);
	entry->is_resolved = path || cgroup_walk_started_ns(cgroups->walk) > entry->requested_ns;
	return entry->is_resolved;
}

/* Waits once for each walk, so that waiting takes no larger share of the time than walks do. */
static void wait_for_walk(struct cgroups *cgroups)
{
	if (cgroups->may_wait)
		worker_wait(cgroups->worker, CGROUPS_WAIT_NS);
	cgroups->may_wait = false;
}

static void resolve_by_walk(struct cgroups *cgroups, struct cgroup_entry *entry)
{
	if (resolve_by_newest_walk(cgroups, entry))
		return;
	wait_for_walk(cgroups);
	if (resolve_by_newest_walk(cgroups, entry) || !start_walk(cgroups))
		return;
	wait_for_walk(cgroups);
	resolve_by_newest_walk(cgroups, entry);
}

static void resolve(struct cgroups *cgroups, struct cgroup_entry *entry)
{
	int err = cgroups->worker ? -EPERM : resolve_by_id(cgroups, entry);

	if (err == -EPERM && !cgroups->worker)
		err = use_walks(cgroups); /* the capability was given up meanwhile */
	if (cgroups->worker)
		resolve_by_walk(cgroups, entry);
	else if (err)
		count_failure(cgroups, err);
}

static struct cgroup_entry *make_entry(struct cgroups *cgroups, uint64_t id)
{
	struct cgroup_entry *entry;

	if (HASH_COUNT(cgroups->entries) == CGROUPS_MAX)
		free_entry(cgroups, cgroups->entries);
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return NULL;
	entry->id = id;
	entry->requested_ns = time_boottime_ns();
	return entry;
}

/* Returns the entry of the id, which becomes the most recently used one. NULL: out of memory. */
static struct cgroup_entry *find_entry(struct cgroups *cgroups, uint64_t id)
{
	struct cgroup_entry *entry;

	if (cgroups->latest && cgroups->latest->id == id)
		return cgroups->latest;
	HASH_FIND(hh, cgroups->entries, &id, sizeof(id), entry);
	if (entry)
		HASH_DELETE(hh, cgroups->entries, entry);
	else
		entry = make_entry(cgroups, id);
	cgroups->latest = NULL;
	if (!entry)
		return NULL;
	HASH_ADD(hh, cgroups->entries, id, sizeof(entry->id), entry);
	if (!entry->hh.tbl) {
		free(entry->path);
		free(entry);
		return NULL;
	}
	cgroups->latest = entry;
	return entry;
}

const char *cgroups_path(struct cgroups *cgroups, uint64_t id)
{
	struct cgroup_entry *entry;

	if (cgroups->mount_fd < 0 || !id)
		return NULL;
	entry = find_entry(cgroups, id);
	if (!entry)
		return NULL;
	if (!entry->is_resolved)
		resolve(cgroups, entry);
	return entry->path;
}

bool cgroups_wait(struct cgroups *cgroups, uint64_t timeout_ns)
{
	return !cgroups->worker || worker_wait(cgroups->worker, timeout_ns);
}

uint64_t cgroups_failures(const struct cgroups *cgroups, int *err)
{
	*err = cgroups->last_error;
	return cgroups->failures;
}
