/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stdbool.h>

/* Each command is a file of its own, gets its own argv and returns the exit status. */

/* Captures until a signal or -c ends it. */
int cmd_capture(int argc, char **argv);

/* --probe: tries and prints what the running kernel offers. Exit 1 if no hook can be attached. */
int probe_kernel(bool json, bool verbose);

#endif
