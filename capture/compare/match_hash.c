// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_hash.h"
#include "util/siphash.h"

void match_hash_init(struct match_hash *hash)
{
	struct siphash_key key = { { 0 } };

	siphash_draw_key(&key); /* without a key it is still a hash */
	for (uint64_t i = 0; i <= HASH_WORDS_MAX; i++)
		hash->multipliers[i] = siphash(&key, &i, sizeof(i));
}

uint32_t match_hash_words(const struct match_hash *hash, const uint32_t *words, size_t count)
{
	uint64_t sum = hash->multipliers[HASH_WORDS_MAX];

	for (size_t i = 0; i < count; i++)
		sum += hash->multipliers[i] * words[i];
	return (uint32_t)(sum >> 32);
}

int hash_table_resize(struct hash_table *table, uint32_t count)
{
	uint32_t size = 16;

	while (size / 2 < count) /* half full at most */
		size *= 2;
	hash_table_release(table);
	table->slots = calloc(size, sizeof(*table->slots));
	table->mask = size - 1;
	return table->slots ? 0 : -ENOMEM;
}

void hash_table_release(struct hash_table *table)
{
	free(table->slots);
	table->slots = NULL;
}
