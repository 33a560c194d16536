/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NOTIFY_H
#define NOTIFY_H

/*
 * The messages of a service to its manager (sd_notify(3), Type=notify), without libsystemd. Without
 * a manager, the calls do nothing.
 */

/*
 * Connects to the socket that NOTIFY_SOCKET names. To be called before the process gives up the
 * right to do so.
 */
void notify_open(void);

/* Sends assignments such as READY=1, separated by newlines. A failure is ignored. */
void notify_send(const char *state);

#endif
