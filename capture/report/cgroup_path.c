// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "cgroup_path.h"

bool cgroup_path_matches(const char *requested, const char *path)
{
	size_t length;

	if (*requested != '/')
		return strstr(path, requested);
	length = strlen(requested);
	while (length && requested[length - 1] == '/')
		length--;
	return strncmp(path, requested, length) == 0 && (path[length] == '/' || !path[length]);
}
