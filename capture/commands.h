/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMMANDS_H
#define COMMANDS_H

/* Each command is a file of its own, gets its own argv and returns the exit status. */

#include <stdbool.h>

#include "options.h"

#define EXIT_USAGE 2
#define EXIT_LOST  3

struct command {
	const char *name; /* NULL: the one that needs no name; it comes last */
	int (*run)(int argc, char **argv);
	const char *help;
};

/* The commands that have a name, and last the one that needs none. */
extern const struct command command_table[];

/*
 * Parses the options of the command and answers --help and --version; for all else it calls work.
 * Says what is wrong with an option. Returns the exit status.
 */
int command_run(enum option_command command, int argc, char **argv, void (*print_help)(void),
		int (*work)(struct options *options, int argc, char **argv));

/* Captures until a signal or -c ends it, or reads a file. */
int cmd_capture(int argc, char **argv);

/* What cmd_capture does once the options are known; argc and argv are for the head of a file. */
int capture_with(const struct options *options, int argc, char **argv);

/* Wireshark calls: --extcap-... among the arguments. */
int cmd_extcap(int argc, char **argv);

/* The same, but counts events by some of their keys. */
int cmd_count(int argc, char **argv);

/* Says what captures of the wire tell of the events in a file. */
int cmd_compare(int argc, char **argv);

/* --probe: tries and prints what the running kernel offers. Exit 1 if no hook can be attached. */
int probe_kernel(bool json, bool verbose);

#endif
