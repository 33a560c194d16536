/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_ASSIGN_H
#define MATCH_ASSIGN_H

/*
 * Decides which frame is the packet of which event: of the events with equal headers the nearest in
 * time. Each event has one matched frame of a wire capture at most, and each frame one event of a
 * range.
 */

#include "match_state.h"

/*
 * Whether the frame, or the packet of a drop, is a part of the event's packet. Without IP IDs an
 * earlier transmission has the same: it is one if it is near in time.
 */
bool is_own_part(const struct match_event *event, const struct segment_info *frame);

/* Returns the event's matched frame with its headers; its number is 0 if there is none. */
struct segment_info matched_segment(const struct matcher *matcher, uint32_t event);

#define REASSIGN_MAX 16 /* frames that one frame displaces, one after the other */

struct assigned {
	uint32_t event;	  /* has got the frame; NONE: no event has */
	uint32_t swapped; /* has got the frame that this event had; NONE: no other event has */
	/* The frame that swapped, or else event, had before; its number is 0: none. */
	struct segment_info displaced;
};

/*
 * Gives the frame to an event of the range, whose matched frame it becomes. If the frame is equal
 * to the packet of a drop before the tap, it is not that of the retransmission which this drop is
 * of, unless it is nearer. owner: the retransmission whose packet the frame is, for a range of
 * drops; NONE. Returns 0 or -ENOMEM.
 */
int assign_frame(struct matcher *matcher, struct event_range range,
		 const struct segment_info *frame, uint32_t owner, struct assigned *assigned);

/*
 * Gives the frame that was given up to the next event that it fits, and so on. What fits no event
 * is left in *displaced; its number is 0 if there is none. Returns 0 or -ENOMEM.
 */
int assign_displaced(struct matcher *matcher, struct event_range range,
		     struct segment_info *displaced);

/*
 * The frame is no event's, but equal to dropped packets that a capture should have: notes those
 * that are near, for the clocks may be apart by that.
 */
void assign_equal(struct matcher *matcher, struct event_range range,
		  const struct segment_info *frame);

/*
 * Returns the event of the range whose matched frame this frame is a copy of: a capture of several
 * devices sees a packet at each of them. NONE: it is no copy.
 */
uint32_t assign_copy(const struct matcher *matcher, struct event_range range,
		     const struct segment_info *frame);

/*
 * Whether the retransmission's packet was dropped: by packet_drop, or by that of another packet if
 * the two are different ones on the wire. all: matcher->current or matcher->merged.
 */
bool was_dropped(const struct matcher *matcher, const struct evidence *all, uint32_t event);

/* The same, or TCP could not send it. */
bool was_stopped(const struct matcher *matcher, const struct evidence *all, uint32_t event);

#endif
