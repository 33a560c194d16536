// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "../bpf/record.h"
#include "decode.h"
#include "segment.h"

_Static_assert(EVENT_STACK_MAX == RECORD_STACK_MAX, "an event holds any stack");
_Static_assert(PACKET_FRAME_MAX == PACKET_ETH_LEN + RECORD_PACKET_MAX, "a frame holds any packet");

static int check(const struct drop_record *record, size_t size)
{
	if (size < RECORD_SIZE_NO_STACK)
		return -EINVAL;
	if (record->version != RECORD_VERSION)
		return -EPROTO;
	if (record->event < RECORD_DROP || record->event >= RECORD_EVENT_END)
		return -EINVAL;
	if (record->family != AF_INET && record->family != AF_INET6)
		return -EINVAL;
	if (record->packet_len > RECORD_PACKET_MAX || record->l2_len > record->packet_len)
		return -EINVAL;
	if (record->sock > RECORD_SOCK_HOOK || record->direction > RECORD_DIR_OUT)
		return -EINVAL;
	if (record->stack_len > size - RECORD_SIZE_NO_STACK)
		return -EINVAL;
	return 0;
}

static void decode_common(const struct drop_record *record, struct drop_event *event)
{
	static const enum event_kind kinds[] = {
		[RECORD_DROP] = EVENT_DROP,
		[RECORD_RETRANSMIT] = EVENT_RETRANSMIT,
		[RECORD_SYNACK] = EVENT_SYNACK,
	};
	static const enum event_sock socks[] = {
		[RECORD_SOCK_NONE] = EVENT_SOCK_NONE,
		[RECORD_SOCK_RX_SK] = EVENT_SOCK_RX_SK,
		[RECORD_SOCK_SKB] = EVENT_SOCK_SKB,
		[RECORD_SOCK_HOOK] = EVENT_SOCK_HOOK,
	};
	static const enum event_direction directions[] = {
		[RECORD_DIR_UNKNOWN] = EVENT_DIR_UNKNOWN,
		[RECORD_DIR_IN] = EVENT_IN,
		[RECORD_DIR_OUT] = EVENT_OUT,
	};

	event->kind = kinds[record->event];
	event->sock = socks[record->sock];
	event->direction = directions[record->direction];
	event->monotonic_ns = record->timestamp_ns;
	event->location = record->location;
	event->skb = record->skb;
	event->lost_on_cpu = record->lost;
	event->has_reason = record->flags & RECORD_HAS_REASON;
	event->reason = record->reason;
	event->has_err = record->flags & RECORD_HAS_ERR;
	event->err = record->err;
	event->has_queue = record->flags & RECORD_HAS_QUEUE;
	event->queue = record->queue;
	event->checksum_partial = record->flags & RECORD_CSUM_PARTIAL;
	event->state = record->state;
	event->pkt_type = record->pkt_type;
	event->segs = record->segs;
	event->cpu = record->cpu;
	event->cpu_pid = record->cpu_pid;
	event->netns = record->netns;
	event->ifindex = record->ifindex;
	memcpy(event->cpu_comm, record->cpu_comm, sizeof(event->cpu_comm) - 1);
	memcpy(event->ifname, record->ifname, sizeof(event->ifname) - 1);
	event->stack_depth = record->stack_len / sizeof(record->stack[0]);
	memcpy(event->stack, record->stack, event->stack_depth * sizeof(record->stack[0]));
}

/* The packet as it lay in the skb, its MAC header completed if it had none. */
static void decode_captured(const struct drop_record *record, struct drop_event *event)
{
	uint16_t type = record->family == AF_INET ? 0x0800 : 0x86dd;
	uint32_t l2_len = record->l2_len, ip_len = record->packet_len - l2_len;
	uint32_t len = record->len > l2_len ? record->len - l2_len : 0;

	event->l2_absent = l2_len != PACKET_ETH_LEN || packet_get16(record->packet + 12) != type;
	if (!event->l2_absent)
		memcpy(event->frame, record->packet, PACKET_ETH_LEN);
	else
		packet_put16(event->frame + 12, type);
	memcpy(event->frame + PACKET_ETH_LEN, record->packet + l2_len, ip_len);
	packet_parse(&event->packet, event->frame, PACKET_ETH_LEN + ip_len,
		     PACKET_ETH_LEN + (len > ip_len ? len : ip_len));
}

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
	};
	size_t length;

	memcpy(segment.saddr, flow->saddr, sizeof(segment.saddr));
	memcpy(segment.daddr, flow->daddr, sizeof(segment.daddr));
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
 * A segment of more than 65,535 bytes has IPv6 payload length 0, which readers take for a malformed
 * jumbogram: the largest length that the field holds stands in for it.
 */
static void clamp_ipv6_length(struct drop_event *event)
{
	uint8_t *ip = event->frame + PACKET_ETH_LEN;
	uint32_t payload;

	if (event->packet.family != AF_INET6 || packet_get16(ip + 4))
		return;
	payload = event->packet.len - PACKET_ETH_LEN - 40;
	packet_put16(ip + 4, payload > 65535 ? 65535 : (uint16_t)payload);
	event->length_clamped = true;
}

int decode_record(const void *bytes, size_t size, struct drop_event *event)
{
	const struct drop_record *record = bytes;
	int err = check(record, size);

	if (err)
		return err;
	memset(event, 0, offsetof(struct drop_event, stack_depth));
	decode_common(record, event);
	if (record->event == RECORD_DROP)
		decode_captured(record, event);
	else
		decode_sent(record, event);
	clamp_ipv6_length(event);
	return 0;
}
