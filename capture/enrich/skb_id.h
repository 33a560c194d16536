/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SKB_ID_H
#define SKB_ID_H

/*
 * Ids of packets for a file, which must not contain addresses of the kernel: SipHash-2-4 (Aumasson,
 * Bernstein 2012) of the address of the skb, under a random key of the process. Two packets that
 * have one address at different times have one id.
 */

#include <stdint.h>

#include "util/siphash.h"

uint64_t skb_id_of(const struct siphash_key *key, uint64_t address);

#endif
