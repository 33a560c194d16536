/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CGROUP_WALK_H
#define CGROUP_WALK_H

/*
 * The paths of all cgroups of a hierarchy, by their ids, as one walk has found them. A cgroup's id
 * is the inode number of its directory (kernfs_ino() on machines with an ino_t of 64 bits), which
 * a directory's entry has too: the walk reads only directories that have subdirectories. It goes
 * level by level and does not follow mounts. Directories that the user may not read, and those
 * that are removed meanwhile, are left out with all below them.
 */

#include <stdint.h>

/* The walk ends after so many; the kernel itself limits memory cgroups to as many. */
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

/* Returns when the walk started (boottime): it has found each cgroup that was there then. */
uint64_t cgroup_walk_started_ns(const struct cgroup_walk *walk);

#endif
