/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEGMENT_H
#define SEGMENT_H

/*
 * The segment that TCP sent last, as an Ethernet frame. Its bytes stand in the headroom of the
 * queued skb when the transmission shared the skb's head (tcp_output.c, __tcp_transmit_skb); they
 * are believed only if every field that the socket knows agrees. Otherwise the frame is made from
 * the socket: true addresses, ports, numbers, flags and window, no options.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"

/* What the socket says of the segment. */
struct segment {
	int family;
	uint8_t saddr[16];
	uint8_t daddr[16];
	uint16_t sport;
	uint16_t dport;
	uint32_t seq;
	uint32_t ack;
	uint16_t window;
	uint8_t flags;
	uint32_t payload_len;
	bool has_tsval;
	uint32_t tsval;
	bool has_ip_id; /* holds for packets with DF alone */
	uint16_t ip_id;
	bool ethernet; /* what precedes the IP header is an Ethernet header */
};

/*
 * Looks for the segment's headers at the end of the headroom and puts them into frame, behind the
 * MAC header that precedes them, or behind zeros (*l2_absent is set). Returns the frame's length
 * without payload, 0 if no bytes there fit the segment.
 */
size_t segment_find(const struct segment *segment, const uint8_t *headroom, size_t length,
		    uint8_t frame[PACKET_FRAME_MAX], bool *l2_absent);

/*
 * Makes the frame of a segment that has its TCP header, but none of IP's: that is made from the
 * segment, MAC addresses are zero. Returns the frame's length without payload, 0 if the header is
 * too long for it.
 */
size_t segment_complete(const struct segment *segment, const uint8_t *tcp, size_t tcp_len,
			uint8_t frame[PACKET_FRAME_MAX]);

/* Makes the frame from the segment, MAC addresses zero. Returns its length without payload. */
size_t segment_synthesize(const struct segment *segment, uint8_t frame[PACKET_FRAME_MAX]);

#endif
