/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_REASONS_H
#define SESSION_REASONS_H

/*
 * The reasons of a capture: the names of the running kernel, and those that the user has requested.
 */

#include "filter/filter.h"
#include "session.h"

/* Reads the names from the BTF. Returns 0, or -errno and the error. */
int session_open_reasons(struct session *session, struct error *error);

/*
 * Configures the kernel side for these reasons; an empty list means all. Returns 0, or -ENOENT or
 * -E2BIG and an error that names the reasons of this kernel.
 */
int session_choose_reasons(struct session *session, const struct filter_list *names,
			   struct error *error);

#endif
