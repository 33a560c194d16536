// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>

#include "annotation.h"
#include "report_reader.h"
#include "util/strbuf.h"

#define STACK_SLOTS	4096
#define STACK_BYTES_MAX (32 << 20)
#define NAME_MAX_BYTES	64 /* of an interface; the kernel's have 15 */

/* The stack that a file calls by this id; a later one with the same slot takes its place. */
struct known_stack {
	uint64_t id;
	char *frames; /* NULL: free */
};

struct known_interface {
	char *name; /* NULL: unknown */
	uint64_t lost;
};

struct report_reader {
	struct known_interface *interfaces; /* of this section, by id */
	size_t interface_count;
	struct known_stack stacks[STACK_SLOTS];
	size_t stack_bytes;
	uint64_t section;
	uint64_t lost_counted; /* by statistics, all sections */
	uint64_t lost_named;   /* by packets */
	bool shared;
	struct strbuf comment; /* the one under the eye, with its NUL */
	struct strbuf storage; /* of the report's values */
	struct strbuf frames;
};

struct report_reader *report_reader_new(void)
{
	return calloc(1, sizeof(struct report_reader));
}

static void forget_stacks(struct report_reader *reader)
{
	for (size_t i = 0; i < STACK_SLOTS; i++)
		free(reader->stacks[i].frames);
	memset(reader->stacks, 0, sizeof(reader->stacks));
	reader->stack_bytes = 0;
}

/* Interfaces and stacks are numbered anew in each section. */
static void forget_section(struct report_reader *reader)
{
	for (size_t i = 0; i < reader->interface_count; i++)
		free(reader->interfaces[i].name);
	free(reader->interfaces);
	reader->interfaces = NULL;
	reader->interface_count = 0;
	forget_stacks(reader);
}

void report_reader_free(struct report_reader *reader)
{
	if (!reader)
		return;
	forget_section(reader);
	strbuf_free(&reader->comment);
	strbuf_free(&reader->storage);
	strbuf_free(&reader->frames);
	free(reader);
}

/* Text options end at their length, or at a NUL in them, as every reader of pcapng has it. */
static const char *text_of(struct report_reader *reader, const struct pcapng_option *option)
{
	strbuf_clear(&reader->comment);
	strbuf_add_bytes(&reader->comment, option->value, option->length);
	return strbuf_string(&reader->comment);
}

static char *name_of(struct report_reader *reader, const struct pcapng_item *item)
{
	struct pcapng_option option;
	struct strbuf name = { 0 };
	size_t at = 0;
	char *copy = NULL;

	while (pcapng_item_option(item, &at, &option)) {
		if (option.code != PCAPNG_IF_NAME)
			continue;
		strbuf_parse_printable(&name, text_of(reader, &option));
		copy = strndup(strbuf_string(&name), NAME_MAX_BYTES);
		strbuf_free(&name);
		break;
	}
	return copy;
}

static int add_interface(struct report_reader *reader, const struct pcapng_item *item)
{
	size_t id = item->interface->id;
	struct known_interface *grown = reader->interfaces;

	if (id >= reader->interface_count) {
		grown = reallocarray(grown, id + 1, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		memset(grown + reader->interface_count, 0,
		       (id + 1 - reader->interface_count) * sizeof(*grown));
		reader->interfaces = grown;
		reader->interface_count = id + 1;
	}
	free(grown[id].name);
	grown[id].name = name_of(reader, item);
	return REPORT_NONE;
}

/* Statistics count from the start of the capture: the last of an interface has all. */
static void count_lost(struct report_reader *reader, const struct pcapng_item *item)
{
	struct known_interface *interface;

	if (!item->interface || item->interface->id >= reader->interface_count)
		return;
	interface = &reader->interfaces[item->interface->id];
	if (item->lost > interface->lost) {
		reader->lost_counted += item->lost - interface->lost;
		interface->lost = item->lost;
	}
}

static void keep_stack(struct report_reader *reader, uint64_t id, const char *frames)
{
	struct known_stack *slot = &reader->stacks[id % STACK_SLOTS];
	size_t size = strlen(frames) + 1;

	if (slot->frames && slot->id == id && strcmp(slot->frames, frames) == 0)
		return;
	if (reader->stack_bytes + size > STACK_BYTES_MAX)
		forget_stacks(reader);
	if (slot->frames)
		reader->stack_bytes -= strlen(slot->frames) + 1;
	free(slot->frames);
	*slot = (struct known_stack){ .id = id, .frames = strdup(frames) };
	if (slot->frames)
		reader->stack_bytes += size;
}

/*
 * The frames that the packet itself carries; those of a sampled stack it has in a part of a file.
 */
static bool find_own_frames(struct report_reader *reader, const struct pcapng_item *item,
			    struct drop_report *report)
{
	struct pcapng_option option;
	const char *frames;
	size_t at = 0;

	while (pcapng_item_option(item, &at, &option)) {
		if (option.code != PCAPNG_OPT_COMMENT)
			continue;
		frames = annotation_find_frames(text_of(reader, &option), report);
		if (!frames)
			continue;
		strbuf_clear(&reader->frames);
		strbuf_add(&reader->frames, frames);
		report->frames = strbuf_string(&reader->frames);
		return true;
	}
	return false;
}

static void find_stack(struct report_reader *reader, const struct pcapng_item *item,
		       struct drop_report *report)
{
	const char *source = report_text(report, KEY_stack);
	uint64_t id = report_number(report, KEY_stack_id);
	const struct known_stack *known = &reader->stacks[id % STACK_SLOTS];
	bool own, sampled;

	own = source && strcmp(source, "own") == 0;
	sampled = source && strcmp(source, "sampled") == 0;
	if ((own || sampled) && find_own_frames(reader, item, report)) {
		keep_stack(reader, id, report->frames);
	} else if (sampled && known->frames && known->id == id) {
		report->frames = known->frames;
		reader->shared = true;
	}
}

static void take_flags(struct drop_report *report, uint32_t flags)
{
	static const uint8_t types[] = { 0, PACKET_HOST, PACKET_MULTICAST, PACKET_BROADCAST,
					 PACKET_OTHERHOST };
	uint32_t direction = flags & 3, reception = flags >> 2 & 7;

	report->has_direction = direction == PCAPNG_INBOUND || direction == PCAPNG_OUTBOUND;
	report->inbound = direction == PCAPNG_INBOUND;
	if (report->inbound && reception < sizeof(types))
		report->pkt_type = types[reception];
	report->checksum_not_ready = flags & PCAPNG_CHECKSUM_NOT_READY;
}

/* What the block says by itself, annotation or not. */
static void take_block(const struct report_reader *reader, const struct pcapng_item *item,
		       struct drop_report *report)
{
	struct pcapng_option option;
	size_t at = 0;

	memset(report, 0, sizeof(*report));
	report->timestamp_ns = item->timestamp_ns;
	report->packet.len = item->len;
	if (item->interface && item->interface->id < reader->interface_count)
		report->ifname = reader->interfaces[item->interface->id].name;
	if (item->interface && item->interface->linktype == PCAPNG_LINKTYPE_ETHERNET)
		packet_parse(&report->packet, item->data, item->caplen, item->len);
	while (pcapng_item_option(item, &at, &option)) {
		if (option.code == PCAPNG_EPB_FLAGS)
			take_flags(report, pcapng_item_u32(item, &option));
		report->has_packet_id |= option.code == PCAPNG_EPB_PACKETID;
		if (option.code == PCAPNG_EPB_PACKETID)
			report->packet_id = pcapng_item_u64(item, &option);
		report->has_queue |= option.code == PCAPNG_EPB_QUEUE;
		if (option.code == PCAPNG_EPB_QUEUE)
			report->queue = pcapng_item_u32(item, &option);
	}
}

static int take_packet(struct report_reader *reader, const struct pcapng_item *item,
		       struct drop_report *report)
{
	struct pcapng_option option;
	size_t at = 0;
	int err = -ENOENT;

	take_block(reader, item, report);
	reader->lost_named += item->lost;
	while (err == -ENOENT && pcapng_item_option(item, &at, &option)) {
		if (option.code == PCAPNG_OPT_COMMENT)
			err = annotation_parse(text_of(reader, &option), report, &reader->storage);
	}
	if (err == -ENOENT)
		return REPORT_PLAIN;
	if (err == -ENOMEM)
		return err;
	find_stack(reader, item, report);
	return err ? REPORT_DAMAGED : REPORT_WHOLE;
}

int report_reader_take(struct report_reader *reader, const struct pcapng_item *item,
		       struct drop_report *report)
{
	int result = REPORT_NONE;

	reader->shared = false;
	if (item->section != reader->section) {
		forget_section(reader);
		reader->section = item->section;
	}
	if (item->type == PCAPNG_INTERFACE)
		result = add_interface(reader, item);
	else if (item->type == PCAPNG_STATISTICS)
		count_lost(reader, item);
	else if (item->type == PCAPNG_PACKET)
		result = take_packet(reader, item, report);
	return reader->comment.failed || reader->frames.failed ? -ENOMEM : result;
}

bool report_reader_shared(const struct report_reader *reader)
{
	return reader->shared;
}

uint64_t report_reader_lost(const struct report_reader *reader)
{
	uint64_t counted = reader->lost_counted, named = reader->lost_named;

	return counted > named ? counted - named : 0;
}
