/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CGROUP_PATH_H
#define CGROUP_PATH_H

#include <stdbool.h>

/*
 * Returns whether the user's words mean the cgroup of this path: "/a/b" is that cgroup and all
 * below it, "text" all whose path contains it.
 */
bool cgroup_path_matches(const char *wanted, const char *path);

#endif
