/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_HASH_H
#define MATCH_HASH_H

/*
 * Hash tables of numbers: entries are indexes into an array of the caller, so that an entry costs 8
 * to 16 bytes where one of util/hash.h costs 56 and more; there is one for almost each event. Keys
 * are hashed by random multipliers (strongly universal, Dietzfelbinger 1996), so that a file cannot
 * be made whose keys collide.
 */

#include <stddef.h>
#include <stdint.h>

#define HASH_WORDS_MAX 10

struct match_hash {
	uint64_t multipliers[HASH_WORDS_MAX + 1];
};

/* Zero-initialized is a table of nothing, in which no entry may be looked for. */
struct hash_table {
	uint32_t *slots; /* an index + 1; 0: free */
	uint32_t mask;
};

/* Draws the multipliers. */
void match_hash_init(struct match_hash *hash);

/* Returns the hash of at most HASH_WORDS_MAX words. */
uint32_t match_hash_words(const struct match_hash *hash, const uint32_t *words, size_t count);

/* Empties the table and makes room for that many entries. Returns 0 or -ENOMEM. */
int hash_table_resize(struct hash_table *table, uint32_t count);
void hash_table_release(struct hash_table *table);

/* The slots where an entry of this hash may be: start at the first, end at a free one. */
static inline uint32_t *hash_table_first(const struct hash_table *table, uint32_t hash)
{
	return &table->slots[hash & table->mask];
}

static inline uint32_t *hash_table_next(const struct hash_table *table, const uint32_t *slot)
{
	return &table->slots[(uint32_t)(slot - table->slots + 1) & table->mask];
}

#endif
