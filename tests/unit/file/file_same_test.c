// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/file_same.h"
#include "test.h"

TEST(names_of_one_file_are_the_same)
{
	char folder[] = "/tmp/file_same_XXXXXX";

	CHECK(mkdtemp(folder) && chdir(folder) == 0);
	close(open("a", O_CREAT | O_WRONLY, 0600));
	close(open("b", O_CREAT | O_WRONLY, 0600));
	close(open("-", O_CREAT | O_WRONLY, 0600));
	CHECK(link("a", "link") == 0 && symlink("a", "symlink") == 0 && mkfifo("pipe", 0600) == 0);
	CHECK(file_same("a", "a") && file_same("a", "./a"));
	CHECK(file_same("a", "link") && file_same("symlink", "a"));
	CHECK(!file_same("a", "b"));
	CHECK(!file_same("a", "absent") && !file_same("absent", "a"));
	CHECK(!file_same("-", "-") && !file_same("./-", "-") && file_same("./-", "./-"));
	CHECK(!file_same("pipe", "pipe") && !file_same("/dev/null", "/dev/null"));
	unlink("a");
	unlink("b");
	unlink("./-");
	unlink("link");
	unlink("symlink");
	unlink("pipe");
	CHECK(chdir("/") == 0 && rmdir(folder) == 0);
}
