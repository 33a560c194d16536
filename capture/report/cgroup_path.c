// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "cgroup_path.h"

bool cgroup_path_matches(const char *wanted, const char *path)
{
	size_t length;

	if (*wanted != '/')
		return strstr(path, wanted);
	length = strlen(wanted);
	while (length && wanted[length - 1] == '/')
		length--;
	return strncmp(path, wanted, length) == 0 && (path[length] == '/' || !path[length]);
}
