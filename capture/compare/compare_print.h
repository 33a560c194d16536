/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMPARE_PRINT_H
#define COMPARE_PRINT_H

#include <stdio.h>

#include "compare.h"

struct compare_form {
	bool json;
	bool lines; /* without json: a line for each event before the table of verdicts */
};

/*
 * Prints the verdicts: as a table, after a line for each event if the form has lines; or as JSON,
 * an object for each event and one for all. Returns 0 or -errno.
 */
int compare_print(struct compare *compare, struct compare_form form, FILE *out);

#endif
