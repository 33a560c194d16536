// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

int list_each(const char *option, const char *list,
	      int (*use)(void *context, const char *item, struct error *error), void *context,
	      struct error *error)
{
	char *copy = strdup(list), *rest = copy, *item;
	int err = copy ? 0 : error_set(error, -ENOMEM, "out of memory");

	while (!err && (item = strsep(&rest, ","))) {
		if (!*item)
			err = error_set(error, -EINVAL, "%s: '%s' has an empty item", option, list);
		else
			err = use(context, item, error);
	}
	free(copy);
	return err;
}
