// SPDX-License-Identifier: GPL-2.0-or-later
#include "skb_id.h"

uint64_t skb_id_of(const struct siphash_key *key, uint64_t address)
{
	return siphash(key, &address, sizeof(address));
}
