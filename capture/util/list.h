/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIST_H
#define LIST_H

/* Comma-separated lists, as options have them. */

#include "error.h"

/*
 * Calls use for each item of the list. The option is named in the error. Returns what the first
 * failing call returned, -EINVAL for an empty item, -ENOMEM, or 0.
 */
int list_each(const char *option, const char *list,
	      int (*use)(void *context, const char *item, struct error *error), void *context,
	      struct error *error);

#endif
