/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NETNS_H
#define NETNS_H

/* Finds network namespaces by the names of ip-netns(8), by path and by inode number. */

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

/*
 * text is a name in /run/netns, a path, or an inode number. Returns 0 and sets *inode; -ENOENT and
 * the error if there is no such namespace. A descriptor pins the namespace until the process ends:
 * without it, the kernel could give the number of a deleted namespace to a new one.
 */
int netns_find(const char *text, uint32_t *inode, struct error *error);

/*
 * Returns whether the name or path by which the namespace was found no longer refers to it: it was
 * deleted, or another one has its name. Always false for a number.
 */
bool netns_is_gone(const char *text, uint32_t inode);

/* The descriptor that pins the namespace that was found; it stays open. -1: none was found. */
int netns_pinned(void);

#endif
