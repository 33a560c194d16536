/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_STAMP_H
#define MATCH_STAMP_H

/*
 * TCP's own clock as a witness of the offset. Linux takes the timestamp of a segment (RFC 7323), in
 * milliseconds, when it sends it: a retransmission shows what the sender's time was at a timestamp,
 * and no frame of that sender is on the wire before the time of its timestamp. So the frame that
 * waited least, of all that a connection sent, bounds the offset from above, although all
 * retransmissions waited in a full queue. Memory is bounded; it knows no other clock.
 */

#include <stdbool.h>
#include <stdint.h>

#include "match_segment.h"

#define STAMPS_MAX     4096 /* a power of two: ends of flows that are observed */
#define STAMP_NS       2000000
#define STAMP_QUEUE_NS 10000000000

/* One end of a flow. Times are less the milliseconds of the timestamp since the first one. */
struct stamp {
	uint64_t key;	/* 0: free */
	uint32_t tsval; /* the first one */
	uint32_t last_tsval;
	uint32_t count; /* of retransmissions with different timestamps, one after the other */
	bool has_frame;
	int64_t sent; /* the earliest, of retransmissions, by the clock of the events */
	int64_t seen; /* the earliest, of frames, by the clock of the wire */
};

struct matcher;
struct differences;
struct two_bounds;

/* Takes the retransmissions of all events. */
void stamp_begin(struct matcher *matcher);

/* A frame of a flow. */
void stamp_add_frame(struct stamp *stamps, uint32_t flow, const struct segment_info *frame);

/*
 * Returns the least bound of the offset by any end, exact to STAMP_NS; high if there is none that
 * is at most STAMP_QUEUE_NS lower: a queue is not longer. An end needs some retransmissions at
 * different times, because one may come late after its timestamp: its process had to wait for a
 * CPU.
 */
int64_t stamp_bound(const struct stamp *stamps, int64_t high);

/* Returns the estimate without the queue that held all retransmissions, by the bound. */
int64_t stamp_without_queue(const struct two_bounds *bounds, int64_t estimated, int64_t bound);

/* The next frames are those of another clock. */
void stamp_forget_frames(struct stamp *stamps);

#endif
