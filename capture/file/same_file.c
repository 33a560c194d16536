// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/stat.h>

#include "same_file.h"

bool same_file(const char *path, const char *from)
{
	struct stat a, b;

	return strcmp(path, "-") != 0 && strcmp(from, "-") != 0 && !stat(path, &a) &&
	       !stat(from, &b) && S_ISREG(a.st_mode) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}
