/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CGROUP_H
#define CGROUP_H

/*
 * Finds the paths of cgroups of the unified hierarchy (cgroup2) by their ids, as in
 * /proc/PID/cgroup. The kernel gives each cgroup an id of 64 bits that no other one ever has again
 * (kernfs_node.id since 5.5: a number and, in the upper half, how often the numbers have started
 * again), and does not let a cgroup be renamed or moved. So a path that was found once remains
 * right, also when the cgroup is removed.
 *
 * With CAP_DAC_READ_SEARCH a cgroup is opened by its id, which takes 0.02 ms. Without, one walk
 * finds the paths of the whole hierarchy, in a thread of its own. A walk starts when an event has
 * an unknown id; walks take 5% of the time at most. An event waits for a walk once and for
 * CGROUPS_WAIT_NS at most; if it takes longer, the path is unknown until it is done.
 *
 * The paths of the CGROUPS_MAX cgroups whose events came last are kept (LRU), those of a walk until
 * the next walk; cgroup_walk.h has the bound of a walk.
 */

#include <stdbool.h>
#include <stdint.h>

#define CGROUPS_MAX	16384
#define CGROUPS_WAIT_NS 20000000 /* as OWNERS_WAIT_NS */

struct cgroups;

/* Finds the hierarchy. Returns NULL and errno. */
struct cgroups *cgroups_new(void);

/*
 * Begins a walk, in a thread of its own, if cgroups may not be opened by their numbers; else the
 * first event of such a cgroup begins it. Returns 0 or -errno.
 */
int cgroups_start(struct cgroups *cgroups);

/*
 * Returns whether the hierarchy can be read. If it is not mounted (ip-netns(8) hides it), the
 * process mounts it for itself, which needs CAP_SYS_ADMIN.
 */
bool cgroups_are_reachable(const struct cgroups *cgroups);

/* Waits for the end of a walk that is under way. Accepts NULL. */
void cgroups_free(struct cgroups *cgroups);

/*
 * Returns the path, or NULL if it is unknown: there is no such cgroup (any more), it is outside of
 * the mounted hierarchy, it may not be read, or no walk has found it yet. The path is valid until
 * the next call.
 */
const char *cgroups_path(struct cgroups *cgroups, uint64_t id);

/* Waits until no walk is under way, timeout_ns at most. Returns whether none is. */
bool cgroups_wait(struct cgroups *cgroups, uint64_t timeout_ns);

/* Returns how many searches have failed, and the error of the last one in *err (-errno). */
uint64_t cgroups_failures(const struct cgroups *cgroups, int *err);

#endif
