// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "netns.h"
#include "util/netns_names.h"
#include "util/number.h"
#include "util/strbuf.h"

/* Returns whether the text is one or more digits. */
static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/*
 * Returns the inode number of the network namespace at the path, 0 if it is none. The descriptor
 * stays open in *kept, unless that is NULL or the result is 0.
 */
static unsigned long netns_open(const char *path, int *kept)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	unsigned long inode = 0;
	struct statfs fs;
	struct stat st;

	if (fd < 0)
		return 0;
	if (!fstatfs(fd, &fs) && fs.f_type == NSFS_MAGIC &&
	    ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET && !fstat(fd, &st))
		inode = st.st_ino;
	if (kept && inode)
		*kept = fd;
	else
		close(fd);
	return inode;
}

/* The descriptor of the namespace that netns_find() has found; open until the process ends. */
static int pinned = -1;

int netns_pinned(void)
{
	return pinned;
}

/* Pins the namespace at the path if it has this inode number. Returns whether it has. */
static bool pin_if(const char *path, unsigned long inode)
{
	int fd = -1;
	unsigned long found = netns_open(path, &fd);

	if (!found || found != inode) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (pinned >= 0)
		close(pinned);
	pinned = fd;
	return true;
}

/*
 * Pins the namespace with this inode number if an entry of dir, with suffix after its name, refers
 * to it. Returns whether one does.
 */
static bool pin_any_in(const char *dir, const char *suffix, unsigned long inode)
{
	DIR *entries = opendir(dir);
	struct dirent *entry;
	bool found = false;
	char path[512];

	while (entries && !found && (entry = readdir(entries))) {
		snprintf(path, sizeof(path), "%s/%s%s", dir, entry->d_name, suffix);
		found = pin_if(path, inode);
	}
	if (entries)
		closedir(entries);
	return found;
}

static int find_number(const char *text, uint32_t *inode, struct error *error)
{
	uint64_t number;

	if (!number_parse(text, &number) || !number || number > UINT32_MAX ||
	    (!pin_any_in(NETNS_NAMES_DIR, "", number) && !pin_any_in("/proc", "/ns/net", number)))
		return error_set(
			error, -ENOENT,
			"--netns: no process is in namespace %s, and no name in " NETNS_NAMES_DIR
			" refers to it; 'lsns -t net' lists the namespaces",
			text);
	*inode = (uint32_t)number;
	return 0;
}

/* Appends the existing names, for the error. */
static void list_names(struct strbuf *text)
{
	DIR *entries = opendir(NETNS_NAMES_DIR);
	struct dirent *entry;

	while (entries && (entry = readdir(entries))) {
		if (entry->d_name[0] == '.')
			continue;
		strbuf_add(text, text->length ? ", " : "; the named ones are ");
		strbuf_add(text, entry->d_name);
	}
	if (entries)
		closedir(entries);
	if (!text->length)
		strbuf_add(text, "; the folder has none ('ip netns add' makes one)");
}

/* Writes the path of a name in NETNS_NAMES_DIR, or the path itself. */
static void path_of(const char *text, char *path, size_t size)
{
	snprintf(path, size, "%s%s", strchr(text, '/') ? "" : NETNS_NAMES_DIR "/", text);
}

int netns_find(const char *text, uint32_t *inode, struct error *error)
{
	struct strbuf names = { 0 };
	char path[512];

	path_of(text, path, sizeof(path));
	*inode = (uint32_t)netns_open(path, NULL);
	if (*inode && pin_if(path, *inode))
		return 0;
	if (is_number(text))
		return find_number(text, inode, error);
	if (strchr(text, '/'))
		return error_set(error, -ENOENT,
				 "--netns: %s: it does not exist, is no network namespace, or may "
				 "not be read",
				 text);
	list_names(&names);
	error_set(error, -ENOENT, "--netns: no namespace '%s' in " NETNS_NAMES_DIR "%s", text,
		  strbuf_string(&names));
	strbuf_free(&names);
	return -ENOENT;
}

bool netns_is_gone(const char *text, uint32_t inode)
{
	char path[512];

	path_of(text, path, sizeof(path));
	if (is_number(text))
		return false;
	return netns_open(path, NULL) != inode;
}
