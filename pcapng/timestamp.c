// SPDX-License-Identifier: GPL-2.0-or-later
#include "timestamp.h"

enum {
	NS_PER_S = 1000000000,
	NS_EXPONENT = 9,
	LARGEST_POWER = 19, /* 10^19 is the last one in 64 bits */
	POWER_OF_TWO = 0x80,
};

static uint64_t power_of_ten(unsigned int exponent)
{
	uint64_t power = 1;

	while (exponent--)
		power *= 10;
	return power;
}

/* A time as whole seconds, and the rest in nanoseconds. */
struct split_time {
	uint64_t seconds;
	uint64_t ns;
};

static struct split_time split_decimal(uint64_t units, unsigned int exponent)
{
	struct split_time time = { 0, 0 };
	uint64_t rest = units;

	if (exponent <= LARGEST_POWER) {
		time.seconds = units / power_of_ten(exponent);
		rest = units % power_of_ten(exponent);
	}
	if (exponent <= NS_EXPONENT)
		time.ns = rest * power_of_ten(NS_EXPONENT - exponent);
	else if (exponent - NS_EXPONENT <= LARGEST_POWER)
		time.ns = rest / power_of_ten(exponent - NS_EXPONENT);
	return time;
}

/* The rest times 10^9 may need 94 bits, so its halves are multiplied separately. */
static struct split_time split_binary(uint64_t units, unsigned int exponent)
{
	struct split_time time = { 0, 0 };
	uint64_t rest = units, upper, lower;

	if (exponent < 64) {
		time.seconds = units >> exponent;
		rest = units & ((1ULL << exponent) - 1);
	}
	upper = (rest >> 32) * NS_PER_S;
	lower = (rest & UINT32_MAX) * NS_PER_S;
	if (exponent < 32) /* then upper is 0 */
		time.ns = lower >> exponent;
	else if (exponent < 32 + 64)
		time.ns = (upper + (lower >> 32)) >> (exponent - 32);
	return time;
}

/* Adds the offset to the seconds. Returns false where the sum is negative or wraps. */
static bool add_offset(uint64_t *seconds, int64_t offset_s)
{
	uint64_t sum = *seconds + (uint64_t)offset_s;
	bool wraps = offset_s < 0 ? sum > *seconds : sum < *seconds;

	*seconds = sum;
	return !wraps;
}

/* Uses 64-bit arithmetic only: compilers for 32-bit targets have no wider type. */
bool timestamp_to_ns(uint64_t units, uint8_t tsresol, int64_t offset_s, uint64_t *ns)
{
	unsigned int exponent = tsresol & ~POWER_OF_TWO;
	struct split_time time = tsresol & POWER_OF_TWO ? split_binary(units, exponent)
							: split_decimal(units, exponent);

	if (!add_offset(&time.seconds, offset_s) || time.seconds > UINT64_MAX / NS_PER_S ||
	    time.ns > UINT64_MAX - time.seconds * NS_PER_S)
		return false;
	*ns = time.seconds * NS_PER_S + time.ns;
	return true;
}
