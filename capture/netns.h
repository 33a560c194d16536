/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NETNS_H
#define NETNS_H

/* Network namespaces by the names that ip-netns gives them, and by inode number. */

#include <stdint.h>

#include "error.h"

/*
 * text is a name under /run/netns, a path, or an inode number. Returns 0 and sets *inode; -ENOENT and
 * the error if there is no such namespace.
 */
int netns_find(const char *text, uint32_t *inode, struct error *error);

#endif
