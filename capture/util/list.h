/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIST_H
#define LIST_H

/* Lists with commas, the arguments of options. */

#include "error.h"

/*
 * Calls use for each item of the list until a call fails. option is for the error. Returns 0; the
 * result of the call that failed; -EINVAL for an empty item; -ENOMEM.
 */
int list_each(const char *option, const char *list,
	      int (*use)(void *context, const char *item, struct error *error), void *context,
	      struct error *error);

#endif
