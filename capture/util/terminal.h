/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TERMINAL_H
#define TERMINAL_H

/* What a file descriptor's terminal can show, and whether a terminal controls the process. */

#include <stdbool.h>

/* The columns of the terminal; 0 if it is not a terminal, or does not say. */
unsigned int terminal_columns(int fd);

/* Whether it is a terminal that shows colours and NO_COLOR is not set (https://no-color.org). */
bool terminal_has_colour(int fd);

/* Whether the process has a controlling terminal, whose end sends it SIGHUP. */
bool terminal_controls(void);

/*
 * Whether a text that is written now is shown at once: it is a terminal that has room for it, whose
 * output nobody has stopped (Ctrl-S), and the process is not in the background.
 */
bool terminal_is_ready(int fd);

#endif
