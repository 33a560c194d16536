/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIST_H
#define LIST_H

/* The arguments of options that are lists, separated by commas. */

#include "error.h"

/*
 * Calls use() for each item of the list until a call fails. option is the name of the option in
 * errors. Returns 0; the result of the call that failed; or, with the error, -EINVAL for an empty
 * item and -ENOMEM.
 */
int list_each(const char *option, const char *list,
	      int (*use)(void *context, const char *item, struct error *error), void *context,
	      struct error *error);

#endif
