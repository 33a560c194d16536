// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "capture_bytes.h"
#include "reading.h"

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

void read_on(struct reading *reading, struct pcapng_reader *reader)
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

struct reading *read_bytes(const void *bytes, size_t length)
{
	static struct reading reading;
	struct guarded guarded = guard(bytes, length);

	reading = (struct reading){ 0 };
	read_on(&reading, pcapng_reader_new_memory(guarded.bytes, length));
	unguard(guarded);
	return &reading;
}

struct reading *read_file(const struct capture_bytes *file)
{
	return read_bytes(file->bytes, file->length);
}

ptrdiff_t read_trickle(void *context, void *to, size_t size)
{
	struct trickle *trickle = context;
	size_t n = trickle->piece < size ? trickle->piece : size;

	if (!trickle->left) {
		trickle->calls_after_end++;
		return trickle->last;
	}
	n = n < trickle->left ? n : trickle->left;
	memcpy(to, trickle->bytes, n);
	trickle->bytes += n;
	trickle->left -= n;
	return (ptrdiff_t)n;
}
