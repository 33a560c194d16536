// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>

#include "pcapng/reader.h"
#include "capture_bytes.h"
#include "test.h"

/* The items of a reading as text, with the result and the message at the end. */
struct reading {
	char text[8192];
	int result;
};

static void describe_packet(const struct pcapng_item *item, char *text, size_t size)
{
	char time[32] = "none";

	if (item->has_timestamp)
		snprintf(time, sizeof(time), "%llu", (unsigned long long)item->timestamp_ns);
	snprintf(text, size, "packet %llu if %u at %s %u/%u '%.*s' lost %llu",
		 (unsigned long long)item->frame, item->interface->id, time, item->caplen,
		 item->len, (int)item->caplen, (const char *)item->data,
		 (unsigned long long)item->lost);
}

static void describe(const struct pcapng_item *item, char *text, size_t size)
{
	switch (item->type) {
	case PCAPNG_SECTION:
		snprintf(text, size, "section %llu%s", (unsigned long long)item->section,
			 item->swapped ? " swapped" : "");
		break;
	case PCAPNG_INTERFACE:
		snprintf(text, size, "interface %u type %u snaplen %u tsresol %u offset %lld",
			 item->interface->id, item->interface->linktype, item->interface->snaplen,
			 item->interface->tsresol, (long long)item->interface->offset_s);
		break;
	case PCAPNG_PACKET:
		describe_packet(item, text, size);
		break;
	case PCAPNG_STATISTICS:
		snprintf(text, size, "statistics if %u at %llu lost %llu", item->interface->id,
			 (unsigned long long)item->timestamp_ns, (unsigned long long)item->lost);
		break;
	default:
		snprintf(text, size, "other %zu", item->raw_length);
	}
}

/* A comment on the item, if it has one. */
static void describe_comment(const struct pcapng_item *item, char *text, size_t size)
{
	struct pcapng_option option;
	size_t at = 0;

	text[0] = '\0';
	while (pcapng_item_option(item, &at, &option)) {
		if (option.code == PCAPNG_OPT_COMMENT)
			snprintf(text, size, " (%.*s)", (int)option.length,
				 (const char *)option.value);
	}
}

static void read_on(struct reading *reading, struct pcapng_reader *reader)
{
	struct pcapng_item item;
	char line[512], comment[512];

	while ((reading->result = pcapng_reader_next(reader, &item)) > 0) {
		describe(&item, line, sizeof(line));
		describe_comment(&item, comment, sizeof(comment));
		strcat(strcat(strcat(reading->text, line), comment), "\n");
	}
	if (reading->result < 0)
		strcat(reading->text, pcapng_reader_error(reader));
	pcapng_reader_free(reader);
}

/* Reads the bytes from memory; a page that cannot be read follows them. */
static struct reading *read_bytes(const void *bytes, size_t length)
{
	static struct reading reading;
	struct guarded guarded = guard(bytes, length);

	reading = (struct reading){ 0 };
	read_on(&reading, pcapng_reader_new_memory(guarded.bytes, length));
	unguard(guarded);
	return &reading;
}

static struct reading *read_file(const struct capture_bytes *file)
{
	return read_bytes(file->bytes, file->length);
}

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

/* A source that gives this many bytes at once, and then the end or an error. */
struct trickle {
	const uint8_t *bytes;
	size_t left, piece;
	int last;
	int calls_behind;
};

static ptrdiff_t read_trickle(void *context, void *to, size_t size)
{
	struct trickle *trickle = context;
	size_t n = trickle->piece < size ? trickle->piece : size;

	if (!trickle->left) {
		trickle->calls_behind++;
		return trickle->last;
	}
	n = n < trickle->left ? n : trickle->left;
	memcpy(to, trickle->bytes, n);
	trickle->bytes += n;
	trickle->left -= n;
	return (ptrdiff_t)n;
}

static void put_some_file(struct capture_bytes *file)
{
	put_section(file);
	put_interface(file, 0);
	for (uint32_t i = 0; i < 20; i++)
		put_packet(file, 0, i, "packet of some length");
}

TEST(stream_in_any_pieces_gives_the_same_as_memory)
{
	static char want[8192];
	struct capture_bytes file = { 0 };

	put_some_file(&file);
	strcpy(want, read_file(&file)->text);
	for (size_t piece = 1; piece < 200; piece++) {
		struct trickle trickle = { file.bytes, file.length, piece, 0, 0 };
		static struct reading reading;

		reading = (struct reading){ 0 };
		read_on(&reading,
			pcapng_reader_new((struct pcapng_source){ read_trickle, &trickle }));
		CHECK(reading.result == 0);
		CHECK_STR(reading.text, want);
	}
}

/* A source of a section and then the same blocks without end. */
struct endless {
	struct capture_bytes first, again;
	size_t at;
	bool is_first;
};

static ptrdiff_t read_endless(void *context, void *to, size_t size)
{
	struct endless *endless = context;
	const struct capture_bytes *from = endless->is_first ? &endless->first : &endless->again;
	size_t n = from->length - endless->at < size ? from->length - endless->at : size;

	memcpy(to, from->bytes + endless->at, n);
	endless->at += n;
	if (endless->at == from->length) {
		endless->at = 0;
		endless->is_first = false;
	}
	return (ptrdiff_t)n;
}

/* Returns the message after so many items. */
static const char *read_endlessly(struct endless *endless, uint64_t *items)
{
	static char message[256];
	struct pcapng_reader *reader;
	struct pcapng_item item;
	int got;

	endless->is_first = true;
	*items = 0;
	reader = pcapng_reader_new((struct pcapng_source){ read_endless, endless });
	while ((got = pcapng_reader_next(reader, &item)) > 0 && *items < 1 << 26)
		++*items;
	snprintf(message, sizeof(message), "%d: %s", got, pcapng_reader_error(reader));
	pcapng_reader_free(reader);
	return strchr(message, 'm') ? strchr(message, 'm') : message;
}

TEST(number_of_interfaces_and_sections_is_limited)
{
	struct endless interfaces = { 0 }, sections = { 0 }, both = { 0 };
	uint64_t items;

	put_section(&interfaces.first);
	put_interface(&interfaces.again, 0);
	CHECK_STR(read_endlessly(&interfaces, &items),
		  "more than 262144 interfaces in its section");
	CHECK(items == 1 + (1 << 18));

	put_section(&sections.first);
	put_section(&sections.again);
	CHECK_STR(read_endlessly(&sections, &items), "more than 1048576 sections in the file");
	CHECK(items == 1 << 20);

	put_section(&both.first);
	put_section(&both.again);
	for (int i = 0; i < 40; i++)
		put_interface(&both.again, 0);
	CHECK_STR(read_endlessly(&both, &items), "more than 16777216 interfaces in the file");
	CHECK(items > 1 << 24);
}

TEST(error_of_the_source_is_reported_and_stays)
{
	struct capture_bytes file = { 0 };
	struct trickle trickle = { file.bytes, 28, 28, -EIO, 0 };
	struct pcapng_reader *reader;
	struct pcapng_item item;

	put_some_file(&file);
	reader = pcapng_reader_new((struct pcapng_source){ read_trickle, &trickle });
	CHECK(pcapng_reader_next(reader, &item) == 1);
	for (int i = 0; i < 2; i++)
		CHECK(pcapng_reader_next(reader, &item) == -EIO);
	CHECK(trickle.calls_behind == 1);
	CHECK_STR(pcapng_reader_error(reader), "block 2 at offset 28: Input/output error");
	pcapng_reader_free(reader);
}

/*
 * The largest block there may be is announced; what is asked of the source is what memory was
 * taken.
 */
static ptrdiff_t read_little(void *context, void *to, size_t size)
{
	size_t *most = context;
	static const uint8_t head[] = { 0x0a, 0x0d, 0x0d, 0x0a, 0xfc, 0xff,
					0xff, 0,    0x4d, 0x3c, 0x2b, 0x1a };

	if (*most)
		return size > *most ? -E2BIG : 0;
	*most = 64 << 10;
	memcpy(to, head, sizeof(head));
	return sizeof(head);
}

TEST(wrong_length_allocates_no_memory)
{
	static struct reading reading;
	size_t most = 0;

	read_on(&reading, pcapng_reader_new((struct pcapng_source){ read_little, &most }));
	CHECK(reading.result == -EINVAL);
	CHECK_STR(reading.text,
		  "block 1 at offset 0: the file ends after 12 of its 16777212 bytes");
}

TEST(blocks_longer_than_the_first_window_are_whole)
{
	const uint32_t total = 300000;
	uint8_t *bytes = calloc(1, 28 + total);
	struct capture_bytes file = { 0 };
	struct trickle trickle = { bytes, 28 + total, 7000, 0, 0 };
	struct pcapng_reader *reader;
	struct pcapng_item item;

	put_section(&file);
	memcpy(bytes, file.bytes, 28);
	file.length = 0;
	put32(&file, 0xbeef);
	put32(&file, total);
	memcpy(bytes + 28, file.bytes, 8);
	memcpy(bytes + 28 + total - 4, file.bytes + 4, 4);
	reader = pcapng_reader_new((struct pcapng_source){ read_trickle, &trickle });
	CHECK(pcapng_reader_next(reader, &item) == 1);
	CHECK(pcapng_reader_next(reader, &item) == 1);
	CHECK(item.raw_length == total && item.offset == 28 && item.number == 2);
	CHECK(memcmp(item.raw, bytes + 28, total) == 0);
	CHECK(pcapng_reader_next(reader, &item) == 0);
	pcapng_reader_free(reader);
	free(bytes);
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
