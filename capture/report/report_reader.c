// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "annotation_reader.h"
#include "report_reader.h"
#include "util/strbuf.h"

#define STACK_SLOTS	4096
#define STACK_BYTES_MAX (32 << 20)
#define NAME_MAX_BYTES	64 /* of an interface; those of Linux have 15 */

/* The latest stack with an id of this slot (id modulo STACK_SLOTS). */
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
	size_t interface_count, interface_capacity;
	struct known_stack stacks[STACK_SLOTS];
	size_t stack_bytes;
	uint64_t section;
	uint64_t lost_counted; /* by the statistics of all sections */
	uint64_t lost_named;   /* by packets */
	bool shared;
	struct strbuf frame; /* scratch: the packet as an Ethernet frame */
	struct strbuf text;  /* scratch: the option that is being read, NUL-terminated */
	struct annotation_reader annotation;
};

struct report_reader *report_reader_new(void)
{
	return calloc(1, sizeof(struct report_reader));
}

/* Does nothing if there is no stack, because a file may have a million sections. */
static void forget_stacks(struct report_reader *reader)
{
	if (!reader->stack_bytes)
		return;
	for (size_t i = 0; i < STACK_SLOTS; i++)
		free(reader->stacks[i].frames);
	memset(reader->stacks, 0, sizeof(reader->stacks));
	reader->stack_bytes = 0;
}

/* Interfaces and stacks are numbered from 0 in each section. */
static void forget_section(struct report_reader *reader)
{
	for (size_t i = 0; i < reader->interface_count; i++)
		free(reader->interfaces[i].name);
	free(reader->interfaces);
	reader->interfaces = NULL;
	reader->interface_count = reader->interface_capacity = 0;
	forget_stacks(reader);
}

void report_reader_free(struct report_reader *reader)
{
	if (!reader)
		return;
	forget_section(reader);
	strbuf_free(&reader->frame);
	strbuf_free(&reader->text);
	annotation_reader_free(&reader->annotation);
	free(reader);
}

/* Returns the option as a string, which ends at the option's length, or at a NUL before it. */
static const char *text_of(struct report_reader *reader, const struct pcapng_option *option)
{
	strbuf_clear(&reader->text);
	strbuf_add_bytes(&reader->text, option->value, option->length);
	return strbuf_string(&reader->text);
}

/* Sets *name to the interface's name, NULL if the file has none. Returns 0 or -ENOMEM. */
static int take_name(struct report_reader *reader, const struct pcapng_item *item, char **name)
{
	struct pcapng_option option;
	struct strbuf printed = { 0 };
	size_t at = 0;
	int err = 0;

	*name = NULL;
	while (!*name && !err && pcapng_item_option(item, &at, &option)) {
		if (option.code != PCAPNG_IF_NAME)
			continue;
		strbuf_parse_printable(&printed, text_of(reader, &option));
		if (!printed.failed)
			*name = strndup(strbuf_string(&printed), NAME_MAX_BYTES);
		err = *name ? 0 : -ENOMEM;
	}
	strbuf_free(&printed);
	return err;
}

/* Makes room for this number of interfaces. Returns 0 or -ENOMEM. */
static int grow_interfaces(struct report_reader *reader, size_t count)
{
	size_t capacity = reader->interface_capacity ? reader->interface_capacity : 8;
	struct known_interface *grown;

	if (count <= reader->interface_capacity)
		return 0;
	while (capacity < count)
		capacity *= 2;
	grown = reallocarray(reader->interfaces, capacity, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memset(grown + reader->interface_capacity, 0,
	       (capacity - reader->interface_capacity) * sizeof(*grown));
	reader->interfaces = grown;
	reader->interface_capacity = capacity;
	return 0;
}

static int add_interface(struct report_reader *reader, const struct pcapng_item *item)
{
	size_t id = item->interface->id;

	if (grow_interfaces(reader, id + 1))
		return -ENOMEM;
	if (id >= reader->interface_count)
		reader->interface_count = id + 1;
	free(reader->interfaces[id].name);
	return take_name(reader, item, &reader->interfaces[id].name);
}

/*
 * Statistics count from the start of the capture, so that only the latest of an interface counts.
 */
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

static int keep_stack(struct report_reader *reader, uint64_t id, const char *frames)
{
	struct known_stack *slot = &reader->stacks[id % STACK_SLOTS];
	size_t size = strlen(frames) + 1;

	if (slot->frames && slot->id == id && strcmp(slot->frames, frames) == 0)
		return 0;
	if (reader->stack_bytes + size > STACK_BYTES_MAX)
		forget_stacks(reader);
	if (slot->frames)
		reader->stack_bytes -= strlen(slot->frames) + 1;
	free(slot->frames);
	*slot = (struct known_stack){ .id = id, .frames = strdup(frames) };
	if (!slot->frames)
		return -ENOMEM;
	reader->stack_bytes += size;
	return 0;
}

/*
 * Finds the frames of a sampled stack, which are in an earlier packet, and keeps those of other
 * stacks for later packets. In a part of a file, a sampled packet may have the frames itself.
 */
static int find_stack(struct report_reader *reader, struct drop_report *report)
{
	const char *source = report_text(report, KEY_stack);
	uint64_t id = report_number(report, KEY_stack_id);
	const struct known_stack *known = &reader->stacks[id % STACK_SLOTS];

	if (report->frames)
		return keep_stack(reader, id, report->frames);
	if (source && strcmp(source, "sampled") == 0 && known->frames && known->id == id) {
		report->frames = known->frames;
		reader->shared = true;
	}
	return 0;
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

/*
 * Parses the packet. A file of compare has events with the link type of the wire capture; the
 * packet of a report is always an Ethernet frame, as filters need it. Its MAC addresses are zero if
 * it had none.
 */
static void take_packet_data(struct report_reader *reader, const struct pcapng_item *item,
			     struct packet *packet)
{
	uint8_t header[PACKET_ETH_LEN] = { 0 };
	uint16_t link_type = item->interface ? item->interface->linktype : 0;
	uint32_t ip_at, len = item->len > item->caplen ? item->len : item->caplen;

	packet->len = item->len;
	if (!item->interface || !packet_knows_link(link_type))
		return;
	if (link_type == PCAPNG_LINKTYPE_ETHERNET) {
		packet_parse(packet, item->data, item->caplen, item->len);
		return;
	}
	packet_parse_link(packet, link_type, item->data, item->caplen, len);
	ip_at = packet->outer_at;
	packet_put16(header + 12, packet->outer_family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
	strbuf_clear(&reader->frame);
	if (packet->outer_family) { /* then the IP header is there */
		strbuf_add_bytes(&reader->frame, (const char *)header, sizeof(header));
		strbuf_add_bytes(&reader->frame, (const char *)item->data + ip_at,
				 item->caplen - ip_at);
	}
	*packet = (struct packet){ .len = item->len };
	if (reader->frame.length && !reader->frame.failed)
		packet_parse(packet, (const uint8_t *)reader->frame.data,
			     (uint32_t)reader->frame.length, len - ip_at + PACKET_ETH_LEN);
}

/* Fills the report from the block, except its annotation. */
static void take_block(struct report_reader *reader, const struct pcapng_item *item,
		       struct drop_report *report)
{
	struct pcapng_option option;
	size_t at = 0;

	report_clear(report);
	report->timestamp_ns = item->timestamp_ns;
	if (item->interface && item->interface->id < reader->interface_count)
		report->ifname = reader->interfaces[item->interface->id].name;
	take_packet_data(reader, item, &report->packet);
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
	const char *comment;
	size_t at = 0;
	int err;

	take_block(reader, item, report);
	reader->lost_named += item->lost;
	annotation_reader_begin(&reader->annotation, report);
	while (pcapng_item_option(item, &at, &option)) {
		if (option.code != PCAPNG_OPT_COMMENT)
			continue;
		comment = text_of(reader, &option);
		annotation_reader_take(&reader->annotation, comment, strlen(comment));
	}
	err = annotation_reader_end(&reader->annotation);
	if (err == -ENOENT)
		return REPORT_PLAIN;
	if (err == -ENOMEM || find_stack(reader, report))
		return -ENOMEM;
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
	return reader->text.failed ? -ENOMEM : result;
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
