/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

/* Numbers that follow from a seed, the same on every machine (splitmix64). */

#include <stdbool.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* In [low, high]. */
static inline int64_t random_in(struct random *random, int64_t low, int64_t high)
{
	return low + (int64_t)(random_next(random) % (uint64_t)(high - low + 1));
}

/* True so many times in a million. */
static inline bool random_ppm(struct random *random, uint32_t ppm)
{
	return random_next(random) % 1000000 < ppm;
}

#endif
