/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIGNALS_H
#define SIGNALS_H

/* The requests that a user can send to a running command. */

#include <stdbool.h>

/*
 * After this call SIGINT, SIGTERM and SIGHUP request the end, each of them once: a second one has
 * its default effect, in case the end takes too long. SIGUSR1 requests the counts. A write to a
 * closed pipe fails with EPIPE instead of SIGPIPE.
 */
void signals_catch(void);

/* Returns whether the end was requested. */
bool signals_stop_asked(void);

/* Returns whether the counts were requested since the last call. */
bool signals_counts_asked(void);

#endif
