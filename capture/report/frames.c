// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "frames.h"

bool frames_next(const char **cursor, const char **frame, size_t *length)
{
	const char *start = *cursor, *end = strchrnul(start, '\n');

	if (!*start)
		return false;
	while (start < end && *start == ' ')
		start++;
	*frame = start;
	*length = (size_t)(end - start);
	*cursor = *end ? end + 1 : end;
	return true;
}
