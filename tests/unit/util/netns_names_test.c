// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "util/netns_names.h"

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

static void remove_folder(void)
{
	unlink(path);
	rmdir(dir);
}

TEST(netns_names_finds_a_namespace_by_its_number)
{
	uint32_t inode = make_folder("blue");
	struct netns_names *names = netns_names_new(dir);
	const char *name = netns_names_find(names, inode);
	bool found = name && strcmp(name, "blue") == 0;

	netns_names_free(names);
	remove_folder();
	CHECK(inode);
	CHECK(found);
}

TEST(netns_names_forgets_a_name_that_is_gone)
{
	uint32_t inode = make_folder("blue");
	struct netns_names *names = netns_names_new(dir);
	bool before = netns_names_find(names, inode), after;

	unlink(path);
	after = netns_names_find(names, inode);
	netns_names_free(names);
	remove_folder();
	CHECK(before);
	CHECK(!after);
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
	found = netns_names_find(names, (uint32_t)st.st_ino);
	netns_names_free(names);
	remove_folder();
	CHECK(inode);
	CHECK(!found);
}

TEST(netns_names_needs_no_folder)
{
	struct netns_names *names = netns_names_new("/nowhere/netns");
	bool found = netns_names_find(names, 4026531840u);

	netns_names_free(names);
	CHECK(!found);
}
