// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/siphash.h"
#include "test.h"

/*
 * The reference implementation's vectors_sip64 for messages of 0, 8 and 15 bytes: 00, 01, 02, ...
 */
TEST(hash_is_siphash_2_4)
{
	static const struct siphash_key key = { { 0x0706050403020100, 0x0f0e0d0c0b0a0908 } };
	static const struct {
		size_t length;
		uint64_t hash;
	} vectors[] = {
		{ 0, 0x726fdb47dd0e0e31 },
		{ 8, 0x93f5f5799a932462 },
		{ 15, 0xa129ca6149be45e5 },
	};
	uint8_t message[16];

	for (uint8_t i = 0; i < sizeof(message); i++)
		message[i] = i;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		CHECK(siphash(&key, message, vectors[i].length) == vectors[i].hash);
}

TEST(keys_are_random)
{
	struct siphash_key a = { { 0 } }, b = { { 0 } };

	CHECK(siphash_draw_key(&a) == 0 && siphash_draw_key(&b) == 0);
	CHECK(a.words[0] != b.words[0] && a.words[1] != b.words[1] && a.words[0] != a.words[1]);
}
