/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONFINEMENT_H
#define CONFINEMENT_H

/*
 * How a capture gives up its privileges: processes beside it start first, which do what it will not
 * be allowed to do; after the hooks are attached, its output is opened and the rest given up.
 */

#include "account/account_helper.h"
#include "options.h"

/*
 * Starts the processes, while there is one thread. *counters: the one that reads counters; NULL:
 * no account is asked for. Returns 0, or -errno and the error.
 */
int confinement_prepare(const struct options *options, struct account_helper **counters,
			struct error *error);

/*
 * Confines the capture. The output that -w names is held open (held.h). Returns 0, or -errno and
 * the error.
 */
int confinement_enter(const struct options *options, struct error *error);

#endif
