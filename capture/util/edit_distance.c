// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "edit_distance.h"

static unsigned int smaller(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* cells[i][j] is the distance between the first i letters of a and the first j of b. */
unsigned int edit_distance(const char *a, const char *b)
{
	unsigned int cells[EDIT_WORD_MAX + 1][EDIT_WORD_MAX + 1];
	size_t rows = strlen(a), columns = strlen(b);

	if (rows > EDIT_WORD_MAX || columns > EDIT_WORD_MAX)
		return UINT_MAX;
	for (size_t i = 0; i <= rows; i++) {
		for (size_t j = 0; j <= columns; j++) {
			unsigned int *cell = &cells[i][j];

			if (!i || !j) {
				*cell = (unsigned int)(i + j);
				continue;
			}
			*cell = cells[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			*cell = smaller(*cell, smaller(cells[i - 1][j], cells[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				*cell = smaller(*cell, cells[i - 2][j - 2] + 1);
		}
	}
	return cells[rows][columns];
}
