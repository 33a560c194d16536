/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NETNS_H
#define NETNS_H

/* Finds a network namespace by its name (ip-netns(8)), path or inode number. */

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

/*
 * Finds a namespace by text: a name in /run/netns, a path, or an inode number. Returns 0 and sets
 * *inode; -ENOENT and the error if there is no such namespace. An open descriptor pins the
 * namespace until the process ends; otherwise the kernel could give the number of a deleted
 * namespace to a new one. A process finds one namespace: a second call releases the first.
 */
int netns_find(const char *text, uint32_t *inode, struct error *error);

/*
 * Returns whether the name or path by which the namespace was found no longer refers to it, because
 * it was deleted or another namespace has the name. Always false for a number.
 */
bool netns_is_gone(const char *text, uint32_t inode);

/* Returns the descriptor that pins the namespace, which must stay open; -1: none was found. */
int netns_pinned(void);

#endif
