// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "compare_event.h"
#include "report/annotation.h"

/*
 * The annotation, the stack and the name of the interface follow it, each with its NUL, and then
 * the packet.
 */
struct packed_event {
	uint64_t number;
	uint64_t timestamp_ns;
	uint64_t packet_id;
	uint32_t queue;
	uint32_t caplen, len;
	uint32_t annotation_length; /* these by length_of() */
	uint32_t frames_length;
	uint32_t ifname_length;
	uint8_t pkt_type;
	bool has_direction, inbound, checksum_not_ready, has_packet_id, has_queue;
	bool has_packet; /* it was an Ethernet frame, and is parsed again */
};

/* With the NUL; an absent text has no bytes. */
static uint32_t length_of(const char *text)
{
	return text ? (uint32_t)strlen(text) + 1 : 0;
}

static void add_text(struct strbuf *bytes, const char *text)
{
	if (text)
		strbuf_add_bytes(bytes, text, length_of(text));
}

static void pack_with(const struct drop_report *report, uint64_t number,
		      const struct strbuf *annotation, struct strbuf *bytes)
{
	const struct packed_event packed = {
		.number = number,
		.timestamp_ns = report->timestamp_ns,
		.packet_id = report->packet_id,
		.queue = report->queue,
		.caplen = report->packet.caplen,
		.len = report->packet.len,
		.annotation_length = length_of(annotation->data),
		.frames_length = length_of(report->frames),
		.ifname_length = length_of(report->ifname),
		.pkt_type = report->pkt_type,
		.has_direction = report->has_direction,
		.inbound = report->inbound,
		.checksum_not_ready = report->checksum_not_ready,
		.has_packet_id = report->has_packet_id,
		.has_queue = report->has_queue,
		.has_packet = report->packet.data != NULL,
	};

	strbuf_add_bytes(bytes, (const char *)&packed, sizeof(packed));
	add_text(bytes, annotation->data);
	add_text(bytes, report->frames);
	add_text(bytes, report->ifname);
	if (packed.has_packet)
		strbuf_add_bytes(bytes, (const char *)report->packet.data, packed.caplen);
}

int event_pack(const struct drop_report *report, uint64_t number, struct strbuf *bytes)
{
	struct strbuf annotation = { 0 };
	bool failed;

	annotation_format(report, &annotation);
	failed = annotation.failed;
	if (!failed)
		pack_with(report, number, &annotation, bytes);
	strbuf_free(&annotation);
	return failed || bytes->failed ? -ENOMEM : 0;
}

int event_unpack(const void *bytes, struct drop_report *report, uint64_t *number,
		 struct strbuf *storage)
{
	struct packed_event packed;
	const char *annotation = (const char *)bytes + sizeof(packed);
	const char *frames, *ifname;

	memcpy(&packed, bytes, sizeof(packed));
	frames = annotation + packed.annotation_length;
	ifname = frames + packed.frames_length;
	*number = packed.number;
	*report = (struct drop_report){
		.timestamp_ns = packed.timestamp_ns,
		.ifname = packed.ifname_length ? ifname : NULL,
		.has_direction = packed.has_direction,
		.inbound = packed.inbound,
		.pkt_type = packed.pkt_type,
		.checksum_not_ready = packed.checksum_not_ready,
		.has_packet_id = packed.has_packet_id,
		.packet_id = packed.packet_id,
		.has_queue = packed.has_queue,
		.queue = packed.queue,
		.packet.len = packed.len,
		.frames = packed.frames_length ? frames : NULL,
	};
	if (packed.has_packet)
		packet_parse(&report->packet, (const uint8_t *)ifname + packed.ifname_length,
			     packed.caplen, packed.len);
	return annotation_parse(annotation, report, storage);
}
