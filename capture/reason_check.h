/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REASON_CHECK_H
#define REASON_CHECK_H

/* The reasons that --reason and --trigger name, against those of the running kernel. */

#include "options.h"

/*
 * A capture by a reason that the kernel does not have would never show anything. Returns 0, also if
 * the reasons of the kernel cannot be read; -EINVAL and the error.
 */
int reason_check(const struct options *options, struct error *error);

#endif
