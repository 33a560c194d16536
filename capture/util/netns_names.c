// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netns_names.h"
#include "hash.h"
#include "time.h"

struct entry {
	uint32_t inode;
	UT_hash_handle hh;
	char name[];
};

struct netns_names {
	const char *dir;
	dev_t device; /* of all namespaces: an inode number is unique there */
	bool has_device;
	bool read;	  /* the folder was read at least once */
	uint64_t read_ns; /* monotonic */
	struct entry *table;
};

struct netns_names *netns_names_new(const char *dir)
{
	struct netns_names *names = calloc(1, sizeof(*names));
	struct stat own;

	if (!names)
		return NULL;
	names->dir = dir;
	names->has_device = !stat("/proc/self/ns/net", &own);
	names->device = names->has_device ? own.st_dev : 0;
	return names;
}

static void clear(struct netns_names *names)
{
	struct entry *entry = names->table, *following;

	HASH_CLEAR(hh, names->table); /* the table; the entries are still a list */
	for (; entry; entry = following) {
		following = entry->hh.next;
		free(entry);
	}
}

void netns_names_free(struct netns_names *names)
{
	if (!names)
		return;
	clear(names);
	free(names);
}

/* Returns the inode number of the namespace that has this name in the folder; 0: none. */
static uint32_t inode_of(const struct netns_names *names, int dir, const char *name)
{
	struct stat st;

	/* ip-netns(8) makes an empty file first, and mounts the namespace on it then. */
	if (fstatat(dir, name, &st, 0) || st.st_dev != names->device)
		return 0;
	return (uint32_t)st.st_ino;
}

static void add(struct netns_names *names, uint32_t inode, const char *name)
{
	size_t size = strlen(name) + 1;
	struct entry *entry;

	HASH_FIND(hh, names->table, &inode, sizeof(inode), entry);
	if (entry)
		return;
	entry = calloc(1, sizeof(*entry) + size);
	if (!entry)
		return;
	entry->inode = inode;
	memcpy(entry->name, name, size);
	HASH_ADD(hh, names->table, inode, sizeof(inode), entry);
	if (!entry->hh.tbl)
		free(entry);
}

static void read_folder(struct netns_names *names)
{
	DIR *entries = opendir(names->dir);
	struct dirent *entry;
	uint32_t inode;

	names->read = true;
	names->read_ns = time_monotonic_ns();
	clear(names);
	for (int i = 0; entries && i < NETNS_NAMES_MAX && (entry = readdir(entries)); i++) {
		inode = inode_of(names, dirfd(entries), entry->d_name);
		if (inode)
			add(names, inode, entry->d_name);
	}
	if (entries)
		closedir(entries);
}

/* Returns the name that was read, unless the name refers to another namespace by now. */
static const char *find_read(struct netns_names *names, uint32_t inode)
{
	struct entry *entry;
	int dir;
	bool same;

	HASH_FIND(hh, names->table, &inode, sizeof(inode), entry);
	if (!entry)
		return NULL;
	dir = open(names->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	same = dir >= 0 && inode_of(names, dir, entry->name) == inode;
	if (dir >= 0)
		close(dir);
	return same ? entry->name : NULL;
}

const char *netns_names_find(struct netns_names *names, uint32_t inode)
{
	const char *name = names->has_device ? find_read(names, inode) : NULL;

	if (name || !names->has_device)
		return name;
	if (names->read && time_monotonic_ns() - names->read_ns < NS_PER_S)
		return NULL;
	read_folder(names);
	return find_read(names, inode);
}
