// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "shift.h"

#define IP_IDS 65535 /* from 1 */

struct shift shift_make(const struct secret *secret)
{
	uint8_t digest[DIGEST_BYTES];
	struct shift shift;

	secret_digest(secret, "offsets", "", 0, digest);
	memcpy(&shift.sequence, digest, 4);
	memcpy(&shift.timestamp, digest + 4, 4);
	memcpy(&shift.ip_id, digest + 8, 2);
	return shift;
}

uint16_t shift_ip_id(uint16_t ip_id, uint16_t offset)
{
	return ip_id ? (uint16_t)((ip_id - 1U + offset) % IP_IDS + 1) : 0;
}
