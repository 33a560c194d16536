/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIGNALS_H
#define SIGNALS_H

/* The requests that a user can send to a running command. */

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * After this call, SIGINT, SIGTERM and SIGHUP request the end. A further one has its default effect
 * if it comes a second later or more, in case the end takes too long; before that, it belongs to
 * the same request (timeout(1) sends two). SIGHUP stays ignored if it was ignored. SIGUSR1 requests
 * the counts. A write to a closed pipe fails with EPIPE instead of causing SIGPIPE, and one beyond
 * the limit of file sizes fails with EFBIG instead of causing SIGXFSZ.
 */
void signals_catch(void);

/*
 * After this call, a further request to end has no default effect, but is noted as repeated: for a
 * process that has something to remove, and never takes long to notice it.
 */
void signals_note_repeated(void);

/*
 * As fork(2), for a child that becomes another program. In it, requests to end have this action,
 * SIG_DFL or SIG_IGN, from its first moment on, so that none is lost. SIGHUP stays ignored if it
 * was ignored.
 */
pid_t signals_fork(void (*action)(int));

/*
 * Returns a descriptor to which each request is an event of edge-triggered epoll, so that one that
 * arrives just before the wait ends it, too. -1: there is none. It need not be read.
 */
int signals_fd(void);

/* After this call, SIGUSR2 requests a dump of what a recorder has in memory. */
void signals_catch_dump(void);

/*
 * After this call, SIGHUP requests the next file instead of the end, unless it is ignored. For a
 * program without a controlling terminal, to which the kernel sends no SIGHUP by itself.
 */
void signals_rotate_on_hangup(void);

/* Returns whether the next file was requested since the last call. */
bool signals_rotate_asked(void);

/* Returns whether the end was requested. */
bool signals_stop_asked(void);

/* Returns whether it was requested again, a second later or more; see signals_note_repeated(). */
bool signals_stop_repeated(void);

/* Returns whether the counts were requested since the last call. */
bool signals_counts_asked(void);

/* Returns whether a dump was requested since the last call. */
bool signals_dump_asked(void);

/*
 * All signals are blocked in threads (thread.h). A thread that has called
 * signals_allow_interrupt() can be interrupted: signals_interrupt() makes the system call in which
 * it waits fail with EINTR, and does nothing if it does not wait. The signal is SIGURG.
 */
void signals_allow_interrupt(void);
void signals_interrupt(pthread_t thread);

#endif
