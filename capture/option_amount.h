/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTION_AMOUNT_H
#define OPTION_AMOUNT_H

/* Numbers with a unit after them, as arguments of options: times and sizes. */

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

#define OPTION_SECONDS_MAX 315360000 /* ten years */

struct option_unit {
	const char *name; /* NULL: the end of a list */
	uint64_t factor;
};

/* s, min, h and d, in seconds. m is none of them: of a size, it is a mebibyte. */
extern const struct option_unit option_times[];

/*
 * Returns whether the text is a number with one of these units after it, and the product is at most
 * max; otherwise *amount is unchanged.
 */
bool option_take_amount(const char *text, const struct option_unit *units, uint64_t max,
			uint64_t *amount);

/*
 * The same for an option whose argument is a time, in seconds if it is a number alone. Returns 0,
 * or -EINVAL and the error, which begins with the name of the option.
 */
int option_take_seconds(const char *option, const char *text, uint64_t min, uint64_t max,
			uint64_t *seconds, struct error *error);

#endif
