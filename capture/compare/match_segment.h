/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_SEGMENT_H
#define MATCH_SEGMENT_H

/*
 * A TCP segment as the matcher keeps it: the packet of an event, or a frame of a wire capture. It
 * decides whether the two are the same packet by their headers alone; it knows no connection.
 */

#include <stdbool.h>
#include <stdint.h>

#include "event/packet.h"

/* Sequence numbers and timestamps wrap (RFC 1982, RFC 7323). */
static inline bool before32(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

struct segment_info {
	uint64_t number; /* of the frame, or of the event's packet, in its file; 0: no segment */
	int64_t time;	 /* match_time.h; of a frame, by the clock of the events */
	uint32_t seq;
	uint32_t ack; /* 0 without the ACK flag */
	uint32_t payload_len;
	uint32_t tsval;
	uint32_t tsecr;
	uint32_t sack_hash; /* of the SACK blocks; 0: none */
	uint16_t ip_id;
	uint16_t window;
	uint16_t wire; /* of a frame: the index of its wire capture */
	uint8_t flags;
	uint8_t side : 1;	 /* 0: sent by the first end of the flow, 1: by the second */
	bool has_ip_id : 1;	 /* an IPv4 packet */
	bool has_timestamps : 1; /* RFC 7323 */
	bool cut : 1;		 /* options may be missing: the capture cut the packet */
	bool synthesized : 1;	 /* IP ID, options and window are not those of the packet */
};

/* The number stays 0 and synthesized false; the caller sets both. */
struct segment_info segment_info_of(const struct packet *packet, int64_t time, uint8_t side);

/* Returns the sequence numbers that the segment takes: its data, SYN and FIN. */
uint32_t segment_span(const struct segment_info *segment);

/* Returns the sequence number after the last one of the segment. */
uint32_t segment_end(const struct segment_info *segment);

/* Whether it has an IP ID, which no other packet has for long. */
static inline bool segment_has_id(const struct segment_info *segment)
{
	return segment->has_ip_id && segment->ip_id;
}

enum same {
	SAME_NOT,
	SAME_MAYBE,  /* all headers agree, but none identifies one packet */
	SAME_SURELY, /* the IP ID or the timestamps agree too */
};

/*
 * Whether the frame is a part of the event's packet, which was cut into segments on its way (GSO):
 * IP IDs count up, all else is the same but the data.
 */
bool is_part_of(const struct segment_info *event, const struct segment_info *frame);

/* Compares the packet of an event with a frame, or with the packet of a drop. */
enum same same_packet(const struct segment_info *event, const struct segment_info *frame);

#endif
