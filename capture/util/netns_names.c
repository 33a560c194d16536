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

#define SEEN_NS		   10000000 /* for which a name is believed */
#define READ_PERIOD_FACTOR 100	    /* reading takes 1% of the time */

/* A mounted namespace keeps its inode in memory: that is as old as the name at least. */
struct entry {
	struct netns_name known;
	uint32_t inode;
	bool is_mounted;   /* else a symbolic link leads to it */
	uint64_t since_ns; /* of a mounted one: when the inode came into memory */
	uint64_t seen_ns;  /* when it had the name; all times are since the epoch */
	UT_hash_handle hh;
	char name[];
};

struct netns_names {
	const char *dir;
	dev_t device; /* of all namespaces: an inode number is unique there */
	bool has_device;
	uint64_t next_read_ns; /* monotonic; it is not read before */
	struct entry *table;
	struct entry *last; /* found */
	/* A namespace without a known name, and when that was so: most events are of one. */
	uint32_t unnamed;
	uint64_t unnamed_ns;
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

	names->last = NULL;
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

/* Fills all but the name. Returns whether a namespace has this name in the folder. */
static bool look_at(const struct netns_names *names, int dir, const char *name, struct entry *seen)
{
	struct stat st, link;

	/* ip-netns(8) makes an empty file first, and mounts the namespace on it then. */
	if (fstatat(dir, name, &st, 0) || st.st_dev != names->device ||
	    fstatat(dir, name, &link, AT_SYMLINK_NOFOLLOW))
		return false;
	*seen = (struct entry){
		.inode = (uint32_t)st.st_ino,
		.is_mounted = !S_ISLNK(link.st_mode),
		.since_ns = (uint64_t)st.st_ctim.tv_sec * NS_PER_S + (uint64_t)st.st_ctim.tv_nsec,
		.seen_ns = time_realtime_ns(),
	};
	/* The inode that a link leads to may be made anew at each look; that of the link is not. */
	seen->known.id = seen->is_mounted ? seen->since_ns : (uint64_t)link.st_ino << 1 | 1;
	return true;
}

static void add(struct netns_names *names, const struct entry *seen, const char *name)
{
	size_t size = strlen(name) + 1;
	struct entry *entry;

	HASH_FIND(hh, names->table, &seen->inode, sizeof(seen->inode), entry);
	if (entry)
		return;
	entry = calloc(1, sizeof(*entry) + size);
	if (!entry)
		return;
	*entry = *seen;
	memcpy(entry->name, name, size);
	entry->known.name = entry->name;
	HASH_ADD(hh, names->table, inode, sizeof(entry->inode), entry);
	if (!entry->hh.tbl)
		free(entry);
}

/* How long the folder is not read after that took so long: it may have taken time of others. */
static uint64_t pause_after(uint64_t took_ns)
{
	uint64_t pause_ns = took_ns * READ_PERIOD_FACTOR;

	if (pause_ns < SEEN_NS)
		return SEEN_NS;
	return pause_ns < NS_PER_S ? pause_ns : NS_PER_S;
}

static void read_folder(struct netns_names *names)
{
	DIR *entries = opendir(names->dir);
	struct dirent *entry;
	struct entry seen;
	uint64_t began = time_monotonic_ns(), now;

	clear(names);
	for (int i = 0; entries && i < NETNS_NAMES_MAX && (entry = readdir(entries)); i++) {
		if (look_at(names, dirfd(entries), entry->d_name, &seen))
			add(names, &seen, entry->d_name);
	}
	if (entries)
		closedir(entries);
	now = time_monotonic_ns();
	names->next_read_ns = now + pause_after(now - began);
}

/* Returns whether the namespace still has the name. */
static bool still_has(struct netns_names *names, struct entry *entry)
{
	int dir = open(names->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct entry seen;
	bool same = dir >= 0 && look_at(names, dir, entry->name, &seen) &&
		    seen.inode == entry->inode && seen.known.id == entry->known.id;

	if (dir >= 0)
		close(dir);
	if (same)
		entry->seen_ns = seen.seen_ns;
	return same;
}

static struct entry *find_entry(struct netns_names *names, uint32_t inode)
{
	struct entry *entry = names->last;

	if (entry && entry->inode == inode)
		return entry;
	HASH_FIND(hh, names->table, &inode, sizeof(inode), entry);
	return names->last = entry;
}

static void forget(struct netns_names *names, struct entry *entry)
{
	names->last = NULL;
	HASH_DEL(names->table, entry);
	free(entry);
}

/* Returns the entry, if what it says was so at that time or just before it. */
static struct entry *find_current(struct netns_names *names, uint32_t inode, uint64_t time_ns)
{
	struct entry *entry = find_entry(names, inode);

	if (!entry || time_ns <= entry->seen_ns || time_realtime_ns() - entry->seen_ns < SEEN_NS ||
	    still_has(names, entry))
		return entry;
	forget(names, entry);
	return NULL;
}

/* A name that is newer than now was given before the clock was set back: its age is unknown. */
static bool had_name(const struct entry *entry, uint64_t time_ns)
{
	return !entry->is_mounted || entry->since_ns <= time_ns ||
	       entry->since_ns > time_realtime_ns();
}

const struct netns_name *netns_names_find(struct netns_names *names, uint32_t inode,
					  uint64_t time_ns)
{
	struct entry *entry;

	if (!names->has_device || (inode == names->unnamed && time_ns <= names->unnamed_ns))
		return NULL;
	entry = find_current(names, inode, time_ns);
	if (!entry && time_monotonic_ns() >= names->next_read_ns) {
		read_folder(names);
		entry = find_entry(names, inode);
	}
	if (entry)
		return had_name(entry, time_ns) ? &entry->known : NULL;
	names->unnamed = inode;
	names->unnamed_ns = time_realtime_ns();
	return NULL;
}
