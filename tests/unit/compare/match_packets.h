/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_PACKETS_H
#define MATCH_PACKETS_H

/* The packets of most stories: 100 bytes of data, and its acknowledgement. */

#include "match_case.h"
#include "test.h"

#define IS(event, text) CHECK_STR(story_verdict(event), text)
#define PACKET(...)	((struct story_packet){ __VA_ARGS__ })
#define WITH(...)	((struct story_event){ __VA_ARGS__ })
#define PLAIN		((struct story_event){ 0 })
#define BACKLOG		WITH(.reason = "SOCKET_BACKLOG")

/* 100 bytes from the client at sequence number 1001, sent first at 1 ms, again at 201 ms. */
static inline struct story_packet data(uint32_t tsval, uint16_t id)
{
	return PACKET(.seq = 1001, .len = 100, .ack = 5001, .tsval = tsval, .tsecr = 7, .id = id);
}

static inline struct story_packet ack(uint32_t ack, uint32_t tsval, uint32_t tsecr)
{
	return PACKET(.from_server = true, .seq = 5001, .ack = ack, .tsval = tsval, .tsecr = tsecr,
		      .id = (uint16_t)(tsval + 1));
}

static inline void begin(void)
{
	story_begin();
	story_covers(0, 1000000);
}

static inline struct story_packet late_ack(uint16_t id, uint32_t number, uint32_t tsval,
					   uint32_t tsecr)
{
	return PACKET(.from_server = true, .seq = 5001, .ack = number, .tsval = tsval,
		      .tsecr = tsecr, .id = id);
}

/* Packets that show how far the clocks are apart. */
static inline void show_clocks(double apart_us)
{
	for (uint32_t i = 0; i < 20; i++) {
		story_frame(600003 + 1000 * i + apart_us, late_ack(500, 1001, 100 + i, 10));
		story_drop(600006 + 1000 * i, "in", late_ack(500, 1001, 100 + i, 10), BACKLOG);
	}
}

#endif
