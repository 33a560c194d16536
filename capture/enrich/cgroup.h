/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CGROUP_H
#define CGROUP_H

/*
 * Cgroups of the unified hierarchy by their id, as paths like those in /proc/PID/cgroup. A cgroup
 * that is gone has no path any more. Paths are kept; the table is bounded and starts anew when it
 * is full.
 */

#include <stdint.h>

struct cgroups;

/* Returns NULL for lack of memory. */
struct cgroups *cgroups_new(void);
void cgroups_free(struct cgroups *cgroups);

/* Returns the path, or NULL if it is unknown; it lives until the next call. */
const char *cgroups_path(struct cgroups *cgroups, uint64_t id);

#endif
