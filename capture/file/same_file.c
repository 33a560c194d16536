// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "same_file.h"

static bool stat_file(const char *path, int standard, struct stat *st)
{
	return strcmp(path, "-") == 0 ? !fstat(standard, st) : !stat(path, st);
}

bool same_file(const char *path, const char *from)
{
	struct stat a, b;

	return stat_file(path, STDOUT_FILENO, &a) && stat_file(from, STDIN_FILENO, &b) &&
	       S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}
