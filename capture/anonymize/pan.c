// SPDX-License-Identifier: GPL-2.0-or-later
#include <nettle/aes.h>
#include <stdlib.h>
#include <string.h>

#include "pan.h"

struct pan {
	struct aes128_ctx aes;
	uint8_t pad[AES_BLOCK_SIZE];
	bool keep_private;
};

/* Addresses with this prefix keep this number of bits. */
struct range {
	uint8_t first[16];
	uint8_t bits;
	uint8_t kept;
	bool private;
};

/* Special-purpose addresses (RFC 6890). The longest prefix comes first. */
static const struct range ipv4_ranges[] = {
	{ { 0 }, 32, 32, false },	 { { 255, 255, 255, 255 }, 32, 32, false },
	{ { 169, 254 }, 16, 16, false }, { { 192, 168 }, 16, 16, true },
	{ { 172, 16 }, 12, 12, true },	 { { 100, 64 }, 10, 10, true },
	{ { 0 }, 8, 8, false },		 { { 10 }, 8, 8, true },
	{ { 127 }, 8, 32, false },	 { { 224 }, 4, 32, false },
	{ { 240 }, 4, 4, false },
};

/*
 * fd00::/8 and fc00::/8 are two ranges, because a bit of the prefix has a meaning. fe80::/64 has
 * all link-local addresses that are in use.
 */
static const struct range ipv6_ranges[] = {
	{ { 0 }, 128, 128, false },
	{ { [15] = 1 }, 128, 128, false },
	{ { 0xfe, 0x80 }, 64, 64, false },
	{ { 0xff, 0x00 }, 12, 128, false }, /* well-known groups (RFC 4291, section 2.7) */
	{ { 0xfe, 0x80 }, 10, 10, false },
	{ { 0xfc }, 8, 8, true },
	{ { 0xfd }, 8, 8, true },
	{ { 0xff }, 8, 16, false }, /* others may contain the prefix of a network (RFC 3306) */
	{ { 0x20 }, 3, 3, false },  /* global unicast */
};

struct pan *pan_new(const uint8_t key[SECRET_BYTES], bool keep_private)
{
	struct pan *pan = calloc(1, sizeof(*pan));

	if (!pan)
		return NULL;
	aes128_set_encrypt_key(&pan->aes, key);
	aes128_encrypt(&pan->aes, sizeof(pan->pad), pan->pad, key + AES128_KEY_SIZE);
	pan->keep_private = keep_private;
	return pan;
}

void pan_free(struct pan *pan)
{
	free(pan);
}

static uint8_t bit_of(const uint8_t *bytes, unsigned int bit)
{
	return bytes[bit / 8] >> (7 - bit % 8) & 1;
}

/*
 * Bit n is flipped by the first bit of the encrypted block that begins with the n bits before it,
 * and goes on with the pad.
 */
void pan_bits(const struct pan *pan, uint8_t *address, unsigned int bytes, unsigned int kept)
{
	uint8_t from[16], block[AES_BLOCK_SIZE], random[AES_BLOCK_SIZE];

	memcpy(from, address, bytes);
	for (unsigned int bit = kept; bit < bytes * 8; bit++) {
		memcpy(block, pan->pad, sizeof(block));
		memcpy(block, from, bit / 8);
		if (bit % 8) {
			uint8_t mask = (uint8_t)(0xff00 >> bit % 8);

			block[bit / 8] = (uint8_t)((from[bit / 8] & mask) |
						   (pan->pad[bit / 8] & (uint8_t)~mask));
		}
		aes128_encrypt(&pan->aes, sizeof(block), random, block);
		address[bit / 8] ^= (uint8_t)(bit_of(random, 0) << (7 - bit % 8));
	}
}

static bool is_in(const struct range *range, const uint8_t *address)
{
	unsigned int whole = range->bits / 8, rest = range->bits % 8;

	if (memcmp(range->first, address, whole) != 0)
		return false;
	return !rest || !((range->first[whole] ^ address[whole]) >> (8 - rest));
}

static const struct range *find(const struct range *ranges, size_t count, const uint8_t *address)
{
	for (size_t i = 0; i < count; i++) {
		if (is_in(&ranges[i], address))
			return &ranges[i];
	}
	return NULL;
}

/*
 * An address outside of all ranges whose pseudonym would be inside one has the pseudonym of that:
 * a permutation comes to one outside, since it comes back to the address itself.
 */
static void map(const struct pan *pan, const struct range *ranges, size_t count, uint8_t *address,
		unsigned int bytes)
{
	const struct range *range = find(ranges, count, address);

	if (range && range->private && pan->keep_private)
		return;
	if (range) {
		pan_bits(pan, address, bytes, range->kept);
		return;
	}
	do {
		pan_bits(pan, address, bytes, 0);
	} while (find(ranges, count, address));
}

void pan_ipv4(struct pan *pan, uint8_t address[4])
{
	map(pan, ipv4_ranges, sizeof(ipv4_ranges) / sizeof(ipv4_ranges[0]), address, 4);
}

/* IPv4-mapped addresses (RFC 4291), and those of NAT64 (RFC 6052). */
static bool has_ipv4(const uint8_t *address)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };

	return memcmp(address, mapped, 12) == 0 || memcmp(address, nat64, 12) == 0;
}

void pan_ipv6(struct pan *pan, uint8_t address[16])
{
	static const uint8_t solicited[13] = { 0xff, 0x02, [11] = 1, [12] = 0xff };

	if (has_ipv4(address)) {
		pan_ipv4(pan, address + 12);
		return;
	}
	/* The group of a neighbour solicitation ends with bits of the unicast address. */
	if (memcmp(address, solicited, sizeof(solicited)) == 0)
		memset(address + 13, 0, 3);
	map(pan, ipv6_ranges, sizeof(ipv6_ranges) / sizeof(ipv6_ranges[0]), address, 16);
	/* An address that is not IPv4 in IPv6 never becomes one. */
	while (has_ipv4(address))
		map(pan, ipv6_ranges, sizeof(ipv6_ranges) / sizeof(ipv6_ranges[0]), address, 16);
}
