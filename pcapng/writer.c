// SPDX-License-Identifier: GPL-2.0-or-later
#include "pcapng.h"

#include <errno.h>
#include <stdlib.h>

#include "writer_state.h"

/* Blocks are written when the buffer has this size: about 650 packets of 400 bytes. */
enum {
	WRITE_BYTES = 256 << 10
};

struct pcapng_writer *pcapng_writer_new(struct pcapng_target target)
{
	struct pcapng_writer *writer = calloc(1, sizeof(*writer));

	if (writer)
		writer->target = target;
	return writer;
}

/* The target has to wait for a slow reader; -EAGAIN is an error like any other. */
static int write_all(const struct pcapng_target *target, const unsigned char *bytes, size_t length)
{
	while (length) {
		ptrdiff_t n = target->write(target->context, bytes, length);

		if (n < 0)
			return (int)n;
		if (!n) /* a target must not return 0, but this prevents an endless loop */
			return -EIO;
		bytes += n;
		length -= n;
	}
	return 0;
}

static int write_buffer(struct pcapng_writer *writer)
{
	struct block_buffer *buffer = &writer->buffer;

	if (!buffer->length)
		return 0;
	writer->unflushed = true;
	writer->error = write_all(&writer->target, buffer->bytes, buffer->length);
	if (writer->error)
		return writer->error;
	writer->written += buffer->length;
	block_buffer_clear(buffer);
	return 0;
}

/* Does not flush a target without new bytes, because a flush adds bytes to a compressed file. */
int pcapng_writer_flush(struct pcapng_writer *writer)
{
	if (writer->error || write_buffer(writer))
		return writer->error;
	if (writer->unflushed && writer->target.flush)
		writer->error = writer->target.flush(writer->target.context);
	writer->unflushed = false;
	return writer->error;
}

static int end_block(struct pcapng_writer *writer, struct pcapng_options options)
{
	block_put_options(&writer->buffer, options);
	return block_end(&writer->buffer);
}

/*
 * Each write ends with a whole block, so that a reader of the growing file sees no partial block.
 */
int writer_finish(struct pcapng_writer *writer, struct pcapng_options options)
{
	int error = end_block(writer, options);

	if (error || writer->buffer.length < WRITE_BYTES)
		return error;
	return write_buffer(writer);
}

void writer_forget_interfaces(struct pcapng_writer *writer)
{
	writer->interfaces = 0;
	writer->copied_count = 0;
}

/* Draft section 4.1. The section's length is unknown, since the target may be a pipe. */
int pcapng_writer_add_section(struct pcapng_writer *writer, struct pcapng_options options)
{
	struct block_buffer *buffer = &writer->buffer;
	bool swapped = buffer->swapped;
	int error;

	if (writer->error)
		return writer->error;
	buffer->swapped = false;
	block_begin(buffer, BLOCK_SECTION);
	block_put_u32(buffer, BLOCK_BYTE_ORDER_MAGIC);
	block_put_u16(buffer, 1);
	block_put_u16(buffer, 0);
	block_put_u64(buffer, UINT64_MAX);
	error = writer_finish(writer, options);
	if (error)
		buffer->swapped = swapped;
	else
		writer_forget_interfaces(writer);
	return error;
}

/* Draft section 4.2. It is written with the next packet, so that a write ends with a packet. */
int pcapng_writer_add_interface(struct pcapng_writer *writer, uint16_t linktype, uint32_t snaplen,
				struct pcapng_options options, uint32_t *interface_id)
{
	struct block_buffer *buffer = &writer->buffer;
	int error;

	if (writer->error)
		return writer->error;
	if (!pcapng_writer_bytes(writer)) /* a file begins with a section (draft section 3.4) */
		return -EINVAL;
	block_begin(buffer, BLOCK_INTERFACE);
	block_put_u16(buffer, linktype);
	block_put_u16(buffer, 0);
	block_put_u32(buffer, snaplen);
	error = end_block(writer, options);
	if (!error)
		*interface_id = writer->interfaces++;
	return error;
}

int writer_put_packet(struct pcapng_writer *writer, const struct pcapng_packet *packet)
{
	struct block_buffer *buffer = &writer->buffer;
	/* The upper half of a time comes first, in either byte order (draft section 4.3). */
	const uint32_t head[] = { packet->interface_id, packet->timestamp >> 32,
				  (uint32_t)packet->timestamp, packet->caplen, packet->len };

	block_begin(buffer, BLOCK_PACKET);
	block_put_u32s(buffer, head, sizeof(head) / sizeof(head[0]));
	block_put_bytes(buffer, packet->data, packet->caplen);
	return writer_finish(writer, packet->options);
}

/* Draft section 4.3. Readers refuse a packet whose interface is not in the section. */
int pcapng_writer_add_packet(struct pcapng_writer *writer, const struct pcapng_packet *packet)
{
	if (writer->error)
		return writer->error;
	if (packet->interface_id >= writer->interfaces || packet->caplen > packet->len)
		return -EINVAL;
	return writer_put_packet(writer, packet);
}

/* Draft section 4.6. */
int pcapng_writer_add_statistics(struct pcapng_writer *writer, uint32_t interface_id,
				 uint64_t timestamp, struct pcapng_options options)
{
	const uint32_t head[] = { interface_id, timestamp >> 32, (uint32_t)timestamp };
	struct block_buffer *buffer = &writer->buffer;

	if (writer->error)
		return writer->error;
	if (interface_id >= writer->interfaces)
		return -EINVAL;
	block_begin(buffer, BLOCK_STATISTICS);
	block_put_u32s(buffer, head, sizeof(head) / sizeof(head[0]));
	return writer_finish(writer, options);
}

uint64_t pcapng_writer_bytes(const struct pcapng_writer *writer)
{
	return writer->written + writer->buffer.length;
}

uint64_t pcapng_writer_buffered(const struct pcapng_writer *writer)
{
	return writer->buffer.length;
}

int pcapng_writer_free(struct pcapng_writer *writer)
{
	int error;

	if (!writer)
		return 0;
	error = pcapng_writer_flush(writer);
	block_buffer_release(&writer->buffer);
	free(writer->copied);
	free(writer);
	return error;
}
