/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_FRAME_H
#define MATCH_FRAME_H

/*
 * Takes the frames of a wire capture and the events in the order of time, and collects the evidence
 * of each event: its matched frame, the transmissions before and after it, drops of its data.
 */

#include "match_state.h"

/* Takes a frame of the flow and the flow's events before it. Returns 0 or -ENOMEM. */
int frame_add(struct matcher *matcher, struct flow *flow, const struct segment_info *frame,
	      const struct packet *packet);

/* Replays the flow's events that are before that time. Returns 0 or -ENOMEM. */
int advance_events(struct matcher *matcher, struct flow *flow, int64_t time);

#endif
