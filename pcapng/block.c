// SPDX-License-Identifier: GPL-2.0-or-later
#include "block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPT_ENDOFOPT = 0,
	OPTION_HEAD = 4, /* code and length */
	FIRST_CAPACITY = 64 << 10,
};

/*
 * Doubles the buffer until it has room. It never shrinks, so that a capture soon stops allocating.
 */
static int grow(struct block_buffer *buffer, size_t length)
{
	size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
	unsigned char *bytes;

	while (capacity - buffer->length < length)
		capacity *= 2;
	bytes = realloc(buffer->bytes, capacity);
	if (!bytes)
		return -ENOMEM;
	buffer->bytes = bytes;
	buffer->capacity = capacity;
	return 0;
}

/*
 * Returns where the next bytes of the open block are to be written; NULL after an error. This is
 * the only check of a length. The open block stays under the limit, so neither the subtraction nor
 * the doubling above can wrap, for any length. Inline, because most additions are a few bytes.
 */
static inline __attribute__((always_inline)) unsigned char *extend(struct block_buffer *buffer,
								   size_t length)
{
	unsigned char *at;

	if (buffer->error)
		return NULL;
	if (length >= BLOCK_BYTES_LIMIT - (buffer->length - buffer->start))
		buffer->error = -EINVAL;
	else if (length > buffer->capacity - buffer->length)
		buffer->error = grow(buffer, length);
	if (buffer->error)
		return NULL;
	at = buffer->bytes + buffer->length;
	buffer->length += length;
	return at;
}

static void store_u16(const struct block_buffer *buffer, unsigned char *at, uint16_t value)
{
	if (buffer->swapped)
		value = __builtin_bswap16(value);
	memcpy(at, &value, sizeof(value));
}

static void store_u32(const struct block_buffer *buffer, unsigned char *at, uint32_t value)
{
	if (buffer->swapped)
		value = __builtin_bswap32(value);
	memcpy(at, &value, sizeof(value));
}

void block_put_u16(struct block_buffer *buffer, uint16_t value)
{
	unsigned char *at = extend(buffer, sizeof(value));

	if (at)
		store_u16(buffer, at, value);
}

void block_put_u32s(struct block_buffer *buffer, const uint32_t *values, size_t count)
{
	unsigned char *at = extend(buffer, count * sizeof(*values));

	for (size_t i = 0; at && i < count; i++)
		store_u32(buffer, at + i * sizeof(*values), values[i]);
}

void block_put_u32(struct block_buffer *buffer, uint32_t value)
{
	block_put_u32s(buffer, &value, 1);
}

void block_put_u64(struct block_buffer *buffer, uint64_t value)
{
	unsigned char *at = extend(buffer, sizeof(value));

	if (buffer->swapped)
		value = __builtin_bswap64(value);
	if (at)
		memcpy(at, &value, sizeof(value));
}

void block_begin(struct block_buffer *buffer, uint32_t type)
{
	const uint32_t head[] = { type, 0 }; /* the total length; block_end sets it */

	buffer->start = buffer->length;
	buffer->error = 0;
	block_put_u32s(buffer, head, 2);
}

void block_put_raw(struct block_buffer *buffer, const void *bytes, size_t length)
{
	unsigned char *at = extend(buffer, length);

	if (at && length)
		memcpy(at, bytes, length);
}

/* Returns the length with its padding. extend() refuses one that is too long for any block. */
static size_t padded(size_t length)
{
	return length < BLOCK_BYTES_LIMIT ? (length + 3) & ~(size_t)3 : length;
}

/* Writes the bytes and their padding. The bytes of an empty value may be NULL. */
static void put_padded(unsigned char *at, const void *bytes, size_t length)
{
	if (!length)
		return;
	memset(at + padded(length) - 4, 0, 4);
	memcpy(at, bytes, length);
}

void block_put_bytes(struct block_buffer *buffer, const void *bytes, size_t length)
{
	unsigned char *at = extend(buffer, padded(length));

	if (at)
		put_padded(at, bytes, length);
}

/* Swaps the byte order of numbers of that width; width 0: the value is not numbers. */
static void swap_numbers(unsigned char *at, size_t length, size_t width)
{
	if (!width || length % width)
		return;
	for (size_t start = 0; start < length; start += width) {
		for (size_t i = 0; i < width / 2; i++) {
			unsigned char byte = at[start + i];

			at[start + i] = at[start + width - 1 - i];
			at[start + width - 1 - i] = byte;
		}
	}
}

static void put_option(struct block_buffer *buffer, const struct pcapng_option *option)
{
	unsigned char *at = extend(buffer, OPTION_HEAD + padded(option->length));

	if (!at)
		return;
	store_u16(buffer, at, option->code);
	store_u16(buffer, at + 2, option->length);
	put_padded(at + OPTION_HEAD, option->value, option->length);
	if (buffer->swapped)
		swap_numbers(at + OPTION_HEAD, option->length, option->width);
}

void block_put_options(struct block_buffer *buffer, struct pcapng_options options)
{
	for (size_t i = 0; i < options.count; i++) {
		const struct pcapng_option *option = &options.list[i];

		/* An opt_endofopt would hide the options after it. */
		if (option->code == OPT_ENDOFOPT && !buffer->error)
			buffer->error = -EINVAL;
		put_option(buffer, option);
	}
	if (options.count)
		block_put_u32(buffer, OPT_ENDOFOPT); /* and its length, 0 */
}

int block_end(struct block_buffer *buffer)
{
	uint32_t total = buffer->length - buffer->start + sizeof(total);

	block_put_u32(buffer, total);
	if (buffer->error) {
		buffer->length = buffer->start;
		return buffer->error;
	}
	block_patch_u32(buffer, sizeof(uint32_t), total);
	return 0;
}

void block_patch_u16(struct block_buffer *buffer, size_t at, uint16_t value)
{
	store_u16(buffer, buffer->bytes + buffer->start + at, value);
}

void block_patch_u32(struct block_buffer *buffer, size_t at, uint32_t value)
{
	store_u32(buffer, buffer->bytes + buffer->start + at, value);
}

void block_buffer_clear(struct block_buffer *buffer)
{
	buffer->length = 0;
}

void block_buffer_release(struct block_buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct block_buffer){ 0 };
}

static const uint8_t *take(struct block_cursor *cursor, size_t length)
{
	const uint8_t *at = cursor->at;

	if (cursor->failed || length > cursor->left) {
		cursor->failed = true;
		return NULL;
	}
	cursor->at += length;
	cursor->left -= length;
	return at;
}

uint16_t block_get_u16(struct block_cursor *cursor)
{
	const uint8_t *at = take(cursor, sizeof(uint16_t));
	uint16_t value = 0;

	if (at)
		memcpy(&value, at, sizeof(value));
	return cursor->swapped ? __builtin_bswap16(value) : value;
}

uint32_t block_get_u32(struct block_cursor *cursor)
{
	const uint8_t *at = take(cursor, sizeof(uint32_t));
	uint32_t value = 0;

	if (at)
		memcpy(&value, at, sizeof(value));
	return cursor->swapped ? __builtin_bswap32(value) : value;
}

uint64_t block_get_u64(struct block_cursor *cursor)
{
	const uint8_t *at = take(cursor, sizeof(uint64_t));
	uint64_t value = 0;

	if (at)
		memcpy(&value, at, sizeof(value));
	return cursor->swapped ? __builtin_bswap64(value) : value;
}

const uint8_t *block_get_bytes(struct block_cursor *cursor, size_t length)
{
	const uint8_t *at = take(cursor, length);

	take(cursor, -length & 3);
	return cursor->failed ? NULL : at;
}

int block_get_option(struct block_cursor *cursor, struct pcapng_option *option)
{
	struct block_cursor ahead = *cursor;

	if (!cursor->left)
		return 0;
	option->code = block_get_u16(&ahead);
	option->length = block_get_u16(&ahead);
	option->width = 0;
	if (!ahead.failed && option->code == OPT_ENDOFOPT)
		return 0;
	option->value = block_get_bytes(&ahead, option->length);
	if (ahead.failed)
		return -EINVAL;
	*cursor = ahead;
	return 1;
}
