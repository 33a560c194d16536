// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "report_pack.h"

#define VARINT_MAX 10 /* bytes of 64 bits, 7 in each */

/* Bits of the first byte. */
enum pack_flag {
	PACK_HAS_DIRECTION = 1 << 0,
	PACK_INBOUND = 1 << 1,
	PACK_CHECKSUM_NOT_READY = 1 << 2,
	PACK_HAS_PACKET_ID = 1 << 3,
	PACK_HAS_QUEUE = 1 << 4,
	PACK_HAS_IFNAME = 1 << 5,
	PACK_UNIQUE_STACK = 1 << 6,
};

/* The room that is left; at is NULL after an addition that did not fit. */
struct packer {
	uint8_t *at;
	uint8_t *end;
};

static void put_bytes(struct packer *packer, const void *bytes, size_t length)
{
	if (!packer->at || (size_t)(packer->end - packer->at) < length) {
		packer->at = NULL;
		return;
	}
	if (length)
		memcpy(packer->at, bytes, length);
	packer->at += length;
}

static void put_text(struct packer *packer, const char *text)
{
	put_bytes(packer, text, strlen(text) + 1);
}

/* Seven bits in each byte, the lowest first; the last byte is below 128. Most numbers are small. */
static void put_number(struct packer *packer, uint64_t number)
{
	uint8_t *at = packer->at;

	if (!at || packer->end - at < VARINT_MAX) {
		packer->at = NULL;
		return;
	}
	for (; number >= 128; number >>= 7)
		*at++ = (uint8_t)(number | 128);
	*at++ = (uint8_t)number;
	packer->at = at;
}

static uint8_t flags_of(const struct drop_report *report)
{
	return (uint8_t)((report->has_direction ? PACK_HAS_DIRECTION : 0) |
			 (report->inbound ? PACK_INBOUND : 0) |
			 (report->checksum_not_ready ? PACK_CHECKSUM_NOT_READY : 0) |
			 (report->has_packet_id ? PACK_HAS_PACKET_ID : 0) |
			 (report->has_queue ? PACK_HAS_QUEUE : 0) |
			 (report->ifname ? PACK_HAS_IFNAME : 0) |
			 (report->has_unique_stack_id ? PACK_UNIQUE_STACK : 0));
}

/*
 * report_unpack() parses the headers again. For a clamped IPv6 length (skb_len) that would give
 * another ip_end and payload_len, so these are stored.
 */
static void put_packet(struct packer *packer, const struct packet *packet)
{
	put_number(packer, packet->caplen);
	put_number(packer, packet->len);
	put_number(packer, packet->ip_end);
	put_number(packer, packet->payload_len);
	put_bytes(packer, packet->data, packet->caplen);
}

static void put_values(struct packer *packer, const struct drop_report *report)
{
	put_bytes(packer, report->present, sizeof(report->present));
	for (enum key key = 0; (key = report_next(report, key)) < KEY_COUNT; key++) {
		if (key_table[key].type == VALUE_NUMBER)
			put_number(packer, report->values[key].number);
		else
			put_text(packer, report->values[key].text);
	}
}

size_t report_pack(const struct drop_report *report, uint8_t *bytes, size_t size)
{
	struct packer packer = { bytes, bytes + size };
	const uint8_t head[] = { flags_of(report), report->pkt_type };

	put_bytes(&packer, head, sizeof(head));
	put_bytes(&packer, &report->timestamp_ns, sizeof(report->timestamp_ns));
	if (report->has_packet_id)
		put_bytes(&packer, &report->packet_id, sizeof(report->packet_id));
	if (report->has_queue)
		put_number(&packer, report->queue);
	if (report->ifname)
		put_text(&packer, report->ifname);
	put_packet(&packer, &report->packet);
	put_values(&packer, report);
	return packer.at ? (size_t)(packer.at - bytes) : 0;
}

static void get_bytes(const uint8_t **at, void *bytes, size_t length)
{
	memcpy(bytes, *at, length);
	*at += length;
}

static const char *get_text(const uint8_t **at)
{
	const char *text = (const char *)*at;

	*at += strlen(text) + 1;
	return text;
}

static uint64_t get_number(const uint8_t **at)
{
	uint64_t number = 0;
	unsigned int shift = 0;

	for (; **at & 128; shift += 7)
		number |= (uint64_t)(*(*at)++ & 127) << shift;
	return number | (uint64_t) * (*at)++ << shift;
}

static void get_packet(const uint8_t **at, struct packet *packet)
{
	uint32_t caplen = (uint32_t)get_number(at), len = (uint32_t)get_number(at);
	uint32_t ip_end = (uint32_t)get_number(at), payload_len = (uint32_t)get_number(at);

	packet_parse(packet, *at, caplen, len);
	packet->ip_end = ip_end;
	packet->payload_len = payload_len;
	*at += caplen;
}

static void get_values(const uint8_t **at, struct drop_report *report)
{
	get_bytes(at, report->present, sizeof(report->present));
	for (enum key key = 0; (key = report_next(report, key)) < KEY_COUNT; key++) {
		if (key_table[key].type == VALUE_NUMBER)
			report->values[key].number = get_number(at);
		else
			report->values[key].text = get_text(at);
	}
}

void report_unpack(struct drop_report *report, const uint8_t *bytes)
{
	const uint8_t *at = bytes;
	uint8_t flags = *at++;

	report_clear(report);
	report->has_direction = flags & PACK_HAS_DIRECTION;
	report->inbound = flags & PACK_INBOUND;
	report->checksum_not_ready = flags & PACK_CHECKSUM_NOT_READY;
	report->has_packet_id = flags & PACK_HAS_PACKET_ID;
	report->has_queue = flags & PACK_HAS_QUEUE;
	report->has_unique_stack_id = flags & PACK_UNIQUE_STACK;
	report->pkt_type = *at++;
	get_bytes(&at, &report->timestamp_ns, sizeof(report->timestamp_ns));
	if (report->has_packet_id)
		get_bytes(&at, &report->packet_id, sizeof(report->packet_id));
	if (report->has_queue)
		report->queue = (uint32_t)get_number(&at);
	if (flags & PACK_HAS_IFNAME)
		report->ifname = get_text(&at);
	get_packet(&at, &report->packet);
	get_values(&at, report);
}
