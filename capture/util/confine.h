/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONFINE_H
#define CONFINE_H

/*
 * What is left to a process after it has opened what needs privileges: a few capabilities,
 * Landlock, and a filter of system calls (seccomp), by what the process has still to do. All of it
 * lasts until the process ends. Both steps are for a process with one thread; those that it starts
 * later are confined as well.
 */

#include <stdbool.h>

#include "privilege.h"

#define CONFINE_FOLDERS_MAX 2

enum confine_role {
	CONFINE_READER,	  /* parses files; all outputs are open */
	CONFINE_CAPTURE,  /* reads the kernel's ring and tables; writes files */
	CONFINE_TOP,	  /* reads the kernel's sockets, in each network namespace */
	CONFINE_COUNTERS, /* reads counters in each network namespace; no Landlock, which keeps a
			   * process from the namespaces of others */
	CONFINE_COMMANDS, /* starts commands: only privileges are given up */
	CONFINE_STARTER,  /* starts programs that need no privileges and write in the folders; no
			   * filter of system calls, which they would inherit */
};

struct confine_plan {
	enum confine_role role;
	const struct privilege_user *user; /* whom to become; NULL: nobody else */
	uint64_t more_capabilities;	   /* than the role keeps */
	bool opens_outputs;		   /* more files will be opened for writing */
	/* Descriptors of folders in which files are created, renamed and removed. */
	int folders[CONFINE_FOLDERS_MAX];
	size_t folder_count;
};

/*
 * Adds the folder of the file at the path, while it can be opened. One that does not exist is
 * ignored, as is "-": nothing will be written there.
 */
void confine_add_folder(struct confine_plan *plan, const char *path);

/*
 * The first step: becomes the user, and gives up all capabilities but those of the role
 * (confine.c has the reasons). Returns 0 or -errno.
 */
int confine_privileges(const struct confine_plan *plan);

/*
 * The second: what may be opened, started and reached; closes the folders. Returns a line on what
 * the kernel enforces now, for -v; it lives until the next call.
 */
const char *confine_access(struct confine_plan *plan);

#endif
