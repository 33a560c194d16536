/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef THREAD_H
#define THREAD_H

/*
 * Starts threads. All signals are blocked in them: a signal has to interrupt the main thread, which
 * may be waiting in a system call.
 */

#include <pthread.h>

/* Starts a thread that calls run(context). Returns 0 or -errno. The caller joins the thread. */
int thread_start(pthread_t *thread, void *(*run)(void *context), void *context);

#endif
