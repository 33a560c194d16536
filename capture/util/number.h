/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NUMBER_H
#define NUMBER_H

/*
 * Decimal numbers of 64 bits in text from outside. Unlike strtoull(3), these accept no sign, no
 * space and no number that is too large.
 */

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads the digits at *cursor and moves *cursor after them. Returns false, with both unchanged, if
 * there is no digit, or if the number needs more than 64 bits.
 */
bool number_take(const char **cursor, uint64_t *number);

/* The same for a text that has to end after the digits. */
bool number_parse(const char *text, uint64_t *number);

#endif
