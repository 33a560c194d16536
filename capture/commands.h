/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMMANDS_H
#define COMMANDS_H

/* Each command is a file of its own, gets its own argv and returns the exit status. */

/* Captures until a signal or -c ends it. */
int cmd_capture(int argc, char **argv);

#endif
