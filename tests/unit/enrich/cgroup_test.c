// SPDX-License-Identifier: GPL-2.0-or-later
#include <mntent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enrich/cgroup.h"
#include "test.h"
#include "util/time.h"

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

/* The path, "unknown" if there is none when no walk is under way any more. */
static const char *path_of(uint64_t id)
{
	const char *path = cgroups_path(cgroups, id);

	if (!path && cgroups_wait(cgroups, 10 * NS_PER_S))
		path = cgroups_path(cgroups, id);
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

/* The path of a new cgroup below the own one, "" if it cannot be made. */
static const char *make_child(int number)
{
	static char path[1100];
	char directory[2200];

	snprintf(path, sizeof(path), "%s/tcpdropcap test %d.%d", strcmp(own, "/") ? own : "",
		 getpid(), number);
	snprintf(directory, sizeof(directory), "%s%s", mount, path);
	return mkdir(directory, 0755) ? "" : path;
}

static bool remove_child(const char *path)
{
	char directory[2200];

	snprintf(directory, sizeof(directory), "%s%s", mount, path);
	return !rmdir(directory);
}

/* A user who may not open a cgroup by its id. */
static void become_user(void)
{
	cgroups_free(cgroups);
	if (seteuid(65534))
		abort();
	cgroups = cgroups_new();
	if (!cgroups || cgroups_start(cgroups))
		abort();
}

static void become_root(void)
{
	cgroups_free(cgroups);
	if (seteuid(0))
		abort();
}

TEST(user_without_the_capability_finds_it_too)
{
	char below[1100], found[1100];
	uint64_t id;

	if (!open_cgroups())
		return;
	become_user();
	id = id_of(own);
	strcpy(below, path_of(id));
	strcpy(found, path_of(UINT32_MAX));
	become_root();
	CHECK(id && strcmp(below, own) == 0);
	CHECK_STR(found, "unknown");
}

/* Asks for the cgroup until it is found, ten seconds at most: walks are limited. */
static bool is_found(uint64_t id, const char *path)
{
	uint64_t end = time_monotonic_ns() + 10 * NS_PER_S;

	while (time_monotonic_ns() < end) {
		if (strcmp(path_of(id), path) == 0)
			return true;
		usleep(1000);
	}
	return false;
}

TEST(user_finds_a_cgroup_that_is_made_later)
{
	char path[1100];
	bool found;

	if (!open_cgroups())
		return;
	become_user();
	cgroups_wait(cgroups, 10 * NS_PER_S);
	if (seteuid(0))
		abort();
	strcpy(path, make_child(0));
	if (seteuid(65534))
		abort();
	found = path[0] && is_found(id_of(path), path);
	become_root();
	if (!path[0]) {
		test_skip("no cgroup can be made");
		return;
	}
	CHECK(remove_child(path));
	CHECK(found);
}

/* Each would take a walk of its own, 50 ms apart. */
TEST(many_unknown_ids_do_not_wait_for_walks)
{
	uint64_t start;
	int unknown = 0;

	if (!open_cgroups())
		return;
	become_user();
	start = time_monotonic_ns();
	for (uint64_t i = 0; i < 5000; i++)
		unknown += !cgroups_path(cgroups, (i + 1) << 40 | 0xdead);
	start = time_monotonic_ns() - start;
	become_root();
	CHECK(unknown == 5000);
	CHECK(start < 10 * NS_PER_S);
}

TEST(cgroup_is_known_as_long_as_it_is_there)
{
	char path[1100], *known;
	uint64_t id;

	if (!open_cgroups())
		return;
	strcpy(path, make_child(0));
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

/* Asks for that many ids that no cgroup has, starting with first. */
static bool are_unknown(uint64_t first, uint64_t count)
{
	for (uint64_t i = first; i < first + count; i++) {
		if (cgroups_path(cgroups, (i + 1) << 40 | 0xdead))
			return false;
	}
	return true;
}

/* The paths of two removed cgroups are in the table alone. */
TEST(path_that_was_used_last_is_kept_longest)
{
	char paths[2][1100];
	uint64_t ids[2];

	if (!open_cgroups())
		return;
	for (int i = 0; i < 2; i++) {
		strcpy(paths[i], make_child(i));
		ids[i] = id_of(paths[i]);
		if (!paths[i][0]) {
			test_skip("no cgroup can be made");
			return;
		}
		CHECK_STR(path_of(ids[i]), paths[i]);
		CHECK(remove_child(paths[i]));
	}
	CHECK(are_unknown(0, CGROUPS_MAX / 2));
	CHECK_STR(path_of(ids[0]), paths[0]);
	CHECK(are_unknown(CGROUPS_MAX, CGROUPS_MAX - 1));
	CHECK_STR(path_of(ids[0]), paths[0]);
	CHECK_STR(path_of(ids[1]), "unknown");
	CHECK_STR(path_of(id_of(own)), own);
	cgroups_free(cgroups);
}

TEST(free_accepts_null)
{
	cgroups_free(NULL);
}
