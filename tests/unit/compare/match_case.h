/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_CASE_H
#define MATCH_CASE_H

/*
 * A story for the matcher, packet by packet: events and the frames of wire captures at times in
 * microseconds, then the verdict of each event. A client, 10.0.0.1:1000, talks to a server,
 * 10.0.0.2:80.
 */

#include "event/event.h"
#include "compare/match.h"

struct story_packet {
	bool from_server;
	bool ipv6;
	bool translated; /* the client is 10.9.0.1:5000 */
	bool cut;	 /* the capture has no TCP options of it */
	uint32_t seq, len, ack;
	uint8_t flags;	       /* 0: ACK */
	uint32_t tsval, tsecr; /* both 0: no timestamps */
	uint16_t id;
	uint32_t sack[4]; /* start, end, start, end */
	uint16_t port;	  /* of the client; 0: 1000 */
};

struct story_event {
	uint32_t netns;	    /* 0: 1 */
	const char *err;    /* why a retransmission failed */
	const char *kind;   /* "rto", ... */
	const char *reason; /* why a packet was dropped */
	bool synthesized;
	const char *tunnel; /* NULL: in none */
	bool local;	    /* the packet has the socket of its sender, on this host */
	uint64_t lost;
};

/* Frees the last story. */
void story_begin(void);

/* Each returns the event's index. */
size_t story_drop(double us, const char *dir, struct story_packet packet, struct story_event more);
size_t story_retransmit(double us, struct story_packet packet, struct story_event more);
size_t story_event(double us, const char *event, struct story_packet packet,
		   struct story_event more);

/* Adds a frame of the wire capture; returns its number. */
uint64_t story_frame(double us, struct story_packet packet);

/* The clock of the wire capture is this far ahead. */
void story_clock(double us);

/* All times are counted from these, in nanoseconds since 1970. */
void story_epochs(uint64_t events_ns, uint64_t frames_ns);

/* From here on frames are those of another wire capture. */
void story_next_wire(void);

/* Seven packets are missing from the wire capture. */
void story_missing(const char *why);

/* Adds frames of another flow at both ends, so that the wire capture covers all events. */
void story_covers(double first_us, double last_us);

/* After the story: "VERDICT: BECAUSE"; all of the result; the clock of the last wire capture. */
const char *story_verdict(size_t event);
struct match_result story_result(size_t event);
struct match_offset story_offset(void);

#endif
