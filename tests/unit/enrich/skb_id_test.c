// SPDX-License-Identifier: GPL-2.0-or-later
#include "enrich/skb_id.h"
#include "test.h"

/* Of the reference implementation's vectors_sip64, the entry for the eight bytes 00 to 07. */
TEST(identity_is_siphash_2_4)
{
	static const struct skb_id_key identity = { { 0x0706050403020100, 0x0f0e0d0c0b0a0908 } };
	static const uint8_t want[8] = { 0x62, 0x24, 0x93, 0x9a, 0x79, 0xf5, 0xf5, 0x93 };
	uint64_t got = skb_id_of(&identity, 0x0706050403020100);

	for (int i = 0; i < 8; i++)
		CHECK((uint8_t)(got >> (8 * i)) == want[i]);
}

TEST(same_address_has_the_same_identity)
{
	struct skb_id_key identity;

	CHECK(skb_id_init(&identity) == 0);
	CHECK(skb_id_of(&identity, 0xffff888012345678) == skb_id_of(&identity, 0xffff888012345678));
}

TEST(different_addresses_differ)
{
	struct skb_id_key identity = { { 1, 2 } };
	uint64_t seen[256];

	for (uint64_t i = 0; i < 256; i++) {
		seen[i] = skb_id_of(&identity, 0xffff888000000000 + i * 256);
		CHECK(seen[i] != 0xffff888000000000 + i * 256);
		for (uint64_t j = 0; j < i; j++)
			CHECK(seen[i] != seen[j]);
	}
}

TEST(different_keys_differ)
{
	struct skb_id_key a = { { 1, 2 } }, b = { { 1, 3 } }, c = { { 2, 2 } };
	uint64_t address = 0xffff888012345678;

	CHECK(skb_id_of(&a, address) != skb_id_of(&b, address));
	CHECK(skb_id_of(&a, address) != skb_id_of(&c, address));
	CHECK(skb_id_of(&b, address) != skb_id_of(&c, address));
}

TEST(keys_are_drawn_at_random)
{
	struct skb_id_key a = { { 0 } }, b = { { 0 } };

	CHECK(skb_id_init(&a) == 0 && skb_id_init(&b) == 0);
	CHECK(a.key[0] != b.key[0] && a.key[1] != b.key[1] && a.key[0] != a.key[1]);
}
