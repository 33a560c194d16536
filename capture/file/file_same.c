// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/stat.h>

#include "file_same.h"

bool file_same(const char *path, const char *other)
{
	struct stat a, b;

	return strcmp(path, "-") != 0 && strcmp(other, "-") != 0 && !stat(path, &a) &&
	       !stat(other, &b) && S_ISREG(a.st_mode) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}
