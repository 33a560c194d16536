/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NOTIFY_H
#define NOTIFY_H

/*
 * The messages of a service to its manager (sd_notify(3), Type=notify), without its library. Where
 * there is no manager, nothing happens.
 */

/* Connects to the socket that NOTIFY_SOCKET names, while the process may. */
void notify_open(void);

/* Sends assignments with newlines between them, such as READY=1. */
void notify_send(const char *state);

#endif
