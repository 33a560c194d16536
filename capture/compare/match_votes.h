/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_VOTES_H
#define MATCH_VOTES_H

/*
 * Evidence from many frames that are equal to packets of events, of which no single one is certain:
 * the offset of the clocks, and whether the capture has each packet once.
 */

#include "match_state.h"

/* The frame is equal to the event's packet, without a mark that says that they are one. */
void votes_add(struct clock *clock, const struct match_event *event, uint32_t index,
	       const struct segment_info *frame);

/* Where no packet is recognized, the difference that most events have makes the samples. */
void votes_take(struct matcher *matcher);

/*
 * The same of the retransmissions alone, whose differences are not less: drops are recognized. The
 * samples are in the order of time afterwards.
 */
void votes_take_sent(struct matcher *matcher, int64_t least);

/*
 * A frame of the flow: packets that are in a tunnel or have a tag in one frame and not in another
 * are captured at two devices, however long the lower one holds them.
 */
void votes_count_device(struct flow *flow, uint8_t side, const struct packet *frame);

/* Returns how often packets are in the capture again by that, and forgets its frames. */
size_t votes_take_devices(struct flow_list *flows);

/*
 * The frame may be a copy, at another device, of the packet of one of these retransmissions. One
 * without a copy says nothing about the devices if one of these drops may be why it has none.
 */
void votes_count_copy(struct matcher *matcher, const struct exact_match *exact,
		      const struct segment_info *frame);

#endif
