// SPDX-License-Identifier: GPL-2.0-or-later
#include "checksum.h"

#define WRONG 0x5555 /* any difference but 0 and 0xffff, which are the same sum */

enum {
	IPV4_ADDRESSES_AT = 12,
	IPV6_ADDRESSES_AT = 8,
};

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

uint32_t checksum_add(uint32_t sum, const uint8_t *bytes, uint32_t length)
{
	uint64_t wide = sum;

	for (uint32_t i = 0; i + 1 < length; i += 2)
		wide += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	if (length % 2)
		wide += (uint32_t)(bytes[length - 1] << 8);
	while (wide >> 32)
		wide = (wide & 0xffffffff) + (wide >> 32);
	return fold((uint32_t)wide);
}

uint32_t checksum_pseudo(const uint8_t *ip, uint8_t protocol, uint32_t length)
{
	uint32_t sum = protocol + (length >> 16) + (length & 0xffff);

	if (ip[0] >> 4 == 4)
		return checksum_add(sum, ip + IPV4_ADDRESSES_AT, 8);
	return checksum_add(sum, ip + IPV6_ADDRESSES_AT, 32);
}

enum checksum_was checksum_look(uint32_t sum)
{
	return fold(sum) == 0xffff ? CHECKSUM_RIGHT : CHECKSUM_WRONG;
}

uint16_t checksum_make(uint32_t sum, enum checksum_was was)
{
	uint16_t checksum = (uint16_t)~fold(sum);

	return was == CHECKSUM_WRONG ? checksum ^ WRONG : checksum;
}
