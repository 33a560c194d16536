/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POST_COMMAND_H
#define POST_COMMAND_H

/*
 * Runs a command on each finished file: COMMAND FILE, without a shell, at the lowest priority,
 * outside the process group of the terminal, with standard input from /dev/null. The caller never
 * waits: threads have the commands started (post_starter.h) and wait for them,
 * POST_COMMANDS_RUNNING at a time; the files after these wait in a list. It prints nothing.
 */

#include <stdbool.h>
#include <stdint.h>

#include "post_starter.h"
#include "util/error.h"

#define POST_COMMANDS_RUNNING POST_SLOTS
#define POST_COMMANDS_WAITING \
	256 /* if as many files wait, the command is not started for a further one */

struct post_commands;

/*
 * command is a path, or a name that is searched for in PATH. Returns NULL and the error if there is
 * no such program.
 */
struct post_commands *post_commands_new(const char *command, struct error *error);

/* Failures are counted and kept for post_commands_failure. */
void post_commands_run(struct post_commands *commands, const char *path);

/* Takes one failure that was not reported yet. Returns false if there is none. */
bool post_commands_failure(struct post_commands *commands, struct error *error);

struct post_counts {
	uint64_t succeeded;
	uint64_t failed;
	uint64_t skipped; /* never started */
	uint64_t running; /* their results are not known */
};

/* Waits until all commands have ended, timeout_s at most, and returns the counts. */
struct post_counts post_commands_wait(struct post_commands *commands, unsigned int timeout_s);

/* Commands that run go on. NULL is accepted. */
void post_commands_free(struct post_commands *commands);

#endif
