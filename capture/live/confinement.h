/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONFINEMENT_H
#define CONFINEMENT_H

/*
 * How a capture gives up its privileges. First it starts processes that do what it will no longer
 * be allowed to do. After the hooks are attached, it opens its output and gives up the other
 * privileges.
 */

#include "account/account_helper.h"
#include "options.h"

/*
 * Starts the processes. To be called while there is one thread. *counters becomes the process that
 * reads counters; NULL: no account is requested. Returns 0, or -errno and the error.
 */
int confinement_prepare(const struct options *options, struct account_helper **counters,
			struct error *error);

/*
 * Confines the capture. The output that -w names is held open (held.h). Returns 0, or -errno and
 * the error.
 */
int confinement_enter(const struct options *options, struct error *error);

#endif
