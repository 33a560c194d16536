// SPDX-License-Identifier: GPL-2.0-or-later
#include <sys/socket.h>

#include "match_segment.h"

#define PART_BYTES_MIN 48 /* of data; Linux has no smaller MSS (TCP_MIN_MSS is 88) */

/* Distinguishes duplicate ACKs, which may differ in their SACK blocks alone (FNV-1a). */
static uint32_t hash_sacks(const struct packet *packet)
{
	uint32_t hash = packet->sack_count ? 2166136261U : 0;

	for (uint32_t i = 0; i < packet->sack_count; i++) {
		hash = (hash ^ packet->sack[i].start) * 16777619U;
		hash = (hash ^ packet->sack[i].end) * 16777619U;
	}
	return hash;
}

struct segment_info segment_info_of(const struct packet *packet, int64_t time, uint8_t side)
{
	return (struct segment_info){
		.time = time,
		.seq = packet->seq,
		.ack = packet->flags & TCP_ACK ? packet->ack : 0,
		.payload_len = packet->payload_len,
		.tsval = packet->tsval,
		.tsecr = packet->tsecr,
		.ip_id = packet->ip_id,
		.window = packet->window,
		.sack_hash = hash_sacks(packet),
		.flags = packet->flags,
		.side = side,
		.has_ip_id = packet->family == AF_INET,
		.has_timestamps = packet->has_tsval,
		.cut = packet->cut,
	};
}

uint32_t segment_span(const struct segment_info *segment)
{
	return segment->payload_len + !!(segment->flags & TCP_SYN) + !!(segment->flags & TCP_FIN);
}

uint32_t segment_end(const struct segment_info *segment)
{
	return segment->seq + segment_span(segment);
}

/*
 * A synthesized header has no IP ID and no options, and the flags that TCP asked for, which are not
 * all those that it sent.
 */
static uint8_t compared_flags(const struct segment_info *event)
{
	return event->synthesized ? TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK : 0xff;
}

static bool same_timestamps(const struct segment_info *event, const struct segment_info *frame)
{
	if (event->has_timestamps && frame->has_timestamps)
		return event->tsval == frame->tsval && event->tsecr == frame->tsecr;
	return event->has_timestamps == frame->has_timestamps || event->cut || frame->cut;
}

static bool same_sacks(const struct segment_info *event, const struct segment_info *frame)
{
	return event->sack_hash == frame->sack_hash || event->cut || frame->cut;
}

enum same same_packet(const struct segment_info *event, const struct segment_info *frame)
{
	if (event->seq != frame->seq || event->payload_len != frame->payload_len ||
	    (event->flags ^ frame->flags) & compared_flags(event) || event->ack != frame->ack)
		return SAME_NOT;
	if (event->synthesized)
		return SAME_MAYBE;
	if (event->window != frame->window || !same_timestamps(event, frame) ||
	    !same_sacks(event, frame) || (event->has_ip_id && event->ip_id != frame->ip_id))
		return SAME_NOT;
	if ((event->has_ip_id && event->ip_id) || (event->has_timestamps && frame->has_timestamps))
		return SAME_SURELY;
	return SAME_MAYBE;
}

bool is_part_of(const struct segment_info *event, const struct segment_info *frame)
{
	uint32_t at = frame->seq - event->seq;

	if (event->synthesized || !frame->payload_len || frame->payload_len >= event->payload_len ||
	    at > event->payload_len - frame->payload_len || event->ack != frame->ack ||
	    event->window != frame->window || !same_timestamps(event, frame))
		return false;
	if (event->has_ip_id && event->ip_id)
		return (uint16_t)(frame->ip_id - event->ip_id) <= at / PART_BYTES_MIN;
	return true;
}
