/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CHILD_H
#define CHILD_H

/*
 * A child process without a new program. It does what the main process gives up the right to do. It
 * ends when its socket to the main process closes, so it blocks all signals: those of the terminal
 * or of a service manager are handled by the main process alone.
 */

#include <sys/types.h>

/*
 * Forks. Returns 0 in the child, whose standard input and output are /dev/null; the child's pid in
 * the parent; -errno.
 */
pid_t child_start(void);

/* Waits until the child has ended. */
void child_wait(pid_t pid);

#endif
