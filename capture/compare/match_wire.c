// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_wire.h"

void wire_add_time(struct wire *wire, int64_t time)
{
	if (!wire->has_frames || time < wire->first)
		wire->first = time;
	if (!wire->has_frames || time > wire->last)
		wire->last = time;
	wire->has_frames = true;
}

void wire_add_missing(struct wire *wire, uint64_t count, const char *why)
{
	if (count && !wire->missing)
		wire->why_missing = why;
	wire->missing += count;
}

bool wire_covers(const struct wire *wire, int64_t time)
{
	return wire->has_frames && wire->first <= time && time <= wire->last;
}
