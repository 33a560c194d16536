// SPDX-License-Identifier: GPL-2.0-or-later
#include <mntent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enrich/cgroup.h"
#include "test.h"

static char mount[1024]; /* of the unified hierarchy */
static char own[1024];	 /* this process's path below it */
static struct cgroups *cgroups;

static bool find_mount(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;
	bool found = false;

	while (mounts && !found && (entry = getmntent(mounts))) {
		found = strcmp(entry->mnt_type, "cgroup2") == 0;
		snprintf(mount, sizeof(mount), "%s", entry->mnt_dir);
	}
	if (mounts)
		endmntent(mounts);
	return found;
}

/* What the line "0::PATH" of /proc/self/cgroup says. */
static bool find_own(void)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[1024];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		found = strncmp(line, "0::", 3) == 0;
		line[strcspn(line, "\n")] = '\0';
		strcpy(own, line + 3);
	}
	if (file)
		fclose(file);
	return found;
}

/* Returns false, said aloud, where no cgroup can be found. */
static bool open_cgroups(void)
{
	const char *reason = NULL;

	if (geteuid())
		reason = "not root";
	else if (!find_mount())
		reason = "no cgroup2 hierarchy is mounted";
	else if (!find_own() || strncmp(own, "/..", 3) == 0)
		reason = "this process is outside of what is mounted";
	if (reason) {
		test_skip(reason);
		return false;
	}
	cgroups = cgroups_new();
	return true;
}

/* A cgroup's id is its directory's inode number; 0 if there is none. */
static uint64_t id_of(const char *path)
{
	char directory[2100];
	struct stat st;

	snprintf(directory, sizeof(directory), "%s%s", mount, path);
	return stat(directory, &st) ? 0 : st.st_ino;
}

static const char *path_of(uint64_t id)
{
	const char *path = cgroups_path(cgroups, id);

	return path ? path : "unknown";
}

TEST(own_cgroup_is_found_by_its_id)
{
	if (!open_cgroups())
		return;
	CHECK(cgroups && id_of(own));
	CHECK_STR(path_of(id_of(own)), own);
	CHECK_STR(path_of(id_of(own)), own);
	cgroups_free(cgroups);
}

TEST(mount_point_is_the_root)
{
	if (!open_cgroups())
		return;
	CHECK(id_of(""));
	CHECK_STR(path_of(id_of("")), "/");
	cgroups_free(cgroups);
}

/* Who may not open by handle has the tree walked. */
TEST(ordinary_user_finds_it_too)
{
	char below[1100], found[1100];
	uint64_t id;

	if (!open_cgroups())
		return;
	cgroups_free(cgroups);
	CHECK(!seteuid(65534));
	cgroups = cgroups_new();
	id = id_of(own);
	strcpy(below, path_of(id));
	strcpy(found, path_of(UINT32_MAX));
	CHECK(!seteuid(0));
	CHECK(id && strcmp(below, own) == 0);
	CHECK_STR(found, "unknown");
	cgroups_free(cgroups);
}

/* The path of a new cgroup below the own one, "" if it cannot be made. */
static const char *make_child(void)
{
	static char path[1100];
	char directory[2200];

	snprintf(path, sizeof(path), "%s/tcpdropcap test %d", strcmp(own, "/") ? own : "",
		 getpid());
	snprintf(directory, sizeof(directory), "%s%s", mount, path);
	return mkdir(directory, 0755) ? "" : path;
}

static bool remove_child(const char *path)
{
	char directory[2200];

	snprintf(directory, sizeof(directory), "%s%s", mount, path);
	return !rmdir(directory);
}

TEST(cgroup_is_known_as_long_as_it_is_there)
{
	char path[1100], *known;
	uint64_t id;

	if (!open_cgroups())
		return;
	strcpy(path, make_child());
	id = id_of(path);
	if (!path[0]) {
		test_skip("no cgroup can be made");
		cgroups_free(cgroups);
		return;
	}
	known = strdup(path_of(id));
	CHECK(remove_child(path));
	CHECK_STR(known, path);
	CHECK_STR(path_of(id), path); /* kept */
	cgroups_free(cgroups);
	cgroups = cgroups_new();
	CHECK_STR(path_of(id), "unknown");
	cgroups_free(cgroups);
	free(known);
}

TEST(numbers_that_are_no_id_are_unknown)
{
	static const uint64_t ids[] = { 0,	    UINT32_MAX, UINT32_MAX + 1ULL,
					INT64_MAX,  UINT64_MAX, 0xffff888012345678,
					1ULL << 63, 987654321 };

	if (!open_cgroups())
		return;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
			CHECK_STR(path_of(ids[i]), "unknown");
	}
	cgroups_free(cgroups);
}

TEST(table_that_is_full_starts_anew)
{
	if (!open_cgroups())
		return;
	for (uint64_t i = 0; i < 5000; i++) {
		CHECK_STR(path_of((i + 1) << 40 | 0xdead), "unknown");
		if (i % 100 == 0)
			CHECK_STR(path_of(id_of(own)), own);
	}
	CHECK_STR(path_of(id_of(own)), own);
	cgroups_free(cgroups);
}

TEST(free_accepts_null)
{
	cgroups_free(NULL);
}
