/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NAMESPACES_H
#define NAMESPACES_H

/*
 * Enters each network namespace that a process is in, or that has a name in /run/netns, one after
 * another. A namespace is held open only while the calling thread is in it: a descriptor that lived
 * longer would keep the devices of a namespace that its owner has deleted.
 */

#include <stdbool.h>
#include <stdint.h>

/*
 * Calls visit in each namespace once; with inode not 0 only in the one of that number. At the end,
 * also after an error, the calling thread is in its own namespace again. Stops at the first visit
 * that does not return 0, and when is_stopped returns true; NULL: never.
 *
 * Returns 0; -EPERM if other namespaces may not be entered: only the own one is visited then; what
 * visit has returned; another -errno.
 */
int namespaces_visit(uint32_t inode, bool (*is_stopped)(void), int (*visit)(void *context),
		     void *context);

#endif
