// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "reader.h"
#include "writer_state.h"

enum {
	HEAD_BYTES = 8, /* type and length, before the body */
	TAIL_BYTES = 4, /* the length again */
	OPTION_END_BYTES = 4,
	AT_INTERFACE_ID = 8, /* in packets and statistics */
	AT_SECTION_LENGTH = 16,
	AT_CAPLEN = 20, /* in Enhanced and obsolete Packet Blocks */
};

static const struct pcapng_options no_options;

/* Adds the new id of the next interface that is copied. Returns 0 or -ENOMEM. */
static int add_copied(struct pcapng_writer *writer, uint32_t id)
{
	size_t capacity = writer->copied_capacity;

	if (writer->copied_count == capacity) {
		uint32_t *grown;

		capacity = capacity ? 2 * capacity : 8;
		grown = realloc(writer->copied, capacity * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		writer->copied = grown;
		writer->copied_capacity = capacity;
	}
	writer->copied[writer->copied_count++] = id;
	return 0;
}

/* Returns whether the item's section was copied last, and its interface was copied. */
static bool is_copyable(const struct pcapng_writer *writer, const struct pcapng_item *item)
{
	if (item->type == PCAPNG_SECTION)
		return true;
	if (!pcapng_writer_bytes(writer) || item->swapped != writer->buffer.swapped)
		return false;
	if (item->type == PCAPNG_OTHER)
		return true;
	if (item->type == PCAPNG_INTERFACE)
		return item->interface->id == writer->copied_count;
	return item->interface->id < writer->copied_count;
}

static uint32_t type_of(const struct pcapng_item *item)
{
	struct block_cursor head = { item->raw, item->raw_length, item->swapped, false };

	return block_get_u32(&head);
}

/* Sets the new id of the interface. Returns 0, or -EINVAL if the block has no field for it. */
static int patch_interface_id(struct pcapng_writer *writer, const struct pcapng_item *item,
			      uint32_t type)
{
	uint32_t id = writer->copied[item->interface->id];

	if (id == item->interface->id)
		return 0;
	if (type == BLOCK_SIMPLE_PACKET) /* without an id: its interface is the first one */
		return -EINVAL;
	if (type == BLOCK_OBSOLETE_PACKET) {
		if (id > UINT16_MAX)
			return -EINVAL;
		block_patch_u16(&writer->buffer, AT_INTERFACE_ID, (uint16_t)id);
	} else {
		block_patch_u32(&writer->buffer, AT_INTERFACE_ID, id);
	}
	return 0;
}

/* Copies the body; whole: with all bytes. Otherwise options are added, so the opt_endofopt and the
 * bytes after it, which readers ignore, are left out. */
static void put_body(struct pcapng_writer *writer, const struct pcapng_item *item, bool whole)
{
	const uint8_t *body = (const uint8_t *)item->raw + HEAD_BYTES;
	const uint8_t *end = whole ? body + item->raw_length - HEAD_BYTES - TAIL_BYTES
				   : item->options + item->options_length;

	block_put_raw(&writer->buffer, body, end - body);
}

/* Adds zeros, as padding (draft section 4.3) or in place of data. */
static void put_zeros(struct block_buffer *buffer, size_t length)
{
	static const uint8_t zeros[256];

	while (length > sizeof(zeros)) {
		block_put_raw(buffer, zeros, sizeof(zeros));
		length -= sizeof(zeros);
	}
	block_put_raw(buffer, zeros, length);
}

/*
 * Copies the fields of a packet, the first caplen bytes of its data, and its options; whole: and
 * the opt_endofopt, because no options are added.
 */
static void put_cut_body(struct pcapng_writer *writer, const struct pcapng_item *item,
			 uint32_t caplen, bool whole)
{
	struct block_buffer *buffer = &writer->buffer;
	const uint8_t *body = (const uint8_t *)item->raw + HEAD_BYTES;
	uint32_t padding = (4 - caplen % 4) % 4;

	block_put_raw(buffer, body, (size_t)(item->data - body));
	block_put_raw(buffer, item->data, caplen);
	if (!item->options) {
		put_zeros(buffer, item->raw_length - TAIL_BYTES - HEAD_BYTES -
					  (size_t)(item->data - body) - caplen);
		return;
	}
	put_zeros(buffer, padding);
	block_put_raw(buffer, item->options, item->options_length);
	if (whole && item->options_length)
		put_zeros(buffer, OPTION_END_BYTES);
	if (!buffer->error)
		block_patch_u32(buffer, AT_CAPLEN, caplen);
}

/* Copies a block of a pcapng file. Returns as pcapng_writer_copy_cut(). */
static int copy_block(struct pcapng_writer *writer, const struct pcapng_item *item, uint32_t caplen,
		      struct pcapng_options options)
{
	struct block_buffer *buffer = &writer->buffer;
	uint32_t type = type_of(item);
	int error = 0;

	if (options.count && !item->options)
		return -EINVAL;
	block_begin(buffer, type);
	if (caplen < item->caplen && item->type == PCAPNG_PACKET)
		put_cut_body(writer, item, caplen, !options.count);
	else
		put_body(writer, item, !options.count);
	if (!buffer->error && (item->type == PCAPNG_PACKET || item->type == PCAPNG_STATISTICS))
		error = patch_interface_id(writer, item, type);
	if (!buffer->error)
		buffer->error = error;
	return writer_finish(writer, options);
}

static int copy_section(struct pcapng_writer *writer, const struct pcapng_item *item)
{
	struct block_buffer *buffer = &writer->buffer;
	bool swapped = buffer->swapped;
	int error;

	if (!item->raw)
		return pcapng_writer_add_section(writer, no_options);
	buffer->swapped = item->swapped;
	block_begin(buffer, BLOCK_SECTION);
	put_body(writer, item, true);
	if (!buffer->error) {
		block_patch_u32(buffer, AT_SECTION_LENGTH, UINT32_MAX);
		block_patch_u32(buffer, AT_SECTION_LENGTH + 4, UINT32_MAX);
	}
	error = writer_finish(writer, no_options);
	if (error)
		buffer->swapped = swapped;
	else
		writer_forget_interfaces(writer);
	return error;
}

/* Adds the interface of a classic file. if_tsresol is written for microseconds, too. */
static int make_interface(struct pcapng_writer *writer, const struct pcapng_interface *interface)
{
	struct pcapng_option tsresol = {
		.code = PCAPNG_IF_TSRESOL,
		.length = sizeof(interface->tsresol),
		.value = &interface->tsresol,
	};
	uint32_t id;

	return pcapng_writer_add_interface(writer, interface->linktype, interface->snaplen,
					   (struct pcapng_options){ &tsresol, 1 }, &id);
}

static int copy_interface(struct pcapng_writer *writer, const struct pcapng_item *item)
{
	uint32_t id = writer->interfaces;
	int error = add_copied(writer, id);

	if (error)
		return error;
	if (item->raw)
		error = copy_block(writer, item, UINT32_MAX, no_options);
	else
		error = make_interface(writer, item->interface);
	if (error)
		writer->copied_count--;
	else
		writer->interfaces = id + 1;
	return error;
}

/* Adds a record of a classic file, with unchanged lengths. */
static int make_packet(struct pcapng_writer *writer, const struct pcapng_item *item,
		       uint32_t caplen, struct pcapng_options options)
{
	bool micro = item->interface->tsresol == 6;
	struct pcapng_packet packet = {
		.interface_id = writer->copied[item->interface->id],
		.timestamp = micro ? item->timestamp_ns / 1000 : item->timestamp_ns,
		.caplen = caplen < item->caplen ? caplen : item->caplen,
		.len = item->len,
		.data = item->data,
		.options = options,
	};

	return writer_put_packet(writer, &packet);
}

int pcapng_writer_copy_cut(struct pcapng_writer *writer, const struct pcapng_item *item,
			   uint32_t caplen, struct pcapng_options options)
{
	if (writer->error)
		return writer->error;
	if (!is_copyable(writer, item) || (options.count && item->type != PCAPNG_PACKET))
		return -EINVAL;
	if (item->type == PCAPNG_SECTION)
		return copy_section(writer, item);
	if (item->type == PCAPNG_INTERFACE)
		return copy_interface(writer, item);
	return item->raw ? copy_block(writer, item, caplen, options)
			 : make_packet(writer, item, caplen, options);
}

int pcapng_writer_copy_with(struct pcapng_writer *writer, const struct pcapng_item *item,
			    struct pcapng_options options)
{
	return pcapng_writer_copy_cut(writer, item, UINT32_MAX, options);
}

int pcapng_writer_copy(struct pcapng_writer *writer, const struct pcapng_item *item)
{
	return pcapng_writer_copy_with(writer, item, no_options);
}
