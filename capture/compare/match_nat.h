/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_NAT_H
#define MATCH_NAT_H

/*
 * Flows that are one connection before and after a network address translation (NAT). Nothing in a
 * capture says so, but the packets do: the same sequence numbers, IP ID and timestamps, with one
 * end translated. The flows of a connection are joined: their events and frames are taken for those
 * of the first of them. Functions return 0 or -ENOMEM.
 */

#include "match_state.h"

/* After the last event: makes the packets of all events findable. */
int nat_begin(struct matcher *matcher);
void nat_release(struct nat *nat);

/*
 * Joins the flow of the frame with that of an event if the event has the same packet, translated,
 * and fills *event with it; NONE: there is no such event.
 */
int nat_learn(struct matcher *matcher, const struct segment_info *segment,
	      const struct packet *packet, uint32_t *event);

/*
 * Moves the events to the joined flows; the index of events is built anew if there are any. Nothing
 * is learned afterwards.
 */
int nat_apply(struct matcher *matcher);

/* Returns the flow to which the packet belongs, after nat_apply(), and fills *side; NULL: none. */
struct flow *nat_find_flow(const struct matcher *matcher, const struct packet *packet,
			   uint8_t *side);

#endif
