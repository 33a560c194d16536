/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACCOUNT_HELPER_H
#define ACCOUNT_HELPER_H

/*
 * A child process that reads the counters for the capture, so that the capture itself, which parses
 * packets from outside, can give up the capabilities for entering network namespaces. It accepts
 * only requests for a reading, and ends with the process that started it.
 */

#include "account_reading.h"
#include "util/confine.h"

struct account_helper;

/*
 * Starts it; the process must have one thread alone. netns_fd as in struct account_scope. Returns
 * NULL and errno.
 */
struct account_helper *account_helper_start(int netns_fd, const struct privilege_user *user);

/* Fills the reading, which is empty; waits for it, and for readings that others wait for. */
void account_helper_read(struct account_helper *helper, bool subtract,
			 struct account_reading *reading);

void account_helper_end(struct account_helper *helper); /* NULL is accepted */

#endif
