/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event loop of a server of the lab and of tests/torture: accepts connections and calls back
 * when one is readable. The caller decides what to do with each.
 */
#ifndef TESTS_LIVE_ACCEPT_LOOP_H
#define TESTS_LIVE_ACCEPT_LOOP_H

#include <stdbool.h>

#define ACCEPT_LOOP_CONNECTIONS 1024 /* later ones are not accepted */

struct accept_loop {
	int listener; /* non-blocking if other processes share it */
	const void *context;

	/*
	 * A connection was accepted. Returns false if the callback has closed it. NULL: keep all.
	 */
	bool (*accepted)(const void *context, int fd);

	/*
	 * A connection has bytes, its end or an error. Returns false if the callback has closed it.
	 * NULL: connections are held, and never read.
	 */
	bool (*readable)(const void *context, int fd);
};

/* Runs until the process ends; exits with a message if poll() fails. */
_Noreturn void accept_loop(const struct accept_loop *loop);

#endif
