// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "option_amount.h"
#include "util/number.h"

const struct option_unit option_times[] = {
	{ "s", 1 }, { "min", 60 }, { "h", 3600 }, { "d", 86400 }, { NULL, 0 },
};

bool option_take_amount(const char *text, const struct option_unit *units, uint64_t max,
			uint64_t *amount)
{
	const char *end = text;
	uint64_t number;

	if (!number_take(&end, &number))
		return false;
	for (; units->name; units++) {
		if (strcmp(end, units->name) == 0 && number <= max / units->factor) {
			*amount = number * units->factor;
			return true;
		}
	}
	return false;
}

int option_take_seconds(const char *option, const char *text, uint64_t min, uint64_t max,
			uint64_t *seconds, struct error *error)
{
	static const struct option_unit second[] = { { "", 1 }, { NULL, 0 } };
	uint64_t amount;

	if ((option_take_amount(text, second, max, &amount) ||
	     option_take_amount(text, option_times, max, &amount)) &&
	    amount >= min) {
		*seconds = amount;
		return 0;
	}
	return error_set(error, -EINVAL,
			 "%s: '%s' is not a time from %llu to %llu seconds: give a number of "
			 "seconds, or one with s, min, h or d",
			 option, text, (unsigned long long)min, (unsigned long long)max);
}
