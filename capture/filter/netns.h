/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NETNS_H
#define NETNS_H

/* Network namespaces by the names that ip-netns gives them, and by inode number. */

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

/*
 * text is a name under /run/netns, a path, or an inode number. Returns 0 and sets *inode; -ENOENT
 * and the error if there is no such namespace. The namespace is pinned by a descriptor that stays
 * open until the process ends: the kernel gives the number of one that is gone to the next one.
 */
int netns_find(const char *text, uint32_t *inode, struct error *error);

/*
 * Whether the name, or path, by which a namespace was found does not lead to it any more: it was
 * deleted, or another one has its name. Of a number: false.
 */
bool netns_is_gone(const char *text, uint32_t inode);

#endif
