// SPDX-License-Identifier: GPL-2.0-or-later
#include "count_interval.h"

struct count_interval count_interval_start(uint64_t length, uint64_t now)
{
	return (struct count_interval){ .length = length, .next = now + length };
}

bool count_interval_is_due(struct count_interval *interval, uint64_t now)
{
	if (!interval->length || now < interval->next)
		return false;
	interval->next += ((now - interval->next) / interval->length + 1) * interval->length;
	return true;
}
