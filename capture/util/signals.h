/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIGNALS_H
#define SIGNALS_H

/* The requests that a user can send to a running command. */

#include <pthread.h>
#include <stdbool.h>

/*
 * After this call SIGINT, SIGTERM and SIGHUP request the end. One that follows a second later or
 * more has its default effect, in case the end takes too long; earlier ones are the same request
 * (timeout(1) sends two). SIGHUP stays ignored if it was. SIGUSR1 requests the counts. A write to a
 * closed pipe fails with EPIPE instead of SIGPIPE, one beyond the limit of file sizes with EFBIG
 * instead of SIGXFSZ.
 */
void signals_catch(void);

/* After this call, SIGUSR2 requests a dump of what a recorder has in memory. */
void signals_catch_dump(void);

/*
 * From now on SIGHUP requests the next file instead of the end, unless it is ignored. For a program
 * that no terminal controls: there it is a request, and not the end of the terminal.
 */
void signals_hangup_turns(void);

/* Returns whether the next file was requested since the last call. */
bool signals_turn_asked(void);

/* Returns whether the end was requested. */
bool signals_stop_asked(void);

/* Returns whether the counts were requested since the last call. */
bool signals_counts_asked(void);

/* The same of a dump. */
bool signals_dump_asked(void);

/*
 * Threads have all signals blocked (thread.h). After the first call, in a thread, the second one
 * makes a system call in which that thread waits fail with EINTR; if it waits in none, nothing
 * happens. The signal is SIGURG.
 */
void signals_allow_interrupt(void);
void signals_interrupt(pthread_t thread);

#endif
