/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIPHASH_H
#define SIPHASH_H

/* SipHash-2-4 (Aumasson, Bernstein 2012): a hash that cannot be predicted without its key. */

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t words[2];
};

/* Fills *key with random bytes. Returns 0 or -errno. */
int siphash_draw_key(struct siphash_key *key);

/* Returns the hash of the bytes. */
uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t length);

#endif
