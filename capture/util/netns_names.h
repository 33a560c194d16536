/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NETNS_NAMES_H
#define NETNS_NAMES_H

/*
 * Finds the names of network namespaces in a folder, usually NETNS_NAMES_DIR (ip-netns(8)). Work
 * and memory are bounded: the folder is read once a second at most, and only its first
 * NETNS_NAMES_MAX entries.
 */

#include <stdint.h>

#define NETNS_NAMES_DIR "/run/netns"
#define NETNS_NAMES_MAX 4096

struct netns_names;

/* dir: the folder; it must outlive the names. Reads nothing. Returns NULL for lack of memory. */
struct netns_names *netns_names_new(const char *dir);
void netns_names_free(struct netns_names *names); /* NULL is accepted */

/*
 * Returns the name that the namespace with this inode number has now, as it is in the file system;
 * it lives until the next call. NULL: it has none, or the folder was read within the last second.
 */
const char *netns_names_find(struct netns_names *names, uint32_t inode);

#endif
