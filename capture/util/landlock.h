/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LANDLOCK_H
#define LANDLOCK_H

/*
 * The kernel's Landlock (Documentation/userspace-api/landlock.rst): the calling thread, and those
 * that it starts, may not change the file system but in some folders. Reading is not restricted.
 */

#include <stddef.h>

/* What is still to be done in the folders, besides removing and renaming files. */
enum landlock_work {
	LANDLOCK_REMOVES, /* nothing else */
	LANDLOCK_WRITES,  /* regular files are created and written */
	LANDLOCK_STARTS,  /* the same, also by programs that are started and get signals */
};

/*
 * Denies everywhere to write, create, rename, remove and execute files, to bind and connect TCP
 * sockets (6.7), and to reach abstract sockets and send signals to others (6.12), but for the work
 * in the folders, which are descriptors. With LANDLOCK_STARTS, files can be executed, empty folders
 * removed and signals sent. Files that are open stay usable. no_new_privs must be set.
 *
 * A process below Landlock may not read what is private to others: their namespaces, for one.
 *
 * Returns the version of the kernel's Landlock; 0: it has none; -errno.
 */
int landlock_deny(const int *folders, size_t count, enum landlock_work work);

#endif
