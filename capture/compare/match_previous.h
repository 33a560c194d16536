/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_PREVIOUS_H
#define MATCH_PREVIOUS_H

/* Which transmission was before a retransmission: a drop, a frame, or one that no capture has. */

#include "match_decision.h"

/* Returns the last drop of the data before this transmission; NONE. */
uint32_t previous_drop(const struct decision *decision);

/*
 * Returns the last retransmission before this one that left TCP, was not dropped and is in no wire
 * capture, if it is later than that time and the drop is not of a part of it: its fate is unknown.
 * NONE: there is none.
 */
uint32_t previous_find_unseen(const struct decision *decision, int64_t time, uint32_t drop);

/*
 * Whether the packet of that drop may have been sent again since, without an event or a frame.
 * TCP learns of most drops before the tap, and sends what was never sent before once more without
 * an event: only a capture shows that. It does not learn of what a qdisc drops later, and a SYN
 * that it could not send counts as sent.
 */
bool previous_may_be_resent(const struct decision *decision, uint32_t index);

/* Whether its frame is rather that of an equal transmission before it: it is too early. */
bool previous_may_be_earlier(const struct decision *decision);

/* Whether the previous transmission is that drop, and not one on the wire after it. */
bool previous_is_drop(const struct decision *decision, uint32_t drop);

/*
 * Whether the previous transmission is a drop's packet, or, if the frame of this one is rather that
 * of an equal transmission before it, that one.
 */
bool previous_is_drop_or_earlier(const struct decision *decision);

/*
 * Whether the drop and the frame of the previous transmission are so near to each other that clocks
 * which are apart do not show which of them was first.
 */
bool previous_has_no_order(const struct decision *decision, uint32_t drop);

#endif
