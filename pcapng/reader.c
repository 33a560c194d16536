// SPDX-License-Identifier: GPL-2.0-or-later
#include "reader.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classic.h"
#include "reader_state.h"

enum {
	MAGIC_BYTES = 4,
};

/* Begins the message with the block and its offset. */
static void begin_error(struct pcapng_reader *reader)
{
	if (reader->number)
		snprintf(reader->error, sizeof(reader->error),
			 "%s %llu at offset %llu: ", reader->unit,
			 (unsigned long long)reader->number,
			 (unsigned long long)reader->stream.offset);
	else
		strcpy(reader->error, "file header: ");
}

int reader_damage(struct pcapng_reader *reader, const char *format, ...)
{
	size_t length;
	va_list args;

	begin_error(reader);
	length = strlen(reader->error);
	va_start(args, format);
	vsnprintf(reader->error + length, sizeof(reader->error) - length, format, args);
	va_end(args);
	return -EINVAL;
}

static int failed(struct pcapng_reader *reader, int err)
{
	reader_damage(reader, "%s", strerror(-err));
	return err;
}

int reader_need(struct pcapng_reader *reader, size_t size)
{
	int got = stream_need(&reader->stream, size);

	if (got > 0)
		return 0;
	if (got < 0)
		return failed(reader, got);
	return reader_damage(reader, "the file ends after %zu of its %zu bytes",
			     reader->stream.length, size);
}

static int check_interfaces(struct pcapng_reader *reader)
{
	if (reader->interface_count == PCAPNG_INTERFACES_MAX)
		return reader_damage(reader, "more than %d interfaces in its section",
				     PCAPNG_INTERFACES_MAX);
	if (reader->interfaces_all == PCAPNG_INTERFACES_ALL)
		return reader_damage(reader, "more than %d interfaces in the file",
				     PCAPNG_INTERFACES_ALL);
	return 0;
}

int reader_add_interface(struct pcapng_reader *reader, struct pcapng_item *item,
			 const struct pcapng_interface *interface)
{
	size_t count = reader->interface_count, capacity = reader->interface_capacity;
	int err = check_interfaces(reader);

	if (err)
		return err;
	if (count == capacity) {
		struct pcapng_interface *grown;

		capacity = capacity ? 2 * capacity : 8;
		grown = realloc(reader->interfaces, capacity * sizeof(*grown));
		if (!grown)
			return failed(reader, -ENOMEM);
		reader->interfaces = grown;
		reader->interface_capacity = capacity;
	}
	reader->interfaces[count] = *interface;
	reader->interfaces[count].id = (uint32_t)count;
	item->interface = &reader->interfaces[count];
	reader->interface_count++;
	reader->interfaces_all++;
	return 0;
}

/* The message has the first bytes, as numbers and, if all are printable, as text. */
static int not_a_capture_file(struct pcapng_reader *reader)
{
	const uint8_t *bytes = reader->stream.bytes;
	char hex[3 * MAGIC_BYTES + 1] = "", text[MAGIC_BYTES + sizeof(" (\"\")")] = "";
	size_t count = reader->stream.length < MAGIC_BYTES ? reader->stream.length : MAGIC_BYTES;
	bool printable = count == MAGIC_BYTES;

	for (size_t i = 0; i < count; i++) {
		sprintf(hex + 3 * i, " %02x", bytes[i]);
		printable = printable && bytes[i] >= ' ' && bytes[i] <= '~';
	}
	if (printable)
		snprintf(text, sizeof(text), " (\"%.*s\")", MAGIC_BYTES, (const char *)bytes);
	snprintf(reader->error, sizeof(reader->error),
		 count ? "not a pcapng or pcap file: starts with%s%s"
		       : "not a pcapng or pcap file: it is empty",
		 hex, text);
	return -EPROTO;
}

/* Finds out the kind of the file. */
static int next_first(struct pcapng_reader *reader, struct pcapng_item *item)
{
	int got = stream_need(&reader->stream, MAGIC_BYTES);
	uint32_t magic;

	if (got < 0)
		return failed(reader, got);
	if (!got)
		return not_a_capture_file(reader);
	memcpy(&magic, reader->stream.bytes, sizeof(magic));
	if (magic == BLOCK_SECTION)
		reader->next = reader_next_block;
	else if (classic_kind(magic))
		reader->next = reader_next_head;
	else
		return not_a_capture_file(reader);
	return reader->next(reader, item);
}

int pcapng_reader_next(struct pcapng_reader *reader, struct pcapng_item *item)
{
	if (reader->result <= 0)
		return reader->result;
	stream_skip(&reader->stream, reader->taken);
	reader->taken = 0;
	*item = (struct pcapng_item){ .offset = reader->stream.offset };
	reader->result = reader->next(reader, item);
	return reader->result;
}

struct pcapng_reader *pcapng_reader_new(struct pcapng_source source)
{
	struct pcapng_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return NULL;
	reader->stream.source = source;
	reader->stream.result = source.read ? 1 : 0;
	reader->next = next_first;
	reader->result = 1;
	return reader;
}

struct pcapng_reader *pcapng_reader_new_memory(const void *bytes, size_t length)
{
	struct pcapng_reader *reader = pcapng_reader_new((struct pcapng_source){ 0 });

	if (!reader)
		return NULL;
	reader->stream.bytes = bytes;
	reader->stream.length = length;
	return reader;
}

const char *pcapng_reader_error(const struct pcapng_reader *reader)
{
	return reader->error;
}

void pcapng_reader_free(struct pcapng_reader *reader)
{
	if (!reader)
		return;
	stream_release(&reader->stream);
	free(reader->interfaces);
	free(reader);
}

bool pcapng_item_option(const struct pcapng_item *item, size_t *at, struct pcapng_option *option)
{
	struct block_cursor cursor = { .swapped = item->swapped };

	if (*at >= item->options_length)
		return false;
	cursor.at = item->options + *at;
	cursor.left = item->options_length - *at;
	if (block_get_option(&cursor, option) <= 0)
		return false;
	*at = item->options_length - cursor.left;
	return true;
}

static struct block_cursor value_of(const struct pcapng_item *item,
				    const struct pcapng_option *option)
{
	return (struct block_cursor){
		.at = option->value,
		.left = option->length,
		.swapped = item->swapped,
	};
}

uint32_t pcapng_item_u32(const struct pcapng_item *item, const struct pcapng_option *option)
{
	struct block_cursor value = value_of(item, option);

	return option->length == sizeof(uint32_t) ? block_get_u32(&value) : 0;
}

uint64_t pcapng_item_u64(const struct pcapng_item *item, const struct pcapng_option *option)
{
	struct block_cursor value = value_of(item, option);

	return option->length == sizeof(uint64_t) ? block_get_u64(&value) : 0;
}
