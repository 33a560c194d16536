/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACCOUNT_HELPER_H
#define ACCOUNT_HELPER_H

/*
 * A process beside the capture that reads the counters for it, so that the capture itself, which
 * handles packets of strangers, can give up the capabilities that enter network namespaces. It
 * takes nothing but the request for a reading, and ends with the process that started it.
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
