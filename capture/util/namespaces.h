/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NAMESPACES_H
#define NAMESPACES_H

/*
 * Enters each network namespace that a process is in, or that has a name in /run/netns, one after
 * another. A namespace is held open only while the calling thread is in it: a descriptor that is
 * kept longer would keep the devices of a namespace that was deleted meanwhile.
 */

#include <stdbool.h>
#include <stdint.h>

/*
 * Calls visit() in each namespace once; if inode is not 0, only in the namespace of that number. At
 * the end, also after an error, the calling thread is in its original namespace again. Stops at the
 * first visit() that does not return 0, and when is_stopped() returns true; NULL: never.
 *
 * Returns 0; the result of a visit() that failed; -EPERM if other namespaces may not be entered, so
 * that only that of the process was visited; another -errno.
 */
int namespaces_visit(uint32_t inode, bool (*is_stopped)(void), int (*visit)(void *context),
		     void *context);

#endif
