// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>

#include "hash.h"
#include "siphash.h"

unsigned int hash_bytes(const void *bytes, size_t length)
{
	static struct siphash_key key;
	static bool drawn;

	if (!drawn) {
		drawn = true;
		siphash_draw_key(&key); /* if it fails, the key is 0 */
	}
	return (unsigned int)siphash(&key, bytes, length);
}
