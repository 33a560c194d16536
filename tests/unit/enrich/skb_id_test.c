// SPDX-License-Identifier: GPL-2.0-or-later
#include "enrich/skb_id.h"
#include "test.h"

TEST(same_address_has_the_same_id)
{
	struct siphash_key skb_id;

	CHECK(siphash_draw_key(&skb_id) == 0);
	CHECK(skb_id_of(&skb_id, 0xffff888012345678) == skb_id_of(&skb_id, 0xffff888012345678));
}

TEST(different_addresses_differ)
{
	struct siphash_key skb_id = { { 1, 2 } };
	uint64_t seen[256];

	for (uint64_t i = 0; i < 256; i++) {
		seen[i] = skb_id_of(&skb_id, 0xffff888000000000 + i * 256);
		CHECK(seen[i] != 0xffff888000000000 + i * 256);
		for (uint64_t j = 0; j < i; j++)
			CHECK(seen[i] != seen[j]);
	}
}

TEST(different_keys_differ)
{
	struct siphash_key a = { { 1, 2 } }, b = { { 1, 3 } }, c = { { 2, 2 } };
	uint64_t address = 0xffff888012345678;

	CHECK(skb_id_of(&a, address) != skb_id_of(&b, address));
	CHECK(skb_id_of(&a, address) != skb_id_of(&c, address));
	CHECK(skb_id_of(&b, address) != skb_id_of(&c, address));
}
