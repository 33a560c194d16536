/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LANDLOCK_H
#define LANDLOCK_H

/*
 * The kernel's Landlock (Documentation/userspace-api/landlock.rst): the calling thread, and those
 * that it starts, may not change the file system but in some folders. Reading is not restricted.
 */

#include <stdbool.h>
#include <stddef.h>

/*
 * Denies everywhere to write, create, rename, remove and execute files, to bind and connect TCP
 * sockets (6.7), and to reach abstract sockets and send signals to others (6.12); in the folders,
 * which are descriptors, regular files can be written (if writes), created, renamed and removed.
 * Files that are open stay usable. no_new_privs must be set.
 *
 * A process below Landlock may not read what is private to others: their namespaces, for one.
 *
 * Returns the version of the kernel's Landlock; 0: it has none; -errno.
 */
int landlock_deny(const int *folders, size_t count, bool writes);

#endif
