/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CGROUP_H
#define CGROUP_H

/*
 * Finds the paths of cgroups of the unified hierarchy (cgroup2) by their ids, as in
 * /proc/PID/cgroup. The kernel gives each cgroup an id of 64 bits that it never uses again
 * (kernfs_node.id since 5.5: a number and, in the upper half, a generation that increases when the
 * numbers wrap), and a cgroup cannot be renamed or moved. So a path that was found once remains
 * valid, also after the cgroup is removed.
 *
 * With CAP_DAC_READ_SEARCH, a cgroup is opened by its id, which takes 0.02 ms. Without it, a walk
 * finds the paths of the whole hierarchy, in a thread of its own. A walk starts when an event has
 * an unknown id; walks take at most 5% of the time. An event waits for a walk once, and at most
 * CGROUPS_WAIT_NS; if the walk takes longer, the path is unknown until the walk ends.
 *
 * The paths of the CGROUPS_MAX most recently used cgroups are kept, and those of a walk until the
 * next walk; CGROUP_WALK_MAX limits a walk.
 */

#include <stdbool.h>
#include <stdint.h>

#define CGROUPS_MAX	16384
#define CGROUPS_WAIT_NS 20000000 /* as OWNERS_WAIT_NS */

struct cgroups;

/* Finds the hierarchy. Returns NULL and errno. */
struct cgroups *cgroups_new(void);

/*
 * Starts the first walk, in a thread of its own, if cgroups may not be opened by their ids. Returns
 * 0 or -errno. If the right to open them is given up later, the next unknown id starts it.
 */
int cgroups_start(struct cgroups *cgroups);

/*
 * Returns whether the hierarchy can be read. If it is not mounted (ip-netns(8) hides it), the
 * process mounts it for itself, which needs CAP_SYS_ADMIN.
 */
bool cgroups_are_reachable(const struct cgroups *cgroups);

/* Waits for the end of a running walk. Accepts NULL. */
void cgroups_free(struct cgroups *cgroups);

/*
 * Returns the path, or NULL if it is unknown: there is no such cgroup (any more), it is outside of
 * the mounted hierarchy, it may not be read, or no walk has found it yet. The path is valid until
 * the next call.
 */
const char *cgroups_path(struct cgroups *cgroups, uint64_t id);

/* Waits until no walk is running, timeout_ns at most. Returns whether none is. */
bool cgroups_wait(struct cgroups *cgroups, uint64_t timeout_ns);

/* Returns how many searches have failed, and the error of the last one in *err (-errno). */
uint64_t cgroups_failures(const struct cgroups *cgroups, int *err);

#endif
