/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTION_HINT_H
#define OPTION_HINT_H

/*
 * The options of bcc's tcpdrop, tcpretrans, tcplife, tcpstates and tcptop that a command does not
 * have, or has by another name.
 */

#include "options.h"

/* Returns what to use instead of an unknown option ("-p", "--netnsid=3"), or NULL. */
const char *option_hint(enum option_command command, const char *option);

#endif
