// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/replace.h"
#include "test.h"

static const char *content(const char *path)
{
	static char bytes[64];
	FILE *file = fopen(path, "r");
	size_t n = file ? fread(bytes, 1, sizeof(bytes) - 1, file) : 0;

	bytes[n] = '\0';
	if (file)
		fclose(file);
	return bytes;
}

TEST(file_is_replaced_as_a_whole)
{
	char folder[] = "/tmp/replace_test_XXXXXX";

	CHECK(mkdtemp(folder) && chdir(folder) == 0);
	CHECK(file_replace("a", "first", 5) == 0);
	CHECK_STR(content("a"), "first");
	CHECK(file_replace("a", "2nd", 3) == 0 && access("a.part", F_OK));
	CHECK_STR(content("a"), "2nd");
	/* What stands in the way leaves the old file. */
	CHECK(mkdir("a.part", 0700) == 0 && file_replace("a", "third", 5) == -EISDIR);
	CHECK_STR(content("a"), "2nd");
	CHECK(rmdir("a.part") == 0 && symlink("a", "a.part") == 0);
	CHECK(file_replace("a", "fourth", 6) == -ELOOP);
	CHECK_STR(content("a"), "2nd");
	CHECK(file_replace("nosuch/a", "x", 1) == -ENOENT);
	unlink("a");
	unlink("a.part");
	CHECK(chdir("/") == 0 && rmdir(folder) == 0);
}

TEST(only_a_regular_file_can_be_replaced)
{
	char folder[] = "/tmp/replace_test_XXXXXX";
	struct error error;

	CHECK(mkdtemp(folder) && chdir(folder) == 0);
	CHECK(file_replace_try("a", "-o", &error) == 0 && access("a", F_OK) &&
	      access("a.part", F_OK));
	/* What an earlier process has left stays. */
	CHECK(file_replace("a", "1", 1) == 0 && file_replace("a.part", "left", 4) == 0);
	CHECK(file_replace_try("a", "-o", &error) == 0);
	CHECK_STR(content("a"), "1");
	CHECK_STR(content("a.part"), "left");
	CHECK(symlink("a", "link") == 0 && mkfifo("fifo", 0600) == 0 &&
	      mkfifo("b.part", 0600) == 0);
	CHECK(file_replace_check("link", "-o", &error) == -EINVAL);
	CHECK(file_replace_check("fifo", "-o", &error) == -EINVAL);
	CHECK(file_replace_check("b", "-o", &error) == -EINVAL);
	CHECK_STR(error.text, "b.part: it is not a regular file, so a finished file cannot get its "
			      "name; choose another with -o");
	CHECK(file_replace_check("/dev/null", "-o", &error) == -EINVAL);
	CHECK(file_replace_check("nosuch/a", "-o", &error) == 0);
	CHECK(file_replace_try("nosuch/a", "-o", &error) == -ENOENT);
	CHECK_STR(error.text, "nosuch/a: cannot write it: No such file or directory; choose "
			      "another file");
	unlink("a");
	unlink("a.part");
	unlink("link");
	unlink("fifo");
	unlink("b.part");
	CHECK(chdir("/") == 0 && rmdir(folder) == 0);
}
