// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "record_store.h"

#define BLOCK_BYTES  65536 /* after which a block is compressed */
#define RECORD_MAX   (16 << 20)
#define LEVEL	     1
#define CACHE_BLOCKS 4

/* Some records, each after its length in four bytes. */
struct block {
	size_t first; /* the index of its first record */
	void *compressed;
	size_t compressed_length, length;
};

struct cached_block {
	size_t number; /* of the block + 1; 0: none */
	uint8_t *bytes;
};

struct record_store {
	struct block *blocks;
	size_t block_count, block_capacity;
	size_t record_count;
	uint8_t *open; /* the block that records are added to */
	size_t open_length, open_capacity;
	size_t open_first;
	struct cached_block cache[CACHE_BLOCKS];
	size_t replaced; /* how often an entry of the cache was */
	ZSTD_CCtx *compressor;
	ZSTD_DCtx *decompressor;
};

struct record_store *record_store_new(void)
{
	struct record_store *store = calloc(1, sizeof(*store));

	if (!store)
		return NULL;
	store->compressor = ZSTD_createCCtx();
	store->decompressor = ZSTD_createDCtx();
	if (store->compressor && store->decompressor)
		return store;
	record_store_free(store);
	return NULL;
}

void record_store_free(struct record_store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->block_count; i++)
		free(store->blocks[i].compressed);
	for (size_t i = 0; i < CACHE_BLOCKS; i++)
		free(store->cache[i].bytes);
	free(store->blocks);
	free(store->open);
	ZSTD_freeCCtx(store->compressor);
	ZSTD_freeDCtx(store->decompressor);
	free(store);
}

static int grow_blocks(struct record_store *store)
{
	size_t capacity = store->block_capacity ? store->block_capacity * 2 : 16;
	struct block *blocks = reallocarray(store->blocks, capacity, sizeof(*blocks));

	if (!blocks)
		return -ENOMEM;
	store->blocks = blocks;
	store->block_capacity = capacity;
	return 0;
}

/* Compresses the open block into memory of its own. Returns 0 or -ENOMEM. */
static int compress_open(struct record_store *store, struct block *block)
{
	size_t bound = ZSTD_compressBound(store->open_length), length;
	void *bytes = malloc(bound), *exact;

	if (!bytes)
		return -ENOMEM;
	length = ZSTD_compressCCtx(store->compressor, bytes, bound, store->open, store->open_length,
				   LEVEL);
	if (ZSTD_isError(length)) { /* the buffer is large enough: it has no other reason */
		free(bytes);
		return -ENOMEM;
	}
	exact = malloc(length);
	if (!exact) {
		free(bytes);
		return -ENOMEM;
	}
	memcpy(exact, bytes, length);
	free(bytes);
	block->compressed = exact;
	block->compressed_length = length;
	return 0;
}

/* Begins a new block. */
static int close_block(struct record_store *store)
{
	struct block block = { .first = store->open_first, .length = store->open_length };

	if (store->block_count == store->block_capacity && grow_blocks(store))
		return -ENOMEM;
	if (compress_open(store, &block))
		return -ENOMEM;
	store->blocks[store->block_count++] = block;
	store->open_first = store->record_count;
	store->open_length = 0;
	return 0;
}

int record_store_add(struct record_store *store, const void *bytes, size_t length)
{
	uint32_t prefix = (uint32_t)length;
	size_t needed = store->open_length + sizeof(prefix) + length;

	if (length > RECORD_MAX)
		return -E2BIG;
	if (needed > store->open_capacity) {
		size_t capacity = needed > 2 * BLOCK_BYTES ? needed : 2 * BLOCK_BYTES;
		uint8_t *open = realloc(store->open, capacity);

		if (!open)
			return -ENOMEM;
		store->open = open;
		store->open_capacity = capacity;
	}
	memcpy(store->open + store->open_length, &prefix, sizeof(prefix));
	if (length)
		memcpy(store->open + store->open_length + sizeof(prefix), bytes, length);
	store->open_length = needed;
	store->record_count++;
	return needed < BLOCK_BYTES ? 0 : close_block(store);
}

/* Returns the block that has the record, which is not in the open one. */
static size_t find_block(const struct record_store *store, size_t index)
{
	size_t low = 0, high = store->block_count - 1;

	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;

		if (store->blocks[middle].first <= index)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* Returns the bytes of a block, decompressed; NULL: out of memory. */
static const uint8_t *load_block(struct record_store *store, size_t number)
{
	const struct block *block = &store->blocks[number];
	struct cached_block *cached;
	uint8_t *bytes;

	for (size_t i = 0; i < CACHE_BLOCKS; i++) {
		if (store->cache[i].number == number + 1)
			return store->cache[i].bytes;
	}
	bytes = malloc(block->length);
	if (!bytes ||
	    ZSTD_isError(ZSTD_decompressDCtx(store->decompressor, bytes, block->length,
					     block->compressed, block->compressed_length))) {
		free(bytes);
		return NULL;
	}
	cached = &store->cache[store->replaced++ % CACHE_BLOCKS];
	free(cached->bytes);
	*cached = (struct cached_block){ number + 1, bytes };
	return bytes;
}

int record_store_get(struct record_store *store, size_t index, const void **bytes, size_t *length)
{
	size_t at = store->open_first;
	const uint8_t *record = store->open;
	uint32_t prefix;

	if (index < store->open_first) {
		size_t number = find_block(store, index);

		at = store->blocks[number].first;
		record = load_block(store, number);
	}
	if (!record)
		return -ENOMEM;
	memcpy(&prefix, record, sizeof(prefix));
	for (; at < index; at++) {
		record += sizeof(prefix) + prefix;
		memcpy(&prefix, record, sizeof(prefix));
	}
	*bytes = record + sizeof(prefix);
	*length = prefix;
	return 0;
}
