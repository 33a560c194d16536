// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/output.h"
#include "test.h"

static char directory[] = "/tmp/output_part_test.XXXXXX";
static char path[64], part[72];
static struct error error;

static void make_directory(void)
{
	strcpy(directory, "/tmp/output_part_test.XXXXXX");
	if (!mkdtemp(directory))
		abort();
	snprintf(path, sizeof(path), "%s/file.gz", directory);
	snprintf(part, sizeof(part), "%s.part", path);
}

static void done(void)
{
	unlink(path);
	unlink(part);
	rmdir(directory);
}

static off_t size_of(const char *file)
{
	struct stat st;

	return lstat(file, &st) ? -1 : st.st_size;
}

static int put(struct output *output, const char *text, size_t length)
{
	struct pcapng_target target = output_target(output);

	return (int)target.write(target.context, text, length);
}

TEST(file_gets_its_name_when_it_is_whole)
{
	struct output *output;
	off_t was_part, was_whole;
	uint8_t magic[2];
	int fd;

	make_directory();
	output = output_open_part(path, &error);
	CHECK(output);
	put(output, "text", 4);
	was_part = size_of(part);
	was_whole = size_of(path);
	CHECK(output_close(output) == 0);
	CHECK(was_part >= 0 && was_whole < 0 && size_of(part) < 0 && size_of(path) > 0);
	fd = open(path, O_RDONLY);
	CHECK(read(fd, magic, 2) == 2 && magic[0] == 0x1f && magic[1] == 0x8b);
	close(fd);
	done();
}

TEST(older_file_stays_until_then)
{
	struct output *output;
	off_t old;

	make_directory();
	close(open(path, O_WRONLY | O_CREAT, 0600));
	output = output_open_part(path, &error);
	put(output, "text", 4);
	old = size_of(path);
	CHECK(output_close(output) == 0);
	CHECK(old == 0 && size_of(path) > 0);
	done();
}

TEST(file_that_failed_keeps_its_name)
{
	struct rlimit before, small = { 100, RLIM_INFINITY };
	char *bytes = calloc(1, 1 << 20);
	struct output *output;
	int err;

	make_directory();
	snprintf(path, sizeof(path), "%s/file", directory);
	snprintf(part, sizeof(part), "%s.part", path);
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	output = output_open_part(path, &error);
	put(output, bytes, 1 << 20);
	err = output_close(output);
	setrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_DFL);
	free(bytes);
	CHECK(err == -EFBIG && size_of(path) < 0 && size_of(part) == 0);
	done();
}

TEST(only_a_regular_file_is_replaced)
{
	make_directory();
	CHECK(!mkfifo(path, 0600));
	CHECK(!output_open_part(path, &error) && strstr(error.text, "not a regular file"));
	unlink(path);
	CHECK(!symlink("/dev/null", path));
	CHECK(!output_open_part(path, &error) && strstr(error.text, "not a regular file"));
	unlink(path);
	CHECK(!symlink("elsewhere", part));
	CHECK(!output_open_part(path, &error) && strstr(error.text, "not a regular file"));
	CHECK(!output_open_part("/dev/null", &error) && size_of("/dev/null.part") < 0);
	CHECK(!output_open_part(directory, &error));
	done();
}

TEST(folder_that_vanishes_is_an_error)
{
	struct output *output;

	make_directory();
	output = output_open_part(path, &error);
	CHECK(output);
	unlink(part);
	rmdir(directory);
	CHECK(output_close(output) == -ENOENT);
}
