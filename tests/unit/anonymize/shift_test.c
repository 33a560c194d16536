// SPDX-License-Identifier: GPL-2.0-or-later
#include "anonymize/shift.h"
#include "test.h"

TEST(ip_ids_are_a_permutation_that_keeps_0)
{
	static uint8_t seen[65536];

	for (uint32_t ip_id = 0; ip_id < 65536; ip_id++) {
		uint16_t to = shift_ip_id((uint16_t)ip_id, 54321);

		CHECK(!seen[to] && !to == !ip_id);
		seen[to] = 1;
	}
}

/* In all cases but where the IDs are counted past their end. */
TEST(differences_of_ip_ids_stay)
{
	CHECK(shift_ip_id(107, 1000) - shift_ip_id(100, 1000) == 7);
	CHECK(shift_ip_id(3, 65534) - shift_ip_id(2, 65534) == 1);
}

TEST(one_key_has_one_shift_and_another_one_has_another)
{
	const struct secret secret = { .key = "a key of thirty-two bytes, as it" };
	const struct secret other = { .key = "another key of thirty-two bytes." };
	struct shift first = shift_make(&secret), second = shift_make(&other);

	CHECK(first.sequence == shift_make(&secret).sequence);
	CHECK(first.sequence != second.sequence && first.timestamp != second.timestamp);
	CHECK(first.sequence != first.timestamp);
}
