/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TERMINAL_H
#define TERMINAL_H

/* The abilities of the terminal of a descriptor, and whether the process has one. */

#include <stdbool.h>

/* Returns the columns of the terminal; 0 if it is not a terminal, or they are unknown. */
unsigned int terminal_columns(int fd);

/* Returns whether it is a terminal with colours and NO_COLOR is not set (https://no-color.org). */
bool terminal_has_colour(int fd);

/* Returns whether the process has a controlling terminal, whose end causes a SIGHUP. */
bool terminal_controls(void);

/*
 * Returns whether text can be written to the terminal without waiting: its output is not stopped
 * (Ctrl-S), its buffer has room, and the process is not in the background.
 */
bool terminal_is_ready(int fd);

#endif
