/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IDENTITY_H
#define IDENTITY_H

/*
 * Numbers that tell kernel objects apart in a file without giving away their addresses: SipHash-2-4
 * (Aumasson, Bernstein 2012) of the address under a key that lives as long as the process.
 */

#include <stdint.h>

struct identity {
	uint64_t key[2];
};

/* Draws a key. Returns 0 or -errno. */
int identity_init(struct identity *identity);

uint64_t identity_of(const struct identity *identity, uint64_t address);

#endif
