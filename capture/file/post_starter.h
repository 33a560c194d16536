/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POST_STARTER_H
#define POST_STARTER_H

/*
 * A process that starts the commands of -z: the capture itself may start none. It has no
 * capabilities, and neither have the commands, which it starts as COMMAND FILE at the lowest
 * priority. It ends with the process that started it; commands that run go on.
 */

#include "util/privilege.h"

#define POST_SLOTS 4 /* commands that run at a time */

struct post_starter;

/*
 * Starts the process. To be called before the privileges are given up, while there is one thread.
 * user is the user that it becomes; NULL: no other. The next post_starter_take() returns it.
 * Returns 0 or -errno.
 */
int post_starter_begin(const struct privilege_user *user);

/* Returns the one that has begun, or a new one, which the caller frees; NULL and errno. */
struct post_starter *post_starter_take(void);
void post_starter_free(struct post_starter *starter);

/*
 * Runs the command in the slot, which no other thread uses, and waits until it has ended. Returns
 * 0 and its status as waitpid(2), or -errno of the failure to start it.
 */
int post_starter_run(struct post_starter *starter, unsigned int slot, const char *command,
		     const char *path, int *status);

#endif
