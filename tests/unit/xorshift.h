/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XORSHIFT_H
#define XORSHIFT_H

#include <stdint.h>

/* The next random number; the state is not 0. The same start gives the same numbers everywhere. */
static inline uint64_t xorshift(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif
