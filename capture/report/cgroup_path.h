/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CGROUP_PATH_H
#define CGROUP_PATH_H

#include <stdbool.h>

/*
 * Returns whether the path of a cgroup matches what the user has requested: "/a/b" is that cgroup
 * and all below it; "text", without a slash at its start, is all cgroups whose path contains it.
 */
bool cgroup_path_matches(const char *requested, const char *path);

#endif
