/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NETNS_NAMES_H
#define NETNS_NAMES_H

/*
 * Finds the names of network namespaces in a folder, usually NETNS_NAMES_DIR (ip-netns(8)). The
 * kernel gives the inode number of a namespace that has ended to another one: a name is only given
 * for a time at which the namespace that has it had the number. Work and memory are bounded: the
 * folder is read once a second at most, or more often if that takes less than 1% of the time, and
 * only its first NETNS_NAMES_MAX entries.
 */

#include <stdint.h>

#define NETNS_NAMES_DIR "/run/netns"
#define NETNS_NAMES_MAX 4096

struct netns_name {
	const char *name; /* as it is in the file system */
	/* Another one for each namespace that had the inode number under a name; never 0. */
	uint64_t id;
};

struct netns_names;

/* dir: the folder; it must outlive the names. Reads nothing. Returns NULL for lack of memory. */
struct netns_names *netns_names_new(const char *dir);
void netns_names_free(struct netns_names *names); /* NULL is accepted */

/*
 * Returns the name of the namespace that had this inode number at that time (since the epoch), if
 * it still has both; it lives until the next call. NULL: no such name is known, or the folder was
 * read a moment ago. A name that is gone may still be returned for times within the 10 ms after it
 * was seen last: the kernel takes longer to end a namespace.
 */
const struct netns_name *netns_names_find(struct netns_names *names, uint32_t inode,
					  uint64_t time_ns);

#endif
