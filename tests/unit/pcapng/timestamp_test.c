// SPDX-License-Identifier: GPL-2.0-or-later
#include "pcapng/timestamp.h"
#include "test.h"

/* Returns the time in nanoseconds, or 1 if it is refused. */
static uint64_t ns(uint64_t units, uint8_t tsresol, int64_t offset_s)
{
	uint64_t time = 0;

	return timestamp_to_ns(units, tsresol, offset_s, &time) ? time : 1;
}

TEST(powers_of_ten_are_exact)
{
	CHECK(ns(3, 0, 0) == 3000000000);
	CHECK(ns(1600000000123456, 6, 0) == 1600000000123456000);
	CHECK(ns(1600000000123456789, 9, 0) == 1600000000123456789);
	CHECK(ns(UINT64_MAX, 9, 0) == UINT64_MAX);
}

TEST(finer_units_than_nanoseconds_are_cut_off)
{
	CHECK(ns(1999, 12, 0) == 1999 / 1000);
	CHECK(ns(UINT64_MAX, 18, 0) == 18446744073);
	CHECK(ns(UINT64_MAX, 28, 0) == 1); /* 10^19 of 1.8 * 10^19 */
	CHECK(ns(UINT64_MAX, 29, 0) == 0);
	CHECK(ns(UINT64_MAX, 127, 0) == 0);
}

TEST(powers_of_two_are_exact)
{
	CHECK(ns(1, 0x80, 0) == 1000000000);
	CHECK(ns(1, 0x81, 0) == 500000000);
	CHECK(ns(0x180000000, 0xa0, 0) == 1500000000); /* 2^-32, as in NTP */
	CHECK(ns(UINT64_MAX, 0xa0, 0) == 4294967295999999999);
	CHECK(ns(UINT64_MAX, 0xbf, 0) == 1999999999); /* 2^-63 */
	CHECK(ns(UINT64_MAX, 0xc0, 0) == 999999999);
	CHECK(ns(UINT64_MAX, 0xff, 0) == 0);
}

TEST(offset_moves_the_time_either_way)
{
	CHECK(ns(5, 0, 1600000000) == 1600000005000000000);
	CHECK(ns(5, 0, -3) == 2000000000);
	CHECK(ns(3, 0, -3) == 0);
}

TEST(time_that_64_bits_cannot_hold_is_refused)
{
	uint64_t time;

	CHECK(!timestamp_to_ns(2, 0, -3, &time));
	CHECK(timestamp_to_ns(18446744073, 0, 0, &time));
	CHECK(!timestamp_to_ns(18446744074, 0, 0, &time));
	CHECK(!timestamp_to_ns(UINT64_MAX, 0, INT64_MAX, &time));
	CHECK(!timestamp_to_ns(UINT64_MAX, 0x80, 0, &time));
	CHECK(!timestamp_to_ns(0, 6, INT64_MIN, &time));
	CHECK(timestamp_to_ns(UINT64_MAX, 9, 0, &time));
	CHECK(!timestamp_to_ns(UINT64_MAX, 9, 1, &time));
}

#ifdef __SIZEOF_INT128__
static bool convert_in_128_bits(uint64_t units, uint8_t tsresol, int64_t offset_s, uint64_t *ns)
{
	__int128 time = (__int128)units * 1000000000;

	if (tsresol & 0x80)
		time >>= tsresol & 0x7f;
	for (int i = 0; !(tsresol & 0x80) && i < tsresol; i++)
		time /= 10;
	time += (__int128)offset_s * 1000000000;
	*ns = (uint64_t)time;
	return time >= 0 && time <= UINT64_MAX;
}

/* Returns a random number of a random length. */
static uint64_t draw(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*state ^ *state << 32) >> (*state >> 58);
}

TEST(each_resolution_agrees_with_128_bits)
{
	uint64_t state = 1, ns = 0, expected = 0;
	unsigned int valid = 0;

	for (unsigned int i = 0; i < 400000; i++) {
		uint8_t tsresol = (uint8_t)i;
		uint64_t units = i % 1024 < 256 ? UINT64_MAX - draw(&state) : draw(&state);
		int64_t offset_s = (int64_t)draw(&state) * (i & 256 ? 1 : -1);
		bool fits;

		if (i & 512)
			offset_s %= 1000000000;
		fits = convert_in_128_bits(units, tsresol, offset_s, &expected);
		CHECK(timestamp_to_ns(units, tsresol, offset_s, &ns) == fits);
		CHECK(!fits || ns == expected);
		valid += fits;
	}
	CHECK(valid > 50000 && valid < 350000);
}
#endif
