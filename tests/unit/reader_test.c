// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>

#include "../../pcapng/reader.h"
#include "capture_bytes.h"
#include "test.h"

/* What a reading gave, item by item, in words; at the end its result and message. */
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

/* Reads them from memory, up to a page that may not be touched. */
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
