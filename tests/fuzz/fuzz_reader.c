// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reader on any bytes, from memory and from a stream of short reads, and the copies of what it
 * read: both readings agree, and a copy has the same packets and is a copy of itself.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "pcapng/reader.h"
#include "fuzz.h"

struct bytes {
	uint8_t *bytes;
	size_t length;
	size_t at; /* of a reading */
};

/* The result of a reading, for a comparison. */
struct summary {
	int result;
	uint64_t items, packets;
	char error[256];
};

/* Gives 1 to 13 bytes at once. */
static ptrdiff_t read_short(void *context, void *to, size_t size)
{
	struct bytes *from = context;
	size_t n = 1 + from->at * 7 % 13, left = from->length - from->at;

	n = n < size ? n : size;
	n = n < left ? n : left;
	if (n)
		memcpy(to, from->bytes + from->at, n);
	from->at += n;
	return (ptrdiff_t)n;
}

static ptrdiff_t append(void *context, const void *from, size_t size)
{
	struct bytes *to = context;

	to->bytes = realloc(to->bytes, to->length + size);
	PROPERTY(to->bytes);
	memcpy(to->bytes + to->length, from, size);
	to->length += size;
	return (ptrdiff_t)size;
}

/* So that the reads are not optimized away. */
static volatile unsigned int touched;

/* Touches all that the item points to. */
static unsigned int touch(const struct pcapng_item *item)
{
	const uint8_t *raw = item->raw;
	struct pcapng_option option;
	unsigned int sum = 0;
	size_t at = 0;

	for (size_t i = 0; raw && i < item->raw_length; i++)
		sum += raw[i];
	for (uint32_t i = 0; item->data && i < item->caplen; i++)
		sum += item->data[i];
	while (pcapng_item_option(item, &at, &option)) {
		const uint8_t *value = option.value;

		PROPERTY(at <= item->options_length);
		sum += pcapng_item_u32(item, &option) +
		       (unsigned int)pcapng_item_u64(item, &option);
		for (size_t i = 0; i < option.length; i++)
			sum += value[i];
	}
	return sum;
}

static bool can_have_options(const struct pcapng_item *item)
{
	return item->type == PCAPNG_PACKET && (!item->raw || item->options);
}

/*
 * A copy fails where a block grows beyond its limit, and else only if it is none of the packet's.
 */
static int copy_item(struct pcapng_writer *writer, const struct pcapng_item *item, bool with)
{
	const struct pcapng_option comment = {
		.code = PCAPNG_OPT_COMMENT,
		.length = 5,
		.value = "added",
	};

	if (with && can_have_options(item))
		return pcapng_writer_copy_with(writer, item,
					       (struct pcapng_options){ &comment, 1 });
	return pcapng_writer_copy(writer, item);
}

static struct summary read_all(struct pcapng_reader *reader, struct pcapng_writer *writer,
			       bool with)
{
	struct summary summary = { 0 };
	struct pcapng_item item;

	PROPERTY(reader);
	while ((summary.result = pcapng_reader_next(reader, &item)) > 0) {
		summary.items++;
		summary.packets += item.type == PCAPNG_PACKET;
		PROPERTY(item.frame >= (item.type == PCAPNG_PACKET ? summary.packets : 0));
		touched += touch(&item);
		if (writer)
			PROPERTY(copy_item(writer, &item, with) == 0);
	}
	PROPERTY(pcapng_reader_next(reader, &item) == summary.result);
	snprintf(summary.error, sizeof(summary.error), "%s", pcapng_reader_error(reader));
	PROPERTY((summary.result == 0) == (summary.error[0] == '\0'));
	pcapng_reader_free(reader);
	return summary;
}

static struct summary copy(const uint8_t *bytes, size_t length, struct bytes *to, bool with)
{
	struct pcapng_writer *writer =
		pcapng_writer_new((struct pcapng_target){ append, NULL, to });
	struct summary summary = read_all(pcapng_reader_new_memory(bytes, length), writer, with);

	PROPERTY(pcapng_writer_free(writer) == 0);
	return summary;
}

static bool same(const struct summary *a, const struct summary *b)
{
	return a->result == b->result && a->items == b->items && a->packets == b->packets &&
	       strcmp(a->error, b->error) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct bytes from = { (uint8_t *)(uintptr_t)bytes, length, 0 };
	struct bytes first = { 0 }, second = { 0 }, third = { 0 };
	struct pcapng_source source = { read_short, &from };
	struct summary memory = copy(bytes, length, &first, false), again;
	struct summary stream = read_all(pcapng_reader_new(source), NULL, false);

	PROPERTY(same(&memory, &stream));
	if (!first.length)
		return 0;
	again = copy(first.bytes, first.length, &second, false);
	PROPERTY(again.result == 0 && again.packets == memory.packets &&
		 again.items == memory.items);
	PROPERTY(first.length == second.length &&
		 memcmp(first.bytes, second.bytes, first.length) == 0);
	again = copy(first.bytes, first.length, &third, true);
	PROPERTY(again.result == 0);
	again = read_all(pcapng_reader_new_memory(third.bytes, third.length), NULL, false);
	PROPERTY(again.result == 0 && again.packets == memory.packets &&
		 again.items == memory.items);
	free(first.bytes);
	free(second.bytes);
	free(third.bytes);
	return 0;
}
