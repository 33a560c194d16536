// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <sys/random.h>

#include "skb_id.h"

int skb_id_init(struct skb_id_key *identity)
{
	ssize_t length = getrandom(identity->key, sizeof(identity->key), 0);

	if (length < 0)
		return -errno;
	return length == sizeof(identity->key) ? 0 : -EIO;
}

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_rounds(uint64_t v[4], int rounds)
{
	while (rounds--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] = rotate(v[2], 32);
	}
}

uint64_t skb_id_of(const struct skb_id_key *identity, uint64_t address)
{
	const uint64_t *key = identity->key;
	uint64_t words[2] = { address, 8ULL << 56 }; /* the message, then its length in bytes */
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575ULL, key[1] ^ 0x646f72616e646f6dULL,
			  key[0] ^ 0x6c7967656e657261ULL, key[1] ^ 0x7465646279746573ULL };

	for (int i = 0; i < 2; i++) {
		v[3] ^= words[i];
		sip_rounds(v, 2);
		v[0] ^= words[i];
	}
	v[2] ^= 0xff;
	sip_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
