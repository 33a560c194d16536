/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEGMENT_H
#define SEGMENT_H

/*
 * The segment that TCP has just sent, as an Ethernet frame. If the transmission shared the head of
 * the queued skb (tcp_output.c, __tcp_transmit_skb), its headers are in the headroom of that skb.
 * These bytes are used only if they agree with every field that is known from the socket. Otherwise
 * the frame is made from the socket: addresses, ports, numbers, flags and window are true, options
 * are missing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"

/* The fields of the segment that are known from the socket. */
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
	bool has_ip_id; /* only valid for packets with DF */
	uint16_t ip_id;
	bool ethernet; /* the device has Ethernet headers */
};

/*
 * Looks for the headers of the segment at the end of the headroom, and puts them into the frame
 * after the MAC header that precedes them, or after a MAC header with zero addresses (then
 * *l2_absent is set). Returns the length of the frame without payload, 0 if no bytes there match
 * the segment.
 */
size_t segment_find(const struct segment *segment, const uint8_t *headroom, size_t length,
		    uint8_t frame[PACKET_FRAME_MAX], bool *l2_absent);

/*
 * Makes the frame of a segment that only has its TCP header: the IP header is made from the
 * segment, MAC addresses are zero. Returns the length of the frame without payload, 0 if tcp_len is
 * more than a TCP header can have.
 */
size_t segment_complete(const struct segment *segment, const uint8_t *tcp, size_t tcp_len,
			uint8_t frame[PACKET_FRAME_MAX]);

/*
 * Makes the whole frame from the segment; MAC addresses are zero. Returns its length without
 * payload.
 */
size_t segment_synthesize(const struct segment *segment, uint8_t frame[PACKET_FRAME_MAX]);

#endif
