// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "classic.h"
#include "reader_state.h"

enum {
	HEAD_BYTES = 24,
	RECORD_BYTES = 16,
	MODIFIED_RECORD_BYTES = 24, /* interface, protocol and packet type follow */
	VERSION_MAJOR = 2,
	VERSION_MINOR = 4,	  /* and earlier ones */
	LENGTHS_EITHER_ORDER = 3, /* minor version; earlier ones have the reverse order */
	/*
	 * Records may be longer than a small snaplen; no program captures more than this by
	 * default.
	 */
	CAPLEN_USUAL = 262144,
	CAPLEN_LIMIT = BLOCK_BYTES_LIMIT - 64, /* so that each record fits into a block */
	NS_PER_S = 1000000000,
};

static const struct classic_kind kinds[] = {
	{ 0xa1b2c3d4, 6, 1000, RECORD_BYTES },
	{ 0xa1b23c4d, 9, 1, RECORD_BYTES },
	{ 0xa1b2cd34, 6, 1000, MODIFIED_RECORD_BYTES }, /* by libpcap with Kuznetzov's patches */
};

const struct classic_kind *classic_kind(uint32_t magic)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (magic == kinds[i].magic || __builtin_bswap32(magic) == kinds[i].magic)
			return &kinds[i];
	}
	return NULL;
}

/*
 * Puts the two lengths of a record into the order of version 2.4, the captured length first, as
 * libpcap does. With version 2.3, programs wrote either order; the captured length is the smaller.
 */
static void order_lengths(const struct pcapng_reader *reader, struct pcapng_item *item)
{
	uint32_t caplen = item->caplen;
	bool either = reader->version_minor == LENGTHS_EITHER_ORDER;

	if (reader->version_minor > LENGTHS_EITHER_ORDER || (either && caplen <= item->len))
		return;
	item->caplen = item->len;
	item->len = caplen;
}

static int read_record(struct pcapng_reader *reader, struct pcapng_item *item)
{
	struct block_cursor cursor = {
		.at = reader->stream.bytes,
		.left = RECORD_BYTES,
		.swapped = reader->swapped,
	};
	uint64_t seconds = block_get_u32(&cursor), fraction = block_get_u32(&cursor);
	int err;

	item->caplen = block_get_u32(&cursor);
	item->len = block_get_u32(&cursor);
	order_lengths(reader, item);
	if (item->caplen > reader->caplen_max)
		return reader_damage(reader, "captured length %u, but %u is the most", item->caplen,
				     reader->caplen_max);
	err = reader_need(reader, reader->record_bytes + item->caplen);
	if (err)
		return err;
	item->type = PCAPNG_PACKET;
	item->frame = ++reader->frame;
	item->has_timestamp = true;
	item->timestamp_ns = seconds * NS_PER_S + fraction * reader->ns_per_unit;
	item->data = reader->stream.bytes + reader->record_bytes;
	reader->taken = reader->record_bytes + item->caplen;
	return 1;
}

static int next_record(struct pcapng_reader *reader, struct pcapng_item *item)
{
	int err;

	reader->number++;
	item->number = reader->number;
	item->section = reader->section;
	item->interface = reader->interfaces;
	if (!stream_need(&reader->stream, 1))
		return 0;
	err = reader_need(reader, reader->record_bytes);
	return err ? err : read_record(reader, item);
}

/* Makes the interface from the header of the file. */
static int next_interface(struct pcapng_reader *reader, struct pcapng_item *item)
{
	struct block_cursor cursor = {
		.at = reader->stream.bytes,
		.left = HEAD_BYTES,
		.swapped = reader->swapped,
	};
	const struct classic_kind *kind = classic_kind(block_get_u32(&cursor));
	struct pcapng_interface interface = { .tsresol = kind->tsresol };
	int err;

	block_get_bytes(&cursor, 12); /* version, and two fields that are always 0 */
	interface.snaplen = block_get_u32(&cursor);
	interface.linktype = (uint16_t)block_get_u32(&cursor); /* the upper half: the FCS */
	err = reader_add_interface(reader, item, &interface);
	if (err)
		return err;
	item->type = PCAPNG_INTERFACE;
	item->section = reader->section;
	reader->ns_per_unit = kind->ns_per_unit;
	reader->record_bytes = kind->record_bytes;
	reader->caplen_max = interface.snaplen > CAPLEN_USUAL ? interface.snaplen : CAPLEN_USUAL;
	if (reader->caplen_max > CAPLEN_LIMIT)
		reader->caplen_max = CAPLEN_LIMIT;
	reader->taken = HEAD_BYTES;
	reader->next = next_record;
	return 1;
}

int reader_next_head(struct pcapng_reader *reader, struct pcapng_item *item)
{
	struct block_cursor cursor = { .left = HEAD_BYTES };
	uint32_t magic;
	uint16_t major, minor;
	int err;

	reader->unit = "record";
	err = reader_need(reader, HEAD_BYTES);
	if (err)
		return err;
	cursor.at = reader->stream.bytes;
	magic = block_get_u32(&cursor);
	reader->swapped = magic != classic_kind(magic)->magic;
	cursor.swapped = reader->swapped;
	major = block_get_u16(&cursor);
	minor = block_get_u16(&cursor);
	if (major != VERSION_MAJOR || minor > VERSION_MINOR)
		return reader_damage(reader, "version %u.%u, but only %d.0 to %d.%d are known",
				     major, minor, VERSION_MAJOR, VERSION_MAJOR, VERSION_MINOR);
	reader->version_minor = minor;
	item->type = PCAPNG_SECTION;
	item->section = ++reader->section;
	reader->next = next_interface;
	return 1;
}
