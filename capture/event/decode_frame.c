// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "bpf/record.h"
#include "decode_frame.h"
#include "segment.h"

#define IPV6_HEADER 40

_Static_assert(PACKET_FRAME_MAX == PACKET_ETH_LEN + PACKET_TAG_LEN + RECORD_PACKET_MAX,
	       "a frame holds any packet");

/*
 * Inserts the tag of the skb after the MAC addresses, before the type or other tags, where it is on
 * the wire. Returns the bytes inserted.
 */
static uint32_t insert_tag(struct drop_event *event, uint32_t l2_len)
{
	uint8_t *at = event->frame + PACKET_ETH_LEN - 2;

	if (!event->vlan_proto)
		return 0;
	memmove(at + PACKET_TAG_LEN, at, l2_len - (PACKET_ETH_LEN - 2));
	packet_put16(at, event->vlan_proto);
	packet_put16(at + 2, event->vlan_tci);
	return PACKET_TAG_LEN;
}

/* Returns whether the first l2_len bytes are a MAC header and tags that lead to the protocol. */
static bool has_mac_header(const struct drop_record *record)
{
	uint32_t at = PACKET_ETH_LEN - 2;

	if (record->l2_len < PACKET_ETH_LEN ||
	    record->l2_len % PACKET_TAG_LEN != PACKET_ETH_LEN % PACKET_TAG_LEN)
		return false;
	for (; at < record->l2_len - 2U; at += PACKET_TAG_LEN) {
		if (!packet_is_tag(packet_get16(record->packet + at)))
			return false;
	}
	return packet_get16(record->packet + at) == record->protocol;
}

/*
 * A drop: the frame is the packet as it was in the skb, with a MAC header of zeros if it had none.
 */
static void decode_captured(const struct drop_record *record, struct drop_event *event)
{
	uint32_t l2_len = record->l2_len, ip_len = record->packet_len - l2_len;
	uint32_t len = record->len > l2_len ? record->len - l2_len : 0, ip_at = PACKET_ETH_LEN;

	event->l2_absent = !has_mac_header(record);
	if (!event->l2_absent) {
		memcpy(event->frame, record->packet, l2_len);
		ip_at = l2_len;
	} else {
		packet_put16(event->frame + 12, record->protocol);
	}
	ip_at += insert_tag(event, ip_at);
	memcpy(event->frame + ip_at, record->packet + l2_len, ip_len);
	packet_parse(&event->packet, event->frame, ip_at + ip_len,
		     ip_at + (len > ip_len ? len : ip_len));
}

/*
 * All kinds but drops: the frame has the headers of the segment that TCP sends; after a change of
 * state, those that a segment of the socket would have, without flags.
 */
static void decode_sent(const struct drop_record *record, struct drop_event *event)
{
	const struct record_flow *flow = &record->flow;
	struct segment segment = {
		.family = record->family,
		.sport = flow->sport,
		.dport = flow->dport,
		.seq = flow->seq,
		.ack = flow->ack,
		.window = flow->window,
		.flags = flow->tcp_flags,
		.payload_len = flow->payload_len,
		.has_tsval = record->flags & RECORD_HAS_TSVAL,
		.tsval = flow->tsval,
		.has_ip_id = record->flags & RECORD_HAS_IP_ID,
		.ip_id = flow->ip_id,
		.ethernet = record->flags & RECORD_ETHERNET,
	};
	size_t length = 0;

	memcpy(segment.saddr, flow->saddr, sizeof(segment.saddr));
	memcpy(segment.daddr, flow->daddr, sizeof(segment.daddr));
	/* After a failed transmission, the headroom has the bytes of an earlier one, if any. */
	if (!event->has_err || event->err >= 0)
		length = segment_find(&segment, record->packet, record->packet_len, event->frame,
				      &event->l2_absent);
	if (!length) {
		length = segment_synthesize(&segment, event->frame);
		event->synthesized = true;
		event->l2_absent = true;
		event->checksum_partial = true;
	}
	packet_parse(&event->packet, event->frame, (uint32_t)length,
		     (uint32_t)length + flow->payload_len);
}

/*
 * A drop before IP: the frame has the segment's TCP header, and an IP header made from the socket.
 */
static int decode_unsent(const struct drop_record *record, struct drop_event *event)
{
	struct segment segment = { .family = record->family };
	size_t length;

	if (record->len < record->packet_len)
		return -EINVAL;
	segment.payload_len = record->len - record->packet_len;
	memcpy(segment.saddr, record->flow.saddr, sizeof(segment.saddr));
	memcpy(segment.daddr, record->flow.daddr, sizeof(segment.daddr));
	length = segment_complete(&segment, record->packet, record->packet_len, event->frame);
	if (!length)
		return -EINVAL;
	event->synthesized = true;
	event->l2_absent = true;
	event->checksum_partial = true;
	packet_parse(&event->packet, event->frame, (uint32_t)length,
		     (uint32_t)length + segment.payload_len);
	return 0;
}

/*
 * A GSO packet of more than 65,535 bytes has the IPv6 payload length 0, which readers take for a
 * malformed jumbogram: the frame gets the largest length that the field can hold.
 */
static void clamp_ipv6_length(struct drop_event *event)
{
	uint8_t *ip = event->frame + event->packet.ip_at;
	uint32_t payload;

	if (event->packet.family != AF_INET6 || packet_get16(ip + 4))
		return;
	payload = event->packet.len - event->packet.ip_at - IPV6_HEADER;
	if (payload <= UINT16_MAX)
		return; /* the packet was received with a length of 0 */
	packet_put16(ip + 4, UINT16_MAX);
	event->length_clamped = true;
}

int decode_frame(const struct drop_record *record, struct drop_event *event)
{
	int err = 0;

	if (record->event != RECORD_DROP)
		decode_sent(record, event);
	else if (record->flags & RECORD_NO_IP_HEADER)
		err = decode_unsent(record, event);
	else
		decode_captured(record, event);
	if (!err)
		clamp_ipv6_length(event);
	return err;
}
