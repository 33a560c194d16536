// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "pcapng/pcapng.h"
#include "whole_events.h"

/* Draft sections 3.1, 3.5 and 4.3. */
#define BLOCK_PACKET	 6
#define BLOCK_LEAST	 12
#define PACKET_CAPLEN_AT 20
#define PACKET_DATA_AT	 28
#define OPTION_HEAD	 4

static uint32_t u32_at(const uint8_t *at)
{
	uint32_t number;

	memcpy(&number, at, sizeof(number));
	return number;
}

static size_t padded(size_t length)
{
	return (length + 3) & ~(size_t)3;
}

/* Returns the length of the block; 0: it is not whole. */
static size_t block_length(const uint8_t *block, size_t size)
{
	size_t length = size < BLOCK_LEAST ? 0 : u32_at(block + 4);

	return length >= BLOCK_LEAST && length <= size ? length : 0;
}

/* Returns how many events the packet reports as lost before it. */
static uint64_t lost_before(const uint8_t *block, size_t length)
{
	size_t end = length - sizeof(uint32_t), at = end;
	uint64_t lost = 0;

	if (length >= PACKET_DATA_AT + sizeof(uint32_t))
		at = PACKET_DATA_AT + padded(u32_at(block + PACKET_CAPLEN_AT));
	while (at + OPTION_HEAD <= end) {
		uint32_t head = u32_at(block + at);
		uint16_t option[2]; /* code, length */

		memcpy(option, &head, sizeof(option));
		if (option[0] == PCAPNG_EPB_DROPCOUNT && option[1] == sizeof(lost) &&
		    at + OPTION_HEAD + sizeof(lost) <= end)
			memcpy(&lost, block + at + OPTION_HEAD, sizeof(lost));
		at += OPTION_HEAD + padded(option[1]);
	}
	return lost;
}

struct whole_events whole_packets(const void *bytes, size_t size)
{
	struct whole_events whole = { 0 };
	const uint8_t *block = bytes;
	size_t at = 0, length;

	while ((length = block_length(block + at, size - at))) {
		if (u32_at(block + at) == BLOCK_PACKET) {
			whole.mark.events++;
			whole.mark.lost += lost_before(block + at, length);
			whole.bytes = at + length;
		}
		at += length;
	}
	return whole;
}

static const char event_start[] = "{\"time\":", lost_key[] = ",\"lost\":";

struct whole_events whole_lines(const void *bytes, size_t size)
{
	struct whole_events whole = { 0 };
	const char *line = bytes, *end = line + size, *newline;

	for (; (newline = memchr(line, '\n', (size_t)(end - line))); line = newline + 1) {
		size_t length = (size_t)(newline - line);
		const char *lost;

		if (length < strlen(event_start) ||
		    memcmp(line, event_start, strlen(event_start)) != 0)
			continue;
		/* A quotation mark within a text has a backslash before it. */
		lost = memmem(line, length, lost_key, strlen(lost_key));
		whole.mark.events++;
		whole.mark.lost += lost ? strtoull(lost + strlen(lost_key), NULL, 10) : 0;
		whole.bytes = (size_t)(newline + 1 - (const char *)bytes);
	}
	return whole;
}
