// SPDX-License-Identifier: GPL-2.0-or-later
#include "file/whole_events.h"
#include "pcapng/pcapng.h"
#include "test.h"

static uint8_t file[4096];
static size_t length;
static size_t ends[3]; /* of the packets */

static ptrdiff_t take(void *context, const void *bytes, size_t size)
{
	(void)context;
	memcpy(file + length, bytes, size);
	length += size;
	return (ptrdiff_t)size;
}

/* Three packets, the second of which reports losses, and blocks of other kinds around them. */
static void make_file(void)
{
	struct pcapng_writer *writer = pcapng_writer_new((struct pcapng_target){ .write = take });
	uint64_t lost = 9;
	const struct pcapng_option options[] = {
		{ PCAPNG_OPT_COMMENT, 5, "drops", 0 },
		{ PCAPNG_EPB_DROPCOUNT, sizeof(lost), &lost, 0 },
	};
	struct pcapng_packet packet = { .caplen = 7, .len = 7, .data = "abcdefg" };
	uint32_t id;

	length = 0;
	CHECK(pcapng_writer_add_section(writer, (struct pcapng_options){ 0 }) == 0);
	CHECK(pcapng_writer_add_interface(writer, 1, 0, (struct pcapng_options){ 0 }, &id) == 0);
	for (int i = 0; i < 3; i++) {
		packet.options.list = options;
		packet.options.count = i == 1 ? 2 : i == 2;
		CHECK(pcapng_writer_add_packet(writer, &packet) == 0);
		CHECK(pcapng_writer_flush(writer) == 0);
		ends[i] = length;
		CHECK(pcapng_writer_add_statistics(writer, id, 0, (struct pcapng_options){ 0 }) ==
		      0);
	}
	CHECK(pcapng_writer_free(writer) == 0);
}

/* However many bytes were written. */
TEST(packets_are_kept_up_to_the_last_whole_one)
{
	make_file();
	CHECK(length > ends[2] && length < sizeof(file));
	for (size_t size = 0; size <= length; size++) {
		struct whole_events whole = whole_packets(file, size);
		size_t packets = (size >= ends[0]) + (size >= ends[1]) + (size >= ends[2]);

		CHECK(whole.mark.events == packets);
		CHECK(whole.mark.lost == (packets > 1 ? 9 : 0));
		CHECK(whole.bytes == (packets ? ends[packets - 1] : 0));
	}
}

/* The bytes are ours, but their lengths are not believed. */
TEST(damaged_lengths_end_the_search)
{
	make_file();
	for (size_t at = 0; at + 4 <= length; at += 4) {
		uint8_t before[4];

		memcpy(before, file + at, 4);
		memset(file + at, 0xff, 4);
		CHECK(whole_packets(file, length).bytes <= length);
		memcpy(file + at, before, 4);
	}
}

TEST(lines_are_kept_up_to_the_last_whole_event)
{
	static const char lines[] = "{\"time\":1.5,\"event\":\"drop\"}\n"
				    "{\"time\":1.6,\"lost\":12,\"comm\":\"x\"}\n"
				    "{\"time\":1.7,\"comm\":\",\\\"lost\\\":4\"}\n"
				    "{\"account\":\"x\"}\n{\"lost\":5}\n";
	size_t third = (size_t)(strstr(lines, "{\"account") - lines);
	struct whole_events whole = whole_lines(lines, strlen(lines));

	CHECK(whole.bytes == third && whole.mark.events == 3 && whole.mark.lost == 12);
	whole = whole_lines(lines, third - 1);
	CHECK(whole.mark.events == 2 && whole.mark.lost == 12);
	whole = whole_lines(lines, 3);
	CHECK(whole.bytes == 0 && whole.mark.events == 0);
}
