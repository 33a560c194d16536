// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include <errno.h>

#include "pcapng_file.h"
#include "test.h"

/*
 * Expected files are written by hand below; only the byte order is this machine's. clang-format
 * would give each of their bytes a line.
 */
/* clang-format off */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define U16(v) (unsigned char)(v), (unsigned char)((v) >> 8)
#define U32(v) U16((v) & 0xffff), U16((uint32_t)(v) >> 16)
#define U64(v) U32((v) & 0xffffffff), U32((uint64_t)(v) >> 32)
#else
#define U16(v) (unsigned char)((v) >> 8), (unsigned char)(v)
#define U32(v) U16((uint32_t)(v) >> 16), U16((v) & 0xffff)
#define U64(v) U32((uint64_t)(v) >> 32), U32((v) & 0xffffffff)
#endif
#define SECTION_START U32(0x1a2b3c4d), U16(1), U16(0), U64(0xffffffffffffffff)
/* clang-format on */

TEST(section_without_options_has_no_option_list)
{
	static const unsigned char want[] = { U32(0x0a0d0d0a), U32(28), SECTION_START, U32(28) };
	int fd = memory_file();
	struct pcapng_writer *writer = pcapng_writer_new(pcapng_target_fd(fd));

	CHECK(pcapng_writer_add_section(writer, none) == 0);
	CHECK(pcapng_writer_free(writer) == 0);
	CHECK(file_holds(fd, 0, want, sizeof(want)));
	close(fd);
}

TEST(section_options_are_padded_and_ended)
{
	static const struct pcapng_option options[] = {
		TEXT(PCAPNG_SHB_HARDWARE, "x86"),
		TEXT(PCAPNG_SHB_OS, "Linux"),
		TEXT(PCAPNG_SHB_USERAPPL, "tcpdropcap 1"),
		TEXT(PCAPNG_OPT_COMMENT, ""),
	};
	/* clang-format off */
	static const unsigned char want[] = {
		U32(0x0a0d0d0a), U32(72), SECTION_START,
		U16(2), U16(3), 'x', '8', '6', 0,
		U16(3), U16(5), 'L', 'i', 'n', 'u', 'x', 0, 0, 0,
		U16(4), U16(12), 't', 'c', 'p', 'd', 'r', 'o', 'p', 'c', 'a', 'p', ' ', '1',
		U16(1), U16(0),
		U16(0), U16(0), U32(72),
	};
	/* clang-format on */
	int fd = memory_file();
	struct pcapng_writer *writer = pcapng_writer_new(pcapng_target_fd(fd));

	CHECK(pcapng_writer_add_section(writer, LIST(options)) == 0);
	CHECK(pcapng_writer_free(writer) == 0);
	CHECK(file_holds(fd, 0, want, sizeof(want)));
	close(fd);
}

TEST(packet_without_data_and_options_is_its_fixed_part)
{
	static const unsigned char want[] = {
		U32(6), U32(32), U32(0), U32(0), U32(1), U32(0), U32(1514), U32(32),
	};
	struct pcapng_packet packet = { .timestamp = 1, .len = 1514 };
	int fd = memory_file();
	struct pcapng_writer *writer = begin_file(fd);

	CHECK(pcapng_writer_add_packet(writer, &packet) == 0);
	CHECK(pcapng_writer_free(writer) == 0);
	CHECK(file_holds(fd, PREFIX, want, sizeof(want)));
	close(fd);
}

static const uint8_t nanoseconds = 9;
static const uint64_t received = 2;

static const struct pcapng_option section_options[] = { TEXT(PCAPNG_SHB_OS, "6.1") };
static const struct pcapng_option eth0_options[] = {
	TEXT(PCAPNG_IF_NAME, "eth0"),
	VALUE(PCAPNG_IF_TSRESOL, nanoseconds),
};
static const struct pcapng_option statistics_options[] = {
	VALUE(PCAPNG_ISB_IFRECV, received),
	VALUE(PCAPNG_ISB_IFDROP, dropcount),
};

static int write_capture(int fd)
{
	static const uint64_t then = 0x17f3c2a1deadbeef;
	struct pcapng_packet first = { 0, then, 5, 60, "hello", LIST(packet_options) };
	struct pcapng_packet second = { 1, 0xffffffff, 4, 4, "four", none };
	struct pcapng_writer *writer = pcapng_writer_new(pcapng_target_fd(fd));
	uint32_t eth0, lo;
	int error = pcapng_writer_add_section(writer, LIST(section_options));

	error |= pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_ETHERNET, 96,
					     LIST(eth0_options), &eth0);
	error |= pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_RAW, 65536, none, &lo);
	error |= pcapng_writer_add_packet(writer, &first);
	error |= pcapng_writer_add_packet(writer, &second);
	error |= pcapng_writer_add_statistics(writer, eth0, 0x17f3c2a200000001,
					      LIST(statistics_options));
	error |= pcapng_writer_add_statistics(writer, lo, 2, none);
	return error | pcapng_writer_free(writer);
}

TEST(capture_with_every_block_is_this_file)
{
	/* clang-format off */
	static const unsigned char want[] = {
		U32(0x0a0d0d0a), U32(40), SECTION_START,
		U16(3), U16(3), '6', '.', '1', 0, U16(0), U16(0), U32(40),

		U32(1), U32(40), U16(1), U16(0), U32(96),
		U16(2), U16(4), 'e', 't', 'h', '0', U16(9), U16(1), 9, 0, 0, 0,
		U16(0), U16(0), U32(40),

		U32(1), U32(20), U16(101), U16(0), U32(65536), U32(20),

		U32(6), U32(116), U32(0), U32(0x17f3c2a1), U32(0xdeadbeef), U32(5), U32(60),
		'h', 'e', 'l', 'l', 'o', 0, 0, 0,
		U16(2), U16(4), U32(5), U16(4), U16(8), U64(7),
		U16(5), U16(8), U64(0x0123456789abcdef), U16(6), U16(4), U32(3),
		U16(1), U16(9), 'f', 'i', 'r', 's', 't', ' ', 'o', 'n', 'e', 0, 0, 0,
		U16(1), U16(9), 't', 'w', 'o', '\n', 'l', 'i', 'n', 'e', 's', 0, 0, 0,
		U16(0), U16(0), U32(116),

		U32(6), U32(36), U32(1), U32(0), U32(0xffffffff), U32(4), U32(4),
		'f', 'o', 'u', 'r', U32(36),

		U32(5), U32(52), U32(0), U32(0x17f3c2a2), U32(1),
		U16(4), U16(8), U64(2), U16(5), U16(8), U64(7), U16(0), U16(0), U32(52),

		U32(5), U32(24), U32(1), U32(0), U32(2), U32(24),
	};
	/* clang-format on */
	int fd = memory_file();

	CHECK(write_capture(fd) == 0);
	CHECK(file_holds(fd, 0, want, sizeof(want)));
	close(fd);
}

TEST(values_are_copied_when_the_block_is_added)
{
	/* clang-format off */
	static const unsigned char want[] = {
		U32(6), U32(48), U32(0), U32(0), U32(1), U32(2), U32(2), 'o', 'k', 0, 0,
		U16(1), U16(2), 'o', 'k', 0, 0, U16(0), U16(0), U32(48),
	};
	/* clang-format on */
	char text[] = "ok";
	struct pcapng_option option = { PCAPNG_OPT_COMMENT, 2, text, 0 };
	struct pcapng_packet packet = { 0, 1, 2, 2, text, { &option, 1 } };
	int fd = memory_file();
	struct pcapng_writer *writer = begin_file(fd);

	CHECK(pcapng_writer_add_packet(writer, &packet) == 0);
	memset(text, 'x', sizeof(text));
	CHECK(pcapng_writer_free(writer) == 0);
	CHECK(file_holds(fd, PREFIX, want, sizeof(want)));
	close(fd);
}

TEST(option_of_65535_bytes_fits)
{
	static const unsigned char head[] = {
		U32(6), U32(65576), U32(0), U32(0), U32(1), U32(0), U32(0), U16(1), U16(65535),
	};
	static const unsigned char tail[] = { 0, U16(0), U16(0), U32(65576) };
	static unsigned char want[65576];
	static char comment[65535];
	struct pcapng_option option = VALUE(PCAPNG_OPT_COMMENT, comment);
	int fd = memory_file();
	struct pcapng_writer *writer = begin_file(fd);

	memset(comment, 'c', sizeof(comment));
	memset(want, 'c', sizeof(want));
	memcpy(want, head, sizeof(head));
	memcpy(want + sizeof(want) - sizeof(tail), tail, sizeof(tail));
	CHECK(add_packet(writer, 0, (struct pcapng_options){ &option, 1 }) == 0);
	CHECK(pcapng_writer_free(writer) == 0);
	CHECK(file_holds(fd, PREFIX, want, sizeof(want)));
	close(fd);
}

TEST(interface_ids_count_from_0_in_each_section)
{
	struct pcapng_packet packet = { .interface_id = 1 };
	int fd = memory_file();
	struct pcapng_writer *writer = begin_file(fd);
	uint32_t id = 99;

	CHECK(pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_RAW, 0, none, &id) == 0);
	CHECK(id == 1);
	CHECK(pcapng_writer_add_packet(writer, &packet) == 0);
	CHECK(pcapng_writer_add_section(writer, none) == 0);
	CHECK(pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_RAW, 0, none, &id) == 0);
	CHECK(id == 0);
	CHECK(pcapng_writer_add_packet(writer, &packet) == -EINVAL);
	CHECK(pcapng_writer_free(writer) == 0);
	close(fd);
}

TEST(interface_needs_a_section)
{
	int fd = memory_file();
	struct pcapng_writer *writer = pcapng_writer_new(pcapng_target_fd(fd));
	uint32_t id = 99;

	CHECK(pcapng_writer_add_interface(writer, PCAPNG_LINKTYPE_RAW, 0, none, &id) == -EINVAL);
	CHECK(id == 99);
	CHECK(pcapng_writer_bytes(writer) == 0);
	CHECK(pcapng_writer_free(writer) == 0);
	CHECK(file_holds(fd, 0, "", 0));
	close(fd);
}

TEST(blocks_that_readers_refuse_are_refused)
{
	static const struct pcapng_option ends_early[] = {
		TEXT(PCAPNG_OPT_COMMENT, "seen"),
		TEXT(0, ""),
		TEXT(PCAPNG_OPT_COMMENT, "hidden"),
	};
	static const unsigned char want[] = {
		U32(6), U32(36), U32(0), U32(0), U32(1), U32(1), U32(1), U32(0), U32(36),
	};
	struct pcapng_packet longer_than_it_was = { 0, 1, 2, 1, zeros, none };
	struct pcapng_packet of_no_interface = { 1, 1, 1, 1, zeros, none };
	struct pcapng_packet longest = { 0, 1, UINT32_MAX, UINT32_MAX, NULL, none };
	int fd = memory_file();
	struct pcapng_writer *writer = begin_file(fd);
	uint32_t id = 99;

	CHECK(pcapng_writer_add_packet(writer, &longer_than_it_was) == -EINVAL);
	CHECK(pcapng_writer_add_packet(writer, &of_no_interface) == -EINVAL);
	CHECK(pcapng_writer_add_packet(writer, &longest) == -EINVAL);
	CHECK(pcapng_writer_add_statistics(writer, 1, 1, none) == -EINVAL);
	CHECK(add_packet(writer, 1, LIST(ends_early)) == -EINVAL);
	CHECK(pcapng_writer_add_section(writer, LIST(ends_early)) == -EINVAL);
	CHECK(pcapng_writer_add_interface(writer, 1, 0, LIST(ends_early), &id) == -EINVAL);
	CHECK(id == 99);
	CHECK(pcapng_writer_bytes(writer) == PREFIX);
	CHECK(add_packet(writer, 1, none) == 0); /* interface 0 is still there */
	CHECK(pcapng_writer_free(writer) == 0);
	CHECK(file_holds(fd, PREFIX, want, sizeof(want)));
	close(fd);
}

TEST(block_stays_under_16_mib)
{
	struct pcapng_option option = { PCAPNG_OPT_COMMENT, 1, "", 0 };
	struct pcapng_options one = { &option, 1 };
	int fd = memory_file();
	struct pcapng_writer *writer = begin_file(fd);

	CHECK(add_packet(writer, BLOCK_LIMIT - 35, none) == -EINVAL); /* with its padding */
	CHECK(add_packet(writer, BLOCK_LIMIT - 32, none) == -EINVAL); /* with its second length */
	CHECK(add_packet(writer, BLOCK_LIMIT - 40, one) == -EINVAL);
	CHECK(pcapng_writer_bytes(writer) == PREFIX);
	CHECK(add_packet(writer, BLOCK_LIMIT - 36, none) == 0);
	CHECK(pcapng_writer_bytes(writer) == PREFIX + BLOCK_LIMIT - 4);
	CHECK(pcapng_writer_free(writer) == 0);
	CHECK(lseek(fd, 0, SEEK_END) == PREFIX + BLOCK_LIMIT - 4);
	close(fd);
}
