// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enrich/cgroup_walk.h"
#include "test.h"
#include "util/time.h"

/* Any tree of directories has inode numbers. */
static char root[] = "/tmp/cgroup-walk-XXXXXX";
static struct cgroup_walk *walk;

static void make_root(void)
{
	strcpy(root + strlen(root) - 6, "XXXXXX");
	if (!mkdtemp(root) || chmod(root, 0755))
		abort();
}

static const char *full_path(const char *below)
{
	static char path[8192];

	snprintf(path, sizeof(path), "%s%s", root, below);
	return path;
}

static void make(const char *below)
{
	if (mkdir(full_path(below), 0755))
		abort();
}

static uint64_t id_of(const char *below)
{
	struct stat st;

	return stat(full_path(below), &st) ? 0 : st.st_ino;
}

static bool walk_root(void)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY);

	walk = cgroup_walk_new(fd);
	close(fd);
	return walk != NULL;
}

static const char *found(uint64_t id)
{
	const char *path = cgroup_walk_path(walk, id);

	return path ? path : "unknown";
}

static void remove_root(void)
{
	char command[256];

	cgroup_walk_free(walk);
	walk = NULL;
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	if (system(command))
		abort();
}

TEST(all_directories_are_found_by_their_ids)
{
	static const char *const paths[] = { "/a",	    "/b",	 "/a/x",
					     "/a/y",	    "/a/x/deep", "/a/x/deep/deeper",
					     "/with space", "/b/a" };
	enum {
		COUNT = sizeof(paths) / sizeof(paths[0])
	};
	uint64_t before = time_boottime_ns();

	make_root();
	for (int i = 0; i < COUNT; i++)
		make(paths[i]);
	CHECK(walk_root());
	for (int i = 0; i < COUNT; i++)
		CHECK_STR(found(id_of(paths[i])), paths[i]);
	CHECK_STR(found(id_of("")), "/");
	CHECK_STR(found(1ULL << 40), "unknown");
	CHECK(cgroup_walk_started_ns(walk) >= before);
	CHECK(cgroup_walk_started_ns(walk) <= time_boottime_ns());
	remove_root();
}

TEST(files_and_links_are_no_cgroups)
{
	make_root();
	make("/a");
	CHECK(close(creat(full_path("/a/cgroup.procs"), 0644)) == 0);
	CHECK(symlink(root, full_path("/a/loop")) == 0);
	CHECK(walk_root());
	CHECK_STR(found(id_of("/a/cgroup.procs")), "unknown");
	CHECK_STR(found(id_of("")), "/");
	remove_root();
}

TEST(what_may_not_be_read_is_left_out_with_all_below)
{
	make_root();
	make("/a");
	make("/a/below");
	make("/b");
	CHECK(chmod(full_path("/a"), 0) == 0);
	CHECK(geteuid() || seteuid(65534) == 0);
	CHECK(walk_root());
	CHECK(getuid() || seteuid(0) == 0);
	CHECK_STR(found(id_of("/a")), "/a");
	CHECK_STR(found(id_of("/b")), "/b");
	CHECK(chmod(full_path("/a"), 0755) == 0);
	CHECK_STR(found(id_of("/a/below")), "unknown");
	remove_root();
}

TEST(many_directories_are_found)
{
	char path[32], want[32];

	make_root();
	for (int i = 0; i < 3000; i++) {
		snprintf(path, sizeof(path), i % 2 ? "/%d/sub" : "/%d", i / 2);
		make(path);
	}
	CHECK(walk_root());
	for (int i = 0; i < 3000; i++) {
		snprintf(want, sizeof(want), i % 2 ? "/%d/sub" : "/%d", i / 2);
		CHECK_STR(found(id_of(want)), want);
	}
	remove_root();
}

/* Longer than a path may be: the rest is left out. */
TEST(depth_is_bounded)
{
	enum {
		LEVELS = 40,
		NAME = 200
	};
	char name[NAME + 1] = { 0 };
	int fds[LEVELS + 1];

	make_root();
	memset(name, 'n', NAME);
	fds[0] = open(root, O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < LEVELS; i++) {
		if (mkdirat(fds[i], name, 0755))
			abort();
		fds[i + 1] = openat(fds[i], name, O_RDONLY | O_DIRECTORY);
		close(fds[i]);
	}
	close(fds[LEVELS]);
	CHECK(walk_root());
	CHECK_STR(found(id_of("")), "/");
	remove_root();
}

TEST(what_is_no_directory_cannot_be_walked)
{
	CHECK(!cgroup_walk_new(-1) && errno == EBADF);
	cgroup_walk_free(NULL);
}
