// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "number.h"

bool number_take(const char **cursor, uint64_t *number)
{
	unsigned long long value;
	char *end;

	if (**cursor < '0' || **cursor > '9')
		return false;
	errno = 0;
	value = strtoull(*cursor, &end, 10);
	if (errno)
		return false;
	*cursor = end;
	*number = value;
	return true;
}

bool number_parse(const char *text, uint64_t *number)
{
	const char *cursor = text;
	uint64_t value;

	if (!number_take(&cursor, &value) || *cursor)
		return false;
	*number = value;
	return true;
}
