// SPDX-License-Identifier: GPL-2.0-or-later
/* Blocks of pcapng; reader_classic_test.c has classic pcap, reader_source_test.c the sources. */
#include <errno.h>

#include "pcapng/reader.h"
#include "capture_bytes.h"
#include "reading.h"
#include "test.h"

TEST(file_with_every_block_in_either_byte_order)
{
	for (int big = 0; big < 2; big++) {
		struct capture_bytes file = { .big = big };
		struct reading *got;

		put_section(&file);
		put_interface(&file, 3);
		put_packet(&file, 0, 1500000, "hello");
		begin_packet(&file, 0, 2, "comment");
		put_option(&file, 1, "said", 4);
		put_option(&file, 0, "", 0);
		end_block(&file);
		begin_block(&file, 3); /* simple */
		put32(&file, 5);
		put_padded(&file, "simple", 3);
		end_block(&file);
		begin_block(&file, 2); /* obsolete */
		put16(&file, 0);
		put16(&file, 9);
		put64(&file, 0);
		put32(&file, 2);
		put32(&file, 4);
		put_padded(&file, "ob", 2);
		end_block(&file);
		begin_block(&file, 5); /* statistics */
		put32(&file, 0);
		put64(&file, 0);
		put16(&file, 5);
		put16(&file, 8);
		put64(&file, 77);
		end_block(&file);
		begin_block(&file, 4); /* names */
		put32(&file, 0);
		end_block(&file);
		begin_block(&file, 0xbeef);
		end_block(&file);
		got = read_file(&file);
		CHECK_STR(got->text + (big ? strlen("section 1 swapped\n") : strlen("section 1\n")),
			  "interface 0 type 1 snaplen 3 tsresol 6 offset 0\n"
			  "packet 1 if 0 at 1500000000 5/105 'hello' lost 0\n"
			  "packet 2 if 0 at 2000 7/107 'comment' lost 0 (said)\n"
			  "packet 3 if 0 at none 3/5 'sim' lost 0\n"
			  "packet 4 if 0 at 0 2/4 'ob' lost 9\n"
			  "statistics if 0 at 0 lost 77\n"
			  "other 16\n"
			  "other 12\n");
		CHECK(got->result == 0);
	}
}

TEST(empty_file_and_text_are_not_capture_files)
{
	CHECK(read_bytes("", 0)->result == -EPROTO);
	CHECK_STR(read_bytes("", 0)->text, "not a pcapng or pcap file: it is empty");
	CHECK_STR(read_bytes("Hello", 5)->text,
		  "not a pcapng or pcap file: starts with 48 65 6c 6c (\"Hell\")");
	CHECK(read_bytes("Hello", 5)->result == -EPROTO);
}

TEST(damage_is_reported_after_the_items_before_it_and_stays)
{
	struct capture_bytes file = { 0 };
	struct pcapng_reader *reader;
	struct pcapng_item item;

	put_section(&file);
	put_interface(&file, 0);
	put_packet(&file, 0, 1, "whole");
	reader = pcapng_reader_new_memory(file.bytes, file.length - 4);
	for (int i = 0; i < 2; i++)
		CHECK(pcapng_reader_next(reader, &item) == 1);
	for (int i = 0; i < 2; i++) {
		CHECK(pcapng_reader_next(reader, &item) == -EINVAL);
		CHECK_STR(pcapng_reader_error(reader),
			  "block 3 at offset 48: the file ends after 36 of its 40 bytes");
	}
	pcapng_reader_free(reader);
}

TEST(truncated_file_is_damage_except_between_blocks)
{
	struct capture_bytes file = { 0 };
	size_t whole[4] = { 0 };

	put_section(&file);
	whole[1] = file.length;
	put_interface(&file, 0);
	whole[2] = file.length;
	put_packet(&file, 0, 1, "packet");
	whole[3] = file.length;
	for (size_t length = 1, next = 1; length <= file.length; length++) {
		int result = read_bytes(file.bytes, length)->result;

		if (length == whole[next]) {
			CHECK(result == 0);
			next++;
		} else {
			CHECK(result == (length < 4 ? -EPROTO : -EINVAL));
		}
	}
}

/* An interface with one option. */
static void put_interface_with(struct capture_bytes *file, uint16_t code, const char *value,
			       size_t length)
{
	begin_block(file, 1);
	put16(file, 1);
	put16(file, 0);
	put32(file, 0);
	put_option(file, code, value, length);
	end_block(file);
}

TEST(each_section_has_its_own_interfaces_and_byte_order)
{
	struct capture_bytes file = { 0 };

	put_section(&file);
	put_interface(&file, 0);
	put_interface_with(&file, 9, "\11", 1);
	put_packet(&file, 1, 5, "ns");
	put_packet(&file, 0, 5, "us");
	file.big = true;
	put_section(&file);
	put_interface_with(&file, 9, "\3", 1);
	put_packet(&file, 0, 5, "ms");
	CHECK_STR(read_file(&file)->text, "section 1\n"
					  "interface 0 type 1 snaplen 0 tsresol 6 offset 0\n"
					  "interface 1 type 1 snaplen 0 tsresol 9 offset 0\n"
					  "packet 1 if 1 at 5 2/102 'ns' lost 0\n"
					  "packet 2 if 0 at 5000 2/102 'us' lost 0\n"
					  "section 2 swapped\n"
					  "interface 0 type 1 snaplen 0 tsresol 3 offset 0\n"
					  "packet 3 if 0 at 5000000 2/102 'ms' lost 0\n");
}

TEST(offset_of_an_interface_is_added_and_a_time_before_1970_is_missing)
{
	struct capture_bytes file = { .big = true };

	put_section(&file);
	put_interface_with(&file, 14, "\0\0\0\0\0\0\0\2", 8);
	put_interface_with(&file, 14, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	put_packet(&file, 0, 1, "a");
	put_packet(&file, 1, 1000000, "b");
	put_packet(&file, 1, 999999, "c");
	CHECK_STR(strstr(read_file(&file)->text, "packet 1"),
		  "packet 1 if 0 at 2000001000 1/101 'a' lost 0\n"
		  "packet 2 if 1 at 0 1/101 'b' lost 0\n"
		  "packet 3 if 1 at none 1/101 'c' lost 0\n");
}

TEST(simple_packet_without_snaplen_is_whole)
{
	struct capture_bytes file = { 0 };

	put_section(&file);
	put_interface(&file, 0);
	begin_block(&file, 3);
	put32(&file, 3);
	put_padded(&file, "abc", 3);
	end_block(&file);
	CHECK_STR(strstr(read_file(&file)->text, "packet"),
		  "packet 1 if 0 at none 3/3 'abc' lost 0\n");
}

TEST(losses_are_reported_and_unknown_ones_are_0)
{
	struct capture_bytes file = { 0 };

	put_section(&file);
	put_interface(&file, 0);
	begin_packet(&file, 0, 0, "a");
	put16(&file, 4);
	put16(&file, 8);
	put64(&file, 12);
	end_block(&file);
	begin_packet(&file, 0, 0, "b");
	put_option(&file, 4, "\1\0\0\0", 4); /* the wrong length */
	end_block(&file);
	begin_block(&file, 2);
	put16(&file, 0);
	put16(&file, 0xffff);
	put64(&file, 0);
	put64(&file, 0);
	end_block(&file);
	CHECK_STR(strstr(read_file(&file)->text, "packet"), "packet 1 if 0 at 0 1/101 'a' lost 12\n"
							    "packet 2 if 0 at 0 1/101 'b' lost 0\n"
							    "packet 3 if 0 at 0 0/0 '' lost 0\n");
}

TEST(blocks_that_wireshark_numbers_are_numbered)
{
	struct capture_bytes file = { 0 };

	put_section(&file);
	put_interface(&file, 0);
	for (int i = 0; i < 3; i++) {
		begin_block(&file, i == 0 ? 0xbad : i == 1 ? 0x40000bad : 9);
		put32(&file, 32473);
		end_block(&file);
	}
	put_packet(&file, 0, 0, "a");
	CHECK_STR(strstr(read_file(&file)->text, "packet"),
		  "packet 4 if 0 at 0 1/101 'a' lost 0\n");
}

TEST(version_1_2_is_1_0_and_section_lengths_are_ignored)
{
	struct capture_bytes file = { 0 };

	put_section(&file);
	file.bytes[14] = 2;
	memset(file.bytes + 16, 1, 8);
	put_interface(&file, 0);
	CHECK(read_file(&file)->result == 0);
}

TEST(options_after_the_end_are_ignored)
{
	struct capture_bytes file = { 0 };
	struct reading *got;

	put_section(&file);
	put_interface(&file, 0);
	begin_packet(&file, 0, 0, "a");
	put_option(&file, 1, "first", 5);
	put_option(&file, 0, "", 0);
	put_option(&file, 1, "hidden", 6);
	end_block(&file);
	got = read_file(&file);
	CHECK(got->result == 0 && strstr(got->text, "(first)"));
}

TEST(numbers_in_options_are_read_in_their_byte_order)
{
	for (int big = 0; big < 2; big++) {
		struct capture_bytes file = { .big = big };
		struct pcapng_reader *reader;
		struct pcapng_option option;
		struct pcapng_item item;
		size_t at = 0;

		put_section(&file);
		put_interface(&file, 0);
		begin_packet(&file, 0, 0, "a");
		put16(&file, 2);
		put16(&file, 4);
		put32(&file, 0x01020304);
		put16(&file, 5);
		put16(&file, 8);
		put64(&file, 0x0102030405060708);
		put_option(&file, 0, "", 0);
		end_block(&file);
		reader = pcapng_reader_new_memory(file.bytes, file.length);
		for (int i = 0; i < 3; i++)
			CHECK(pcapng_reader_next(reader, &item) == 1);
		CHECK(pcapng_item_option(&item, &at, &option) && option.code == 2);
		CHECK(pcapng_item_u32(&item, &option) == 0x01020304);
		CHECK(pcapng_item_u64(&item, &option) == 0);
		CHECK(pcapng_item_option(&item, &at, &option) && option.code == 5);
		CHECK(pcapng_item_u64(&item, &option) == 0x0102030405060708);
		CHECK(pcapng_item_u32(&item, &option) == 0);
		CHECK(!pcapng_item_option(&item, &at, &option));
		pcapng_reader_free(reader);
	}
}

TEST(free_accepts_null)
{
	pcapng_reader_free(NULL);
	CHECK(true);
}
