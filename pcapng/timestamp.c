// SPDX-License-Identifier: GPL-2.0-or-later
#include "timestamp.h"

enum {
	NS_PER_S = 1000000000,
	NS_EXPONENT = 9,
	POWER_OF_TWO = 0x80,
};

static uint64_t power_of_ten(unsigned int exponent)
{
	uint64_t power = 1;

	while (exponent--)
		power *= 10;
	return power;
}

/* 64 bits times 10^9 are 94: nothing here can wrap. */
bool timestamp_to_ns(uint64_t units, uint8_t tsresol, int64_t offset_s, uint64_t *ns)
{
	unsigned int exponent = tsresol & ~POWER_OF_TWO;
	__int128 time = units;

	if (tsresol & POWER_OF_TWO)
		time = time * NS_PER_S >> exponent;
	else if (exponent <= NS_EXPONENT)
		time *= power_of_ten(NS_EXPONENT - exponent);
	else if (exponent < NS_EXPONENT + 20) /* 10^19 is the last in 64 bits */
		time /= power_of_ten(exponent - NS_EXPONENT);
	else
		time = 0;
	time += (__int128)offset_s * NS_PER_S;
	if (time < 0 || time > UINT64_MAX)
		return false;
	*ns = (uint64_t)time;
	return true;
}
