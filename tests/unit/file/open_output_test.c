// SPDX-License-Identifier: GPL-2.0-or-later
/* What another process puts in the place of an output while it is opened. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/open_output.h"
#include "test.h"

static const char *planted; /* gets the name of an output just before it is opened; NULL: nothing */

/* In the place of the C library's, for all that is linked into this program. */
int open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list arguments;

	if (flags & O_CREAT) {
		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		va_end(arguments);
	}
	if (planted && strcmp(path, "shared/output") == 0) {
		unlink(path);
		if (link(planted, path))
			return -1;
	}
	return openat(AT_FDCWD, path, flags, mode);
}

static int open_shared(int flags)
{
	int fd = open_output("shared/output", flags, 0600);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

static bool make_folders(char *folder)
{
	int fd = mkdtemp(folder) && !chdir(folder) ? open("kept", O_WRONLY | O_CREAT, 0600) : -1;

	return fd >= 0 && !close(fd) && !mkdir("shared", 0700) && !chmod("shared", 01777);
}

static bool remove_folders(const char *folder)
{
	planted = NULL;
	unlink("shared/output");
	return !rmdir("shared") && !unlink("kept") && !chdir("/") && !rmdir(folder);
}

TEST(second_name_that_is_made_meanwhile_is_refused)
{
	char folder[] = "/tmp/open_output_test_XXXXXX";

	CHECK(make_folders(folder));
	planted = "kept";
	CHECK(open_shared(O_CREAT) == -EPERM);
	/* In the place of a file that was ours at first. */
	planted = NULL;
	unlink("shared/output");
	CHECK(open_shared(O_CREAT) == 0 && open_shared(0) == 0);
	planted = "kept";
	CHECK(open_shared(0) == -EPERM);
	unlink("shared/output");
	CHECK(open_shared(O_CREAT | O_EXCL) == -EEXIST);
	CHECK(remove_folders(folder));
}

TEST(second_name_that_is_there_is_refused)
{
	char folder[] = "/tmp/open_output_test_XXXXXX";

	CHECK(make_folders(folder));
	CHECK(link("kept", "shared/output") == 0);
	CHECK(open_shared(O_CREAT) == -EPERM && open_output_check("shared/output") == -EPERM);
	CHECK(remove_folders(folder));
}

TEST(names_in_a_folder_of_ones_own_are_trusted)
{
	char folder[] = "/tmp/open_output_test_XXXXXX";

	CHECK(make_folders(folder) && chmod("shared", 0755) == 0);
	planted = "kept";
	CHECK(open_shared(O_CREAT) == 0 && open_shared(0) == 0);
	CHECK(remove_folders(folder));
}
