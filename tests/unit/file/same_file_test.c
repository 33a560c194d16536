// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/same_file.h"
#include "test.h"

TEST(names_of_one_file_are_the_same)
{
	char folder[] = "/tmp/same_file_XXXXXX";

	CHECK(mkdtemp(folder) && chdir(folder) == 0);
	close(open("a", O_CREAT | O_WRONLY, 0600));
	close(open("b", O_CREAT | O_WRONLY, 0600));
	close(open("-", O_CREAT | O_WRONLY, 0600));
	CHECK(link("a", "link") == 0 && symlink("a", "symlink") == 0 && mkfifo("pipe", 0600) == 0);
	CHECK(same_file("a", "a") && same_file("a", "./a"));
	CHECK(same_file("a", "link") && same_file("symlink", "a"));
	CHECK(!same_file("a", "b"));
	CHECK(!same_file("a", "absent") && !same_file("absent", "a"));
	CHECK(!same_file("-", "-") && !same_file("./-", "-") && same_file("./-", "./-"));
	CHECK(!same_file("pipe", "pipe") && !same_file("/dev/null", "/dev/null"));
	CHECK(dup2(open("a", O_RDONLY), STDIN_FILENO) == 0);
	CHECK(same_file("a", "-") && same_file("link", "-") && !same_file("b", "-"));
	CHECK(dup2(open("/dev/null", O_RDONLY), STDIN_FILENO) == 0 && !same_file("a", "-"));
	unlink("a");
	unlink("b");
	unlink("./-");
	unlink("link");
	unlink("symlink");
	unlink("pipe");
	CHECK(chdir("/") == 0 && rmdir(folder) == 0);
}
