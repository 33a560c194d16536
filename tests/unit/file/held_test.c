// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/held.h"
#include "test.h"

static char folder[] = "/tmp/held_test.XXXXXX";
static char path[64], other[64];

/* Makes a folder with a file of five bytes. */
static bool set_up(void)
{
	int fd;

	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	if (!mkdtemp(folder))
		return false;
	snprintf(path, sizeof(path), "%s/file", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	return write(fd, "bytes", 5) == 5 && close(fd) == 0;
}

static void tear_down(void)
{
	held_release();
	unlink(path);
	unlink(other);
	rmdir(folder);
}

static off_t size_of(const char *file)
{
	struct stat st;

	return stat(file, &st) ? -1 : st.st_size;
}

static bool reads_all(int fd)
{
	char bytes[8];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	close(fd);
	return n == 5;
}

TEST(input_is_read_from_its_start_each_time)
{
	CHECK(set_up());
	held_add_input(path);
	unlink(path); /* only the held descriptor leads to it now */
	CHECK(reads_all(held_take_input(path)) && reads_all(held_take_input(path)));
	CHECK(held_take_input(other) == -EBADF && held_take_output(path) == -EBADF);
	held_release();
	CHECK(held_take_input(path) == -EBADF);
	tear_down();
}

TEST(output_keeps_its_bytes)
{
	int fd;

	CHECK(set_up());
	held_add_output(path);
	CHECK(size_of(path) == 5);
	fd = held_take_output(path);
	CHECK(fd > 2 && size_of(path) == 5 && write(fd, "new", 3) == 3);
	close(fd);
	held_release();
	CHECK(size_of(path) == 5);
	tear_down();
}

TEST(new_output_that_nobody_takes_is_removed)
{
	CHECK(set_up());
	held_add_output(other);
	CHECK(size_of(other) == 0);
	held_release();
	CHECK(size_of(other) == -1);
	held_add_output(path);
	held_release();
	CHECK(size_of(path) == 5);
	tear_down();
}

TEST(output_that_is_an_input_is_not_held)
{
	CHECK(set_up());
	CHECK(link(path, other) == 0);
	held_add_input(path);
	held_add_output(other);
	CHECK(held_take_output(other) == -EBADF && size_of(path) == 5);
	tear_down();
}

TEST(errors_of_opening_are_held)
{
	held_add_input("/nonexistent/file");
	held_add_output("/nonexistent/file");
	held_add_input("-");
	held_add_output("-");
	CHECK(held_take_input("/nonexistent/file") == -ENOENT && held_take_input("-") == -EBADF);
	CHECK(held_take_output("/nonexistent/file") == -ENOENT && held_take_output("-") == -EBADF);
	held_release();
}

TEST(output_may_be_a_link_to_a_file_that_does_not_exist)
{
	CHECK(set_up());
	unlink(path);
	CHECK(symlink(path, other) == 0);
	held_add_output(other);
	CHECK(size_of(path) == 0);
	tear_down();
}
