/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTION_UNKNOWN_H
#define OPTION_UNKNOWN_H

/* The error for an option that a command does not have. */

#include "options.h"

/*
 * word is the option as it was typed ("-p", "--netnsid=3"). The error says what to use instead:
 * what it may be short for, the option of this tool that does the same, or one that resembles it.
 * Returns -EINVAL.
 */
int option_unknown(enum option_command command, const char *word, struct error *error);

#endif
