// SPDX-License-Identifier: GPL-2.0-or-later
/* The source of the bytes: its pieces, its errors, and the bounds of what is read from it. */
#include <errno.h>
#include <stdio.h>

#include "pcapng/reader.h"
#include "capture_bytes.h"
#include "reading.h"
#include "test.h"

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
	CHECK(trickle.calls_after_end == 1);
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
