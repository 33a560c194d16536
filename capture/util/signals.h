/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIGNALS_H
#define SIGNALS_H

/* What the user may say to a command that runs. */

#include <stdbool.h>

/*
 * From now on SIGINT, SIGTERM and SIGHUP ask for the end, each once: a second one has its usual
 * effect, in case a reader of the output has stalled. SIGUSR1 asks for the counts. SIGPIPE becomes
 * an error of the write.
 */
void signals_catch(void);

bool signals_stop_asked(void);

/* Whether counts are asked for since the last call. */
bool signals_counts_asked(void);

#endif
