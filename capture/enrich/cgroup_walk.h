/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CGROUP_WALK_H
#define CGROUP_WALK_H

/*
 * The paths of all cgroups of a hierarchy, by their ids, as one walk has found them. A cgroup's id
 * is the inode number of its directory (kernfs_ino() on machines with an ino_t of 64 bits), which
 * the entry in its parent has, too: so the walk reads only directories that have subdirectories. It
 * proceeds level by level and does not enter other mounts. Directories that may not be read or are
 * removed meanwhile, and paths longer than PATH_MAX, are skipped with all below them.
 */

#include <stdint.h>

/* A walk ends after this number of directories; the kernel limits memory cgroups to it, too. */
#define CGROUP_WALK_MAX 65536

struct cgroup_walk;

/* Walks the directory's tree. Returns NULL and errno. */
struct cgroup_walk *cgroup_walk_new(int directory_fd);
void cgroup_walk_free(struct cgroup_walk *walk);

/*
 * Returns the path below the directory, "/" for itself; NULL if the walk did not find the id. The
 * path is valid as long as the walk.
 */
const char *cgroup_walk_path(const struct cgroup_walk *walk, uint64_t id);

/* Returns when the walk started (boottime): it has found each cgroup that existed at that time. */
uint64_t cgroup_walk_started_ns(const struct cgroup_walk *walk);

#endif
