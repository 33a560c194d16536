// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of classic pcap, which the reader reads like pcapng. */
#include <stdio.h>

#include "pcapng/reader.h"
#include "capture_bytes.h"
#include "reading.h"
#include "test.h"

static void put_classic(struct capture_bytes *file, uint32_t magic)
{
	put32(file, magic);
	put16(file, 2);
	put16(file, 4);
	put64(file, 0);
	put32(file, 3);
	put32(file, 0x10000001); /* frames have a checksum at their end */
	put32(file, 1600000000);
	put32(file, 5);
	put32(file, 4); /* more than the snaplen */
	put32(file, 60);
	put_padded(file, "data", 4);
}

TEST(classic_files_of_either_byte_order_and_unit)
{
	for (int i = 0; i < 4; i++) {
		struct capture_bytes file = { .big = i & 1 };
		char want[256];

		put_classic(&file, i < 2 ? 0xa1b2c3d4 : 0xa1b23c4d);
		snprintf(want, sizeof(want),
			 "section 1\n"
			 "interface 0 type 1 snaplen 3 tsresol %d offset 0\n"
			 "packet 1 if 0 at 16000000000000%s 4/60 'data' lost 0\n",
			 i < 2 ? 6 : 9, i < 2 ? "05000" : "00005");
		CHECK_STR(read_file(&file)->text, want);
		CHECK(read_file(&file)->result == 0);
		CHECK(read_bytes(file.bytes, 24)->result == 0);
	}
}

/* A file of one record with these lengths, of which there are four bytes of data. */
static const char *read_version(uint16_t minor, uint32_t first_length, uint32_t second_length)
{
	struct capture_bytes file = { 0 };
	char *packet;

	put32(&file, 0xa1b2c3d4);
	put16(&file, 2);
	put16(&file, minor);
	put64(&file, 0);
	put32(&file, 96);
	put32(&file, 1);
	put64(&file, 0);
	put32(&file, first_length);
	put32(&file, second_length);
	put_padded(&file, "data", 4);
	packet = strstr(read_file(&file)->text, "packet");
	return packet ? packet : "";
}

TEST(classic_files_before_2_4_have_the_lengths_in_the_other_order)
{
	const char *want = "packet 1 if 0 at 0 4/60 'data' lost 0\n";

	CHECK_STR(read_version(4, 4, 60), want);
	CHECK_STR(read_version(3, 4, 60), want);
	CHECK_STR(read_version(3, 60, 4), want);
	for (uint16_t minor = 0; minor < 3; minor++)
		CHECK_STR(read_version(minor, 60, 4), want);
}

TEST(modified_classic_files_have_longer_records)
{
	for (int big = 0; big < 2; big++) {
		struct capture_bytes file = { .big = big };

		put_classic(&file, 0xa1b2cd34);
		file.length -= 4;
		put64(&file, 0x1122334455667788); /* interface, protocol, packet type */
		put_padded(&file, "data", 4);
		CHECK(strstr(read_file(&file)->text,
			     "at 1600000000000005000 4/60 'data' lost 0\n"));
		CHECK(read_file(&file)->result == 0);
	}
}
