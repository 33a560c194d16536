/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef THREAD_H
#define THREAD_H

/*
 * Threads beside the main one. They run with all signals blocked: a signal has to interrupt the
 * main thread, which may be waiting in a system call.
 */

#include <pthread.h>

/* Returns 0, or -errno; the caller joins the thread. */
int thread_start(pthread_t *thread, void *(*run)(void *context), void *context);

#endif
