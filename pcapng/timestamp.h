/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TIMESTAMP_H
#define TIMESTAMP_H

/* Converts timestamps from the unit of an interface to nanoseconds. Pure. */

#include <stdbool.h>
#include <stdint.h>

/*
 * tsresol is the value of if_tsresol (draft section 4.2): the unit is a power of ten, or of two if
 * the top bit is set. A fraction of a nanosecond is cut off. Returns false for a time that 64 bits
 * of nanoseconds since the epoch cannot hold: before 1970, or after July 2554.
 */
bool timestamp_to_ns(uint64_t units, uint8_t tsresol, int64_t offset_s, uint64_t *ns);

#endif
