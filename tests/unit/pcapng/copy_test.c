// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "pcapng/reader.h"
#include "capture_bytes.h"
#include "pcapng_file.h"
#include "test.h"

/* A target in memory that counts its flushes. */
struct sheet {
	uint8_t bytes[8192];
	size_t length;
	int flushes;
};

static ptrdiff_t write_sheet(void *context, const void *bytes, size_t size)
{
	struct sheet *sheet = context;

	if (size > 7) /* a target may take a part of the bytes */
		size = 7;
	if (size > sizeof(sheet->bytes) - sheet->length)
		return -ENOSPC;
	memcpy(sheet->bytes + sheet->length, bytes, size);
	sheet->length += size;
	return (ptrdiff_t)size;
}

static int flush_sheet(void *context)
{
	struct sheet *sheet = context;

	sheet->flushes++;
	return 0;
}

static struct pcapng_writer *write_to(struct sheet *sheet)
{
	*sheet = (struct sheet){ 0 };
	return pcapng_writer_new((struct pcapng_target){ write_sheet, flush_sheet, sheet });
}

/* Changes during the copying of a file. */
struct steps {
	struct pcapng_options added; /* to each packet that can have options */
	bool interface_first;	     /* adds one of our own before the file's first */
	bool interface_after_first;
	struct pcapng_packet *last; /* a packet of our own after all others */
};

static int add_own_interface(struct pcapng_writer *writer)
{
	uint32_t id;

	return pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_ETHERNET, 96, none, &id);
}

static int copy_item(struct pcapng_writer *writer, const struct pcapng_item *item,
		     const struct steps *steps)
{
	int error;

	if (item->type == PCAPNG_PACKET && steps->added.count)
		return pcapng_writer_copy_with(writer, item, steps->added);
	error = pcapng_writer_copy(writer, item);
	if (!error && item->type == PCAPNG_SECTION && steps->interface_first)
		error = add_own_interface(writer);
	if (!error && item->type == PCAPNG_INTERFACE && steps->interface_after_first &&
	    !item->interface->id)
		error = add_own_interface(writer);
	return error;
}

/* Returns the first error of the writer. */
static int copy(const struct capture_bytes *file, const struct steps *steps, struct sheet *sheet)
{
	struct pcapng_reader *reader = pcapng_reader_new_memory(file->bytes, file->length);
	struct pcapng_writer *writer = write_to(sheet);
	struct pcapng_item item;
	int error = 0;

	while (!error && pcapng_reader_next(reader, &item) > 0)
		error = copy_item(writer, &item, steps);
	pcapng_reader_free(reader);
	if (!error && steps->last)
		error = pcapng_writer_add_packet(writer, steps->last);
	pcapng_writer_free(writer);
	return error;
}

static bool sheet_is(const struct sheet *sheet, const struct capture_bytes *want)
{
	return sheet->length == want->length &&
	       memcmp(sheet->bytes, want->bytes, want->length) == 0;
}

static void put_obsolete(struct capture_bytes *file, uint16_t id)
{
	begin_block(file, 2);
	put16(file, id);
	put16(file, 3);
	put64(file, 9);
	put32(file, 2);
	put32(file, 2);
	put_padded(file, "ob", 2);
}

static void put_statistics(struct capture_bytes *file, uint32_t id)
{
	begin_block(file, 5);
	put32(file, id);
	put64(file, 1);
	put16(file, 5);
	put16(file, 8);
	put64(file, 7);
	end_block(file);
}

static void put_simple(struct capture_bytes *file)
{
	begin_block(file, 3);
	put32(file, 3);
	put_padded(file, "sim", 3);
	end_block(file);
}

/* A file of two interfaces, whose ids in the blocks are these. */
static void put_all(struct capture_bytes *file, uint32_t second)
{
	put_packet(file, 0, 1, "first");
	put_packet(file, second, 2, "second");
	put_obsolete(file, (uint16_t)second);
	end_block(file);
	put_statistics(file, second);
	put_simple(file);
	begin_block(file, 0xbeef);
	put32(file, 1);
	end_block(file);
}

TEST(copy_of_every_block_is_the_same_in_either_byte_order)
{
	for (int big = 0; big < 2; big++) {
		struct capture_bytes file = { .big = big };
		struct steps steps = { 0 };
		struct sheet sheet;

		put_section(&file);
		put_interface(&file, 0);
		put_interface(&file, 96);
		put_all(&file, 1);
		file.big = !big;
		put_section(&file);
		put_interface(&file, 0);
		put_packet(&file, 0, 1, "other order");
		CHECK(copy(&file, &steps, &sheet) == 0);
		CHECK(sheet_is(&sheet, &file));
	}
}

TEST(section_length_becomes_unknown)
{
	struct capture_bytes file = { .big = true }, want = { .big = true };
	struct steps steps = { 0 };
	struct sheet sheet;

	put_section(&file);
	put_interface(&file, 0);
	memset(file.bytes + 16, 0, 7);
	file.bytes[23] = 20;
	put_section(&want);
	put_interface(&want, 0);
	CHECK(copy(&file, &steps, &sheet) == 0);
	CHECK(sheet_is(&sheet, &want));
}

TEST(added_interface_changes_the_ids_after_it)
{
	for (int big = 0; big < 2; big++) {
		struct capture_bytes file = { .big = big }, want = { .big = big };
		struct steps steps = { .interface_after_first = true };
		struct sheet sheet;

		put_section(&file);
		put_interface(&file, 0);
		put_interface(&file, 0);
		put_all(&file, 1);
		put_section(&want);
		put_interface(&want, 0);
		put_interface(&want, 96);
		put_interface(&want, 0);
		put_all(&want, 2);
		CHECK(copy(&file, &steps, &sheet) == 0);
		CHECK(sheet_is(&sheet, &want));
	}
}

TEST(simple_packet_is_refused_if_its_interface_is_not_the_first)
{
	struct capture_bytes file = { 0 };
	struct steps steps = { .interface_first = true };
	struct sheet sheet;

	put_section(&file);
	put_interface(&file, 0);
	put_simple(&file);
	CHECK(copy(&file, &steps, &sheet) == -EINVAL);
	CHECK(sheet.length == 28 + 20 + 20);
}

static const uint32_t drops = 0x01020304;

/* clang-format off */
static const struct pcapng_option added[] = {
	TEXT(PCAPNG_OPT_COMMENT, "added"),
	{ PCAPNG_EPB_QUEUE, sizeof(drops), &drops, sizeof(drops) },
};
/* clang-format on */

static void put_added(struct capture_bytes *file)
{
	put_option(file, 1, "added", 5);
	put16(file, 6);
	put16(file, 4);
	put32(file, drops);
	put_option(file, 0, "", 0);
	end_block(file);
}

TEST(options_are_added_after_those_of_the_packet)
{
	for (int big = 0; big < 2; big++) {
		struct capture_bytes file = { .big = big }, want = { .big = big };
		struct steps steps = { .added = LIST(added) };
		struct sheet sheet;

		put_section(&file);
		put_interface(&file, 0);
		want = file;
		put_packet(&file, 0, 1, "none");
		begin_packet(&file, 0, 2, "without an end");
		put_option(&file, 1, "has", 3);
		end_block(&file);
		put_obsolete(&file, 0);
		put_option(&file, 1, "has", 3);
		put_option(&file, 0, "", 0);
		end_block(&file);
		begin_packet(&want, 0, 1, "none");
		put_added(&want);
		begin_packet(&want, 0, 2, "without an end");
		put_option(&want, 1, "has", 3);
		put_added(&want);
		put_obsolete(&want, 0);
		put_option(&want, 1, "has", 3);
		put_added(&want);
		CHECK(copy(&file, &steps, &sheet) == 0);
		CHECK(sheet_is(&sheet, &want));
	}
}

TEST(options_are_refused_for_blocks_without_options)
{
	struct capture_bytes file = { 0 };
	struct steps steps = { .added = LIST(added) };
	struct sheet sheet;

	put_section(&file);
	put_interface(&file, 0);
	put_simple(&file);
	CHECK(copy(&file, &steps, &sheet) == -EINVAL);
	CHECK(sheet.length == 28 + 20);
}

TEST(blocks_of_our_own_have_the_byte_order_of_their_section)
{
	struct pcapng_packet packet = { 1, 0x0102030405060708, 2, 60, "me", LIST(added) };

	for (int big = 0; big < 2; big++) {
		struct capture_bytes file = { .big = big }, want = { .big = big };
		struct steps steps = { .interface_after_first = true, .last = &packet };
		struct sheet sheet;

		put_section(&file);
		put_interface(&file, 0);
		want = file;
		put_interface(&want, 96);
		begin_block(&want, 6);
		put32(&want, 1);
		put32(&want, 0x01020304);
		put32(&want, 0x05060708);
		put32(&want, 2);
		put32(&want, 60);
		put_padded(&want, "me", 2);
		put_added(&want);
		CHECK(copy(&file, &steps, &sheet) == 0);
		CHECK(sheet_is(&sheet, &want));
	}
}

/* A classic file of one record; unit 0xa1b2c3d4 or 0xa1b23c4d. */
static void put_classic(struct capture_bytes *file, uint32_t magic)
{
	put32(file, magic);
	put16(file, 2);
	put16(file, 4);
	put64(file, 0);
	put32(file, 96);
	put32(file, 1);
	put32(file, 3); /* seconds */
	put32(file, 4); /* units */
	put32(file, 4); /* captured bytes, */
	put32(file, 3); /* more than the packet had */
	put_padded(file, "data", 4);
}

static void put_as_section(struct capture_bytes *file, char tsresol, uint64_t time)
{
	put_section(file);
	begin_block(file, 1);
	put16(file, 1);
	put16(file, 0);
	put32(file, 96);
	put_option(file, 9, &tsresol, 1);
	put_option(file, 0, "", 0);
	end_block(file);
	begin_block(file, 6);
	put32(file, 0);
	put32(file, (uint32_t)(time >> 32));
	put32(file, (uint32_t)time);
	put32(file, 4);
	put32(file, 3);
	put_padded(file, "data", 4);
}

TEST(classic_file_becomes_a_section_in_our_byte_order)
{
	static const struct {
		uint32_t magic;
		char tsresol;
		uint64_t time;
	} kinds[] = { { 0xa1b2c3d4, 6, 3000004 }, { 0xa1b23c4d, 9, 3000000004 } };
	const bool our_order = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	for (int i = 0; i < 4; i++) {
		struct capture_bytes file = { .big = i & 1 }, want = { .big = our_order };
		struct steps steps = { 0 }, with = { .added = LIST(added) };
		struct sheet sheet;

		put_classic(&file, kinds[i / 2].magic);
		put_as_section(&want, kinds[i / 2].tsresol, kinds[i / 2].time);
		end_block(&want);
		CHECK(copy(&file, &steps, &sheet) == 0);
		CHECK(sheet_is(&sheet, &want));
		want.length = 0;
		put_as_section(&want, kinds[i / 2].tsresol, kinds[i / 2].time);
		put_added(&want);
		CHECK(copy(&file, &with, &sheet) == 0);
		CHECK(sheet_is(&sheet, &want));
	}
}

/* Copies the items of a file in the other byte order into a section of our own. */
TEST(item_without_its_section_is_refused)
{
	struct capture_bytes file = { .big = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ };
	struct pcapng_reader *reader;
	struct pcapng_writer *writer;
	struct pcapng_item item;
	struct sheet sheet;

	put_section(&file);
	put_interface(&file, 0);
	put_packet(&file, 0, 1, "packet");
	writer = write_to(&sheet);
	reader = pcapng_reader_new_memory(file.bytes, file.length);
	CHECK(pcapng_reader_next(reader, &item) == 1);
	CHECK(pcapng_reader_next(reader, &item) == 1);
	CHECK(pcapng_writer_copy(writer, &item) == -EINVAL);
	CHECK(pcapng_writer_add_section(writer, none) == 0);
	CHECK(pcapng_writer_copy(writer, &item) == -EINVAL);
	CHECK(pcapng_reader_next(reader, &item) == 1);
	CHECK(pcapng_writer_copy(writer, &item) == -EINVAL);
	pcapng_reader_free(reader);
	CHECK(pcapng_writer_free(writer) == 0);
	CHECK(sheet.length == 28);
}

TEST(target_is_flushed_if_there_are_new_bytes)
{
	struct sheet sheet;
	struct pcapng_writer *writer = write_to(&sheet);

	CHECK(pcapng_writer_flush(writer) == 0 && sheet.flushes == 0);
	CHECK(pcapng_writer_add_section(writer, none) == 0 && sheet.flushes == 0);
	CHECK(pcapng_writer_flush(writer) == 0 && sheet.flushes == 1);
	CHECK(pcapng_writer_flush(writer) == 0 && sheet.flushes == 1);
	CHECK(pcapng_writer_free(writer) == 0 && sheet.flushes == 1);
}
