// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "block.h"
#include "reader_state.h"
#include "timestamp.h"

enum {
	FRAME_BYTES = 12, /* of every block: its type and its two lengths */
	HEAD_BYTES = 8,
	TSRESOL_DEFAULT = 6, /* draft section 4.2 */
	DROPS_UNKNOWN = 0xffff,
};

/* A block that is being read. The cursor is at the part of the body that was not read yet. */
struct block_body {
	struct pcapng_reader *reader;
	struct pcapng_item *item;
	struct block_cursor cursor;
};

/* Checks the whole list, and moves the cursor to its end, before an opt_endofopt. */
static int read_options(struct block_body *body)
{
	struct pcapng_item *item = body->item;
	struct pcapng_option option;
	int got;

	item->options = body->cursor.at;
	while ((got = block_get_option(&body->cursor, &option)) > 0)
		;
	if (got < 0)
		return reader_damage(body->reader,
				     "option %u of %u bytes, but %zu are left in the block",
				     option.code, option.length, body->cursor.left - 4);
	item->options_length = body->cursor.at - item->options;
	return 1;
}

/* Returns the value of the option of that code as a number; 0 without one. */
static uint64_t option_number(const struct pcapng_item *item, uint16_t code)
{
	struct pcapng_option option;
	size_t at = 0;

	while (pcapng_item_option(item, &at, &option)) {
		if (option.code == code)
			return pcapng_item_u64(item, &option);
	}
	return 0;
}

static int find_interface(struct block_body *body, uint32_t id)
{
	struct pcapng_reader *reader = body->reader;

	if (id >= reader->interface_count)
		return reader_damage(reader, "interface %u, but the section has %zu so far", id,
				     reader->interface_count);
	body->item->interface = &reader->interfaces[id];
	return 0;
}

static void set_timestamp(struct block_body *body, uint64_t units)
{
	const struct pcapng_interface *interface = body->item->interface;

	body->item->has_timestamp = timestamp_to_ns(units, interface->tsresol, interface->offset_s,
						    &body->item->timestamp_ns);
}

/* The upper half comes first, in either byte order (draft section 4.3). */
static uint64_t get_units(struct block_cursor *cursor)
{
	uint64_t upper = block_get_u32(cursor);

	return upper << 32 | block_get_u32(cursor);
}

static int read_data(struct block_body *body)
{
	struct pcapng_item *item = body->item;
	size_t left = body->cursor.left;

	item->data = block_get_bytes(&body->cursor, item->caplen);
	if (!item->data)
		return reader_damage(body->reader,
				     "captured length %u, but %zu bytes are left in the block",
				     item->caplen, left);
	item->frame = ++body->reader->frame;
	return 0;
}

/* Draft section 4.3. */
static int read_packet(struct block_body *body)
{
	struct pcapng_item *item = body->item;
	uint32_t id = block_get_u32(&body->cursor);
	uint64_t units = get_units(&body->cursor);
	int result;

	item->caplen = block_get_u32(&body->cursor);
	item->len = block_get_u32(&body->cursor);
	result = find_interface(body, id);
	if (!result)
		result = read_data(body);
	if (result)
		return result;
	set_timestamp(body, units);
	result = read_options(body);
	item->lost = option_number(item, PCAPNG_EPB_DROPCOUNT);
	return result;
}

/* Draft appendix A: like the above, with an id of 16 bits and a count of drops. */
static int read_obsolete_packet(struct block_body *body)
{
	struct pcapng_item *item = body->item;
	uint16_t id = block_get_u16(&body->cursor), drops = block_get_u16(&body->cursor);
	uint64_t units = get_units(&body->cursor);
	int err;

	item->caplen = block_get_u32(&body->cursor);
	item->len = block_get_u32(&body->cursor);
	item->lost = drops == DROPS_UNKNOWN ? 0 : drops;
	err = find_interface(body, id);
	if (!err)
		err = read_data(body);
	if (err)
		return err;
	set_timestamp(body, units);
	return read_options(body);
}

/* Draft section 4.4: there is no captured length; the snaplen of the first interface limits it. */
static int read_simple_packet(struct block_body *body)
{
	struct pcapng_item *item = body->item;
	uint32_t snaplen;
	int err;

	item->len = block_get_u32(&body->cursor);
	err = find_interface(body, 0);
	if (err)
		return err;
	snaplen = item->interface->snaplen;
	item->caplen = snaplen && snaplen < item->len ? snaplen : item->len;
	err = read_data(body);
	return err ? err : 1;
}

/* Draft section 4.6. */
static int read_statistics(struct block_body *body)
{
	uint32_t id = block_get_u32(&body->cursor);
	uint64_t units = get_units(&body->cursor);
	int result = find_interface(body, id);

	if (result)
		return result;
	set_timestamp(body, units);
	result = read_options(body);
	body->item->lost = option_number(body->item, PCAPNG_ISB_IFDROP);
	return result;
}

static int check_length(struct block_body *body, const struct pcapng_option *option, size_t length)
{
	if (option->length == length)
		return 0;
	return reader_damage(body->reader, "option %u has %u bytes, but it needs %zu", option->code,
			     option->length, length);
}

/* These options are needed to compute times, so a wrong length is damage. */
static int read_time_options(struct block_body *body, struct pcapng_interface *interface)
{
	struct pcapng_option option;
	size_t at = 0;
	int err = 0;

	while (!err && pcapng_item_option(body->item, &at, &option)) {
		if (option.code == PCAPNG_IF_TSRESOL) {
			err = check_length(body, &option, 1);
			if (!err)
				interface->tsresol = *(const uint8_t *)option.value;
		} else if (option.code == PCAPNG_IF_TSOFFSET) {
			err = check_length(body, &option, sizeof(interface->offset_s));
			interface->offset_s = (int64_t)pcapng_item_u64(body->item, &option);
		}
	}
	return err;
}

/* Draft section 4.2. */
static int read_interface(struct block_body *body)
{
	struct pcapng_interface interface = { .tsresol = TSRESOL_DEFAULT };
	int result, err;

	interface.linktype = block_get_u16(&body->cursor);
	block_get_u16(&body->cursor); /* reserved */
	interface.snaplen = block_get_u32(&body->cursor);
	result = read_options(body);
	if (result < 0)
		return result;
	err = read_time_options(body, &interface);
	if (!err)
		err = reader_add_interface(body->reader, body->item, &interface);
	return err ? err : result;
}

/* Draft section 4.1: version 1.2 is the same as 1.0. The length of the section is ignored. */
static int read_section(struct block_body *body)
{
	uint16_t major, minor;

	block_get_u32(&body->cursor); /* the byte-order magic */
	major = block_get_u16(&body->cursor);
	minor = block_get_u16(&body->cursor);
	block_get_u64(&body->cursor);
	if (major != 1 || (minor != 0 && minor != 2))
		return reader_damage(body->reader, "version %u.%u, but only 1.0 is known", major,
				     minor);
	return read_options(body);
}

static int read_other(struct block_body *body)
{
	(void)body;
	return 1;
}

/* Wireshark numbers these blocks as frames, although they are not packets (tried with 4.0). */
static int read_numbered(struct block_body *body)
{
	body->reader->frame++;
	return 1;
}

static const struct block_kind {
	uint32_t type;
	enum pcapng_item_type item;
	size_t fixed_bytes; /* the least length of its body */
	int (*read)(struct block_body *body);
} kinds[] = {
	{ BLOCK_SECTION, PCAPNG_SECTION, 16, read_section },
	{ BLOCK_INTERFACE, PCAPNG_INTERFACE, 8, read_interface },
	{ BLOCK_PACKET, PCAPNG_PACKET, 20, read_packet },
	{ BLOCK_OBSOLETE_PACKET, PCAPNG_PACKET, 20, read_obsolete_packet },
	{ BLOCK_SIMPLE_PACKET, PCAPNG_PACKET, 4, read_simple_packet },
	{ BLOCK_STATISTICS, PCAPNG_STATISTICS, 12, read_statistics },
	{ BLOCK_CUSTOM, PCAPNG_OTHER, 4, read_numbered },
	{ BLOCK_CUSTOM_NOT_COPIED, PCAPNG_OTHER, 4, read_numbered },
	{ BLOCK_JOURNAL, PCAPNG_OTHER, 0, read_numbered },
};

static const struct block_kind other = { 0, PCAPNG_OTHER, 0, read_other };

static const struct block_kind *kind_of(uint32_t type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].type == type)
			return &kinds[i];
	}
	return &other;
}

/* Sets the byte order, which also applies to the section header itself (draft section 4.1). */
static int begin_section(struct pcapng_reader *reader)
{
	uint32_t magic;
	int err = reader_need(reader, HEAD_BYTES + sizeof(magic));

	if (err)
		return err;
	memcpy(&magic, reader->stream.bytes + HEAD_BYTES, sizeof(magic));
	reader->swapped = magic == __builtin_bswap32(BLOCK_BYTE_ORDER_MAGIC);
	if (!reader->swapped && magic != BLOCK_BYTE_ORDER_MAGIC)
		return reader_damage(reader, "byte-order magic 0x%08x, but 0x%08x is the only one",
				     magic, BLOCK_BYTE_ORDER_MAGIC);
	if (reader->section == PCAPNG_SECTIONS_MAX)
		return reader_damage(reader, "more than %d sections in the file",
				     PCAPNG_SECTIONS_MAX);
	reader->section++;
	reader->interface_count = 0;
	return 0;
}

static int check_total(struct pcapng_reader *reader, uint32_t total, size_t least)
{
	if (total < least)
		return reader_damage(reader, "total length %u, but such a block has %zu or more",
				     total, least);
	if (total >= BLOCK_BYTES_LIMIT)
		return reader_damage(reader, "total length %u, but every block is under %u", total,
				     BLOCK_BYTES_LIMIT);
	if (total % 4)
		return reader_damage(reader, "total length %u, but %u is the next multiple of 4",
				     total, (total + 3) & ~3U);
	return 0;
}

/* Reads the whole block, of which the window has the first bytes, and checks its two lengths. */
static int read_frame(struct pcapng_reader *reader, const struct block_kind **kind, uint32_t *total)
{
	struct block_cursor head = { reader->stream.bytes, HEAD_BYTES, reader->swapped, false };
	uint32_t type = block_get_u32(&head), at_end;
	struct block_cursor tail;
	int err;

	*total = block_get_u32(&head);
	*kind = kind_of(type);
	err = check_total(reader, *total, FRAME_BYTES + (*kind)->fixed_bytes);
	if (!err)
		err = reader_need(reader, *total);
	if (err)
		return err;
	tail = (struct block_cursor){
		.at = reader->stream.bytes + *total - sizeof(at_end),
		.left = sizeof(at_end),
		.swapped = reader->swapped,
	};
	at_end = block_get_u32(&tail);
	if (at_end != *total)
		return reader_damage(reader, "total length %u, but %u at its end", *total, at_end);
	return 0;
}

/* The type of a section header is the same in both byte orders. */
static bool begins_section(const struct pcapng_reader *reader)
{
	uint32_t type;

	memcpy(&type, reader->stream.bytes, sizeof(type));
	return type == BLOCK_SECTION;
}

int reader_next_block(struct pcapng_reader *reader, struct pcapng_item *item)
{
	struct block_body body = { .reader = reader, .item = item };
	const struct block_kind *kind;
	uint32_t total;
	int err;

	reader->unit = "block";
	reader->number++;
	if (!stream_need(&reader->stream, 1))
		return 0;
	err = reader_need(reader, HEAD_BYTES);
	if (!err && begins_section(reader))
		err = begin_section(reader);
	if (!err)
		err = read_frame(reader, &kind, &total);
	if (err)
		return err;
	item->type = kind->item;
	item->number = reader->number;
	item->section = reader->section;
	item->swapped = reader->swapped;
	item->raw = reader->stream.bytes;
	item->raw_length = total;
	reader->taken = total;
	body.cursor = (struct block_cursor){
		.at = reader->stream.bytes + HEAD_BYTES,
		.left = total - FRAME_BYTES,
		.swapped = reader->swapped,
	};
	return kind->read(&body);
}
