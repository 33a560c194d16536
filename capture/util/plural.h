/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLURAL_H
#define PLURAL_H

#include <stdint.h>

/* The end of a regular noun after this number: "1 event", "0 events", "2 events". */
static inline const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

#endif
