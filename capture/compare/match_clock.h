/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_CLOCK_H
#define MATCH_CLOCK_H

/*
 * The offset between the clock of a wire capture and that of the events, from frames that are
 * surely the packet of an event. Causality bounds it: a frame is not older than what was sent, so
 * that a retransmission is at most a little after its frame, but a qdisc may hold the packet for
 * long; a drop is not older than its frame, but may come late. The offset is zero where these
 * bounds allow it.
 */

#include "match_state.h"

/* After the last event. */
void clock_begin(struct matcher *matcher);

/* Takes a sample if the frame is the packet of an event of the range; its time is the wire's. */
void clock_sample(struct matcher *matcher, struct event_range range,
		  const struct segment_info *frame);

/* Returns the offset by all samples, and forgets them. */
struct match_offset clock_offset(struct matcher *matcher);

/* Returns the time of the events that is this time of the wire's clock. */
int64_t clock_convert(const struct match_offset *offset, int64_t time);

#endif
