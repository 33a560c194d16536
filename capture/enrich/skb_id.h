/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SKB_ID_H
#define SKB_ID_H

/*
 * Numbers that tell kernel objects apart in a file without giving away their addresses: SipHash-2-4
 * (Aumasson, Bernstein 2012) of the address under a key that lives as long as the process.
 */

#include <stdint.h>

#include "util/siphash.h"

uint64_t skb_id_of(const struct siphash_key *key, uint64_t address);

#endif
