// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "util/netns_names.h"
#include "util/time.h"

static char dir[] = "/tmp/netns_names_XXXXXX", path[64];

/* The own namespace, under a name in a folder of its own. Returns its inode number; 0: failure. */
static uint32_t make_folder(const char *name)
{
	struct stat own;

	strcpy(dir, "/tmp/netns_names_XXXXXX");
	if (!mkdtemp(dir) || stat("/proc/self/ns/net", &own))
		return 0;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return symlink("/proc/self/ns/net", path) ? 0 : (uint32_t)own.st_ino;
}

/* What is known of an event of this moment. */
static const struct netns_name *find_now(struct netns_names *names, uint32_t inode)
{
	return netns_names_find(names, inode, time_realtime_ns());
}

static void remove_folder(void)
{
	unlink(path);
	rmdir(dir);
}

TEST(netns_names_finds_a_namespace_by_its_number)
{
	uint32_t inode = make_folder("blue");
	struct netns_names *names = netns_names_new(dir);
	const struct netns_name *known = find_now(names, inode);
	bool found = known && known->id && strcmp(known->name, "blue") == 0;

	netns_names_free(names);
	remove_folder();
	CHECK(inode);
	CHECK(found);
}

TEST(netns_names_forgets_a_name_that_is_gone)
{
	uint32_t inode = make_folder("blue");
	struct netns_names *names = netns_names_new(dir);
	bool before = find_now(names, inode), after = true;

	unlink(path);
	for (time_t end = time_monotonic_s() + 30; after && time_monotonic_s() < end;)
		after = find_now(names, inode);
	netns_names_free(names);
	remove_folder();
	CHECK(before);
	CHECK(!after);
}

/* The names are looked up again when they are a hundredth of a second old. */
static const struct netns_name *find_after(struct netns_names *names, uint32_t inode,
					   const char *name, uint64_t id)
{
	const struct netns_name *known = NULL;

	for (time_t end = time_monotonic_s() + 30; time_monotonic_s() < end;) {
		known = find_now(names, inode);
		if (known && strcmp(known->name, name) == 0 && known->id != id)
			break;
	}
	return known;
}

TEST(netns_names_tells_names_that_follow_each_other_apart)
{
	uint32_t inode = make_folder("blue");
	struct netns_names *names = netns_names_new(dir);
	const struct netns_name *known = find_now(names, inode);
	uint64_t first = known ? known->id : 0;
	char other[64], link[64];
	bool is_other, is_same;

	snprintf(other, sizeof(other), "%s/other", dir);
	snprintf(link, sizeof(link), "/proc/self/ns/net");
	is_same = symlink(link, other) == 0 && find_now(names, inode) &&
		  find_now(names, inode)->id == first;
	unlink(path);
	known = find_after(names, inode, "other", first);
	is_other = known && known->id != first && strcmp(known->name, "other") == 0;
	netns_names_free(names);
	unlink(other);
	remove_folder();
	CHECK(first && is_same && is_other);
}

/* A file of another file system may have the number of a namespace. */
TEST(netns_names_takes_no_other_file)
{
	uint32_t inode = make_folder("blue");
	struct netns_names *names = netns_names_new(dir);
	struct stat st = { 0 };
	bool found;

	unlink(path);
	fclose(fopen(path, "w"));
	stat(path, &st);
	found = find_now(names, (uint32_t)st.st_ino);
	netns_names_free(names);
	remove_folder();
	CHECK(inode);
	CHECK(!found);
}

TEST(netns_names_needs_no_folder)
{
	struct netns_names *names = netns_names_new("/nowhere/netns");
	bool found = find_now(names, 4026531840u);

	netns_names_free(names);
	CHECK(!found);
}
