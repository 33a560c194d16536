/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SKB_ID_H
#define SKB_ID_H

/*
 * Ids of packets in files, which must not contain addresses of the kernel: SipHash-2-4 of the
 * address of the skb, with a random key of the process. Two packets that have the same address at
 * different times have the same id.
 */

#include <stdint.h>

#include "util/siphash.h"

/* Returns the id of the skb at that address. */
uint64_t skb_id_of(const struct siphash_key *key, uint64_t address);

#endif
