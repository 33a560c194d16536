// SPDX-License-Identifier: GPL-2.0-or-later
#include "block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPT_ENDOFOPT = 0,
	FIRST_CAPACITY = 64 << 10,
};

/* Doubles the buffer, which is reused and never shrunk: a capture soon stops to allocate. */
static int reserve(struct block_buffer *buffer, size_t length)
{
	size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
	unsigned char *bytes;

	if (length <= buffer->capacity - buffer->length)
		return 0;
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
 * The only check of a length. The open block stays under the limit, so neither the subtraction nor
 * the doubling above can wrap, for any length. Inline, because most additions are a number of four
 * bytes.
 */
static inline __attribute__((always_inline)) void append(struct block_buffer *buffer,
							 const void *bytes, size_t length)
{
	if (buffer->error || !length) /* memcpy may not see the NULL of an empty value */
		return;
	if (length >= BLOCK_BYTES_LIMIT - (buffer->length - buffer->start))
		buffer->error = -EINVAL;
	else
		buffer->error = reserve(buffer, length);
	if (buffer->error)
		return;
	memcpy(buffer->bytes + buffer->length, bytes, length);
	buffer->length += length;
}

void block_begin(struct block_buffer *buffer, uint32_t type)
{
	buffer->start = buffer->length;
	buffer->error = 0;
	block_put_u32(buffer, type);
	block_put_u32(buffer, 0); /* the total length; block_end sets it */
}

void block_put_u16(struct block_buffer *buffer, uint16_t value)
{
	if (buffer->swapped)
		value = __builtin_bswap16(value);
	append(buffer, &value, sizeof(value));
}

void block_put_u32(struct block_buffer *buffer, uint32_t value)
{
	if (buffer->swapped)
		value = __builtin_bswap32(value);
	append(buffer, &value, sizeof(value));
}

void block_put_u64(struct block_buffer *buffer, uint64_t value)
{
	if (buffer->swapped)
		value = __builtin_bswap64(value);
	append(buffer, &value, sizeof(value));
}

void block_put_raw(struct block_buffer *buffer, const void *bytes, size_t length)
{
	append(buffer, bytes, length);
}

void block_put_bytes(struct block_buffer *buffer, const void *bytes, size_t length)
{
	static const unsigned char padding[3];

	append(buffer, bytes, length);
	append(buffer, padding, -length & 3);
}

/*
 * Swaps the bytes of each number in the last bytes of the buffer, if they are numbers of that
 * width.
 */
static void swap_numbers(struct block_buffer *buffer, size_t length, size_t width)
{
	unsigned char *at = buffer->bytes + buffer->length - length;

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

static void put_value(struct block_buffer *buffer, const struct pcapng_option *option)
{
	static const unsigned char padding[3];

	append(buffer, option->value, option->length);
	if (buffer->swapped && !buffer->error)
		swap_numbers(buffer, option->length, option->width);
	append(buffer, padding, -(size_t)option->length & 3);
}

void block_put_options(struct block_buffer *buffer, struct pcapng_options options)
{
	for (size_t i = 0; i < options.count; i++) {
		const struct pcapng_option *option = &options.list[i];

		/* An opt_endofopt would hide the options after it. */
		if (option->code == OPT_ENDOFOPT && !buffer->error)
			buffer->error = -EINVAL;
		block_put_u16(buffer, option->code);
		block_put_u16(buffer, option->length);
		put_value(buffer, option);
	}
	if (options.count) {
		block_put_u16(buffer, OPT_ENDOFOPT);
		block_put_u16(buffer, 0);
	}
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
	if (buffer->swapped)
		value = __builtin_bswap16(value);
	memcpy(buffer->bytes + buffer->start + at, &value, sizeof(value));
}

void block_patch_u32(struct block_buffer *buffer, size_t at, uint32_t value)
{
	if (buffer->swapped)
		value = __builtin_bswap32(value);
	memcpy(buffer->bytes + buffer->start + at, &value, sizeof(value));
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
