/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CHILD_H
#define CHILD_H

/*
 * A process of our own beside the main one, which does what the main one gives up the right to do.
 * It ends by itself when its socket to the main one closes, so it blocks all signals: one of the
 * terminal, or of a service manager, is for the main process to handle.
 */

#include <sys/types.h>

/*
 * Forks. Returns 0 in the child, whose standard input and output are /dev/null; its pid in the
 * parent; -errno.
 */
pid_t child_start(void);

/* Waits until it has ended. */
void child_wait(pid_t pid);

#endif
