/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMMANDS_H
#define COMMANDS_H

/* Each command is a file of its own, gets its own argv and returns the exit status. */

#include <stdbool.h>

#include "options.h"

#define EXIT_USAGE 2
#define EXIT_LOST  3

struct command {
	const char *name; /* NULL: the command without a name; it is the last row */
	int (*run)(int argc, char **argv);
	unsigned int options; /* enum option_command; 0: it has none */
	const char *help;
};

extern const struct command command_table[]; /* main.c */

/* Returns the command of that name; the one without a name for any other word, and for NULL. */
const struct command *command_find(const char *name);

/*
 * Parses the options of the command and answers --help and --version; otherwise calls work, which
 * returns the exit status. Prints the error if an option is wrong. Returns the exit status.
 */
int command_run(enum option_command command, int argc, char **argv, void (*print_help)(void),
		int (*work)(struct options *options, int argc, char **argv));

/*
 * For commands on files, which need no privileges: opens the files and the outputs of the options,
 * then gives up all privileges, and the right to open and start other things, before a byte is
 * read. Prints a warning on failure.
 */
void command_drop_privileges(const struct options *options, const char *const *inputs, int count);

/*
 * Returns 0 if the file of --openmetrics, if there is one, can be written again and again, as far
 * as that is known before the privileges are given up; or the exit status, after it has printed why
 * not.
 */
int command_check_metrics(const struct options *options);

/* Captures until a signal or -c ends it, or reads a file. */
int cmd_capture(int argc, char **argv);

/*
 * Captures, or reads a file, with options that are already parsed; argc and argv are recorded at
 * the start of the file that -w writes.
 */
int capture_with(const struct options *options, int argc, char **argv);

/* Answers Wireshark, which calls with --extcap-... options. */
int cmd_extcap(int argc, char **argv);

/* Counts the events of a capture or of a file by some of their keys. */
int cmd_count(int argc, char **argv);

/* The same with options that are already parsed. */
int count_with(struct options *options, int argc, char **argv);

/* Prints a line for each packet that is sent again, in a capture or in a file. */
int cmd_retrans(int argc, char **argv);

/* Prints a line for each connection that ends, in a capture or in a file. */
int cmd_life(int argc, char **argv);

/* Finds the events of a file in captures of the wire and prints the verdicts. */
int cmd_compare(int argc, char **argv);

/* Prints the connections that move the most bytes, again and again. */
int cmd_top(int argc, char **argv);

/* Explains reasons: those that it is given, those of the kernel, or those of a file. */
int cmd_explain(int argc, char **argv);

/* Makes an archive for a bug report. */
int cmd_bundle(int argc, char **argv);

/* Prints what the lines of --json consist of. */
int cmd_schema(int argc, char **argv);
/* Makes a report of files: a page of HTML, Markdown or JSON. */
int cmd_report(int argc, char **argv);

/* Prints the help of the command that the argument names, or of the whole program. */
int cmd_help(int argc, char **argv);

/* --probe: tries and prints what the running kernel supports. Exit 1 if no hook can be attached. */
int probe_kernel(bool json, bool verbose);

#endif
