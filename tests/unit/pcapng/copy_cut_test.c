// SPDX-License-Identifier: GPL-2.0-or-later
#include "pcapng/reader.h"
#include "capture_bytes.h"
#include "test.h"

static struct capture_bytes copied;

static ptrdiff_t write_copied(void *context, const void *bytes, size_t size)
{
	struct capture_bytes *to = context;

	if (size > sizeof(to->bytes) - to->length)
		return -1;
	memcpy(to->bytes + to->length, bytes, size);
	to->length += size;
	return (ptrdiff_t)size;
}

/* Copies the file with the first caplen bytes of each packet. */
static bool copy(const struct capture_bytes *file, uint32_t caplen)
{
	struct pcapng_reader *reader = pcapng_reader_new_memory(file->bytes, file->length);
	struct pcapng_writer *writer;
	struct pcapng_item item;
	int got, err = 0;

	copied = (struct capture_bytes){ .big = file->big };
	writer = pcapng_writer_new((struct pcapng_target){ write_copied, NULL, &copied });
	while (!err && (got = pcapng_reader_next(reader, &item)) > 0)
		err = pcapng_writer_copy_cut(writer, &item, caplen, (struct pcapng_options){ 0 });
	pcapng_reader_free(reader);
	return !pcapng_writer_free(writer) && !err && !got;
}

static bool is_copied(const struct capture_bytes *want)
{
	return copied.length == want->length &&
	       memcmp(copied.bytes, want->bytes, want->length) == 0;
}

/* An Enhanced Packet Block of 106 bytes, of which two are captured. */
static void put_two_bytes(struct capture_bytes *file)
{
	begin_block(file, 6);
	put32(file, 0);
	put32(file, 0);
	put32(file, 7);
	put32(file, 2);
	put32(file, 106);
	put_padded(file, "pa", 2);
}

static void put_simple(struct capture_bytes *file, const char *data)
{
	begin_block(file, 3);
	put32(file, 7);
	put_padded(file, data, 7);
	end_block(file);
}

TEST(a_packet_keeps_its_length_and_its_options)
{
	for (int big = 0; big < 2; big++) {
		struct capture_bytes file = { .big = big }, want = { .big = big };

		put_section(&file);
		put_interface(&file, 0);
		want = file;
		put_packet(&file, 0, 7, "packet");
		begin_packet(&file, 0, 7, "packet");
		put_option(&file, 1, "has", 3);
		end_block(&file);
		put_packet(&file, 0, 7, "no");
		put_two_bytes(&want);
		end_block(&want);
		put_two_bytes(&want);
		put_option(&want, 1, "has", 3);
		put_option(&want, 0, "", 0);
		end_block(&want);
		put_packet(&want, 0, 7, "no");
		CHECK(copy(&file, 2) && is_copied(&want));
		CHECK(copy(&file, UINT32_MAX) && is_copied(&file));
	}
}

TEST(the_rest_of_a_simple_packet_becomes_zeros)
{
	for (int big = 0; big < 2; big++) {
		struct capture_bytes file = { .big = big }, want = { .big = big };

		put_section(&file);
		put_interface(&file, 0);
		want = file;
		put_simple(&file, "packets");
		put_simple(&want, "pac\0\0\0\0");
		CHECK(copy(&file, 3) && is_copied(&want));
	}
}

TEST(a_record_of_a_classic_file_is_cut)
{
	struct capture_bytes file = { 0 };

	put32(&file, 0xa1b2c3d4);
	put16(&file, 2);
	put16(&file, 4);
	put32(&file, 0);
	put32(&file, 0);
	put32(&file, 100);
	put32(&file, 1);
	put32(&file, 1);
	put32(&file, 2);
	put32(&file, 4);
	put32(&file, 4);
	memcpy(file.bytes + file.length, "data", 4);
	file.length += 4;
	CHECK(copy(&file, 1));
	CHECK(!memmem(copied.bytes, copied.length, "at", 2));
	CHECK(memmem(copied.bytes, copied.length, "d\0\0\0", 4));
}
