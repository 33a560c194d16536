// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_ack_drop.h"

/* The wire has one of them; the other one is of another namespace with the same addresses. */
static bool is_foreign(const struct matcher *matcher, uint32_t drop, uint32_t than)
{
	return matcher->events[drop].netns != matcher->events[than].netns &&
	       matcher->events[drop].has_socket && matcher->events[than].has_socket &&
	       !is_matched(&matcher->current[drop]) && is_matched(&matcher->current[than]);
}

bool ack_drop_is_newer(const struct matcher *matcher, uint32_t drop, uint32_t than)
{
	const struct segment_info *ack = &matcher->events[drop].packet;
	const struct segment_info *other = &matcher->events[than].packet;

	if (is_foreign(matcher, drop, than))
		return false;
	if (ack->ack != other->ack)
		return before32(other->ack, ack->ack);
	if (ack->tsval != other->tsval)
		return before32(other->tsval, ack->tsval);
	if (ack->has_timestamps && ack->tsecr != other->tsecr)
		return before32(other->tsecr, ack->tsecr);
	return ack->time >= other->time;
}

/* Whether the drop of an ACK is in another namespace with the same addresses. */
static bool is_ack_elsewhere(const struct matcher *matcher, uint32_t index,
			     const struct match_event *event)
{
	const struct match_event *drop = &matcher->events[index];

	return drop->netns && event->netns && drop->netns != event->netns &&
	       (drop->has_socket ||
		(drop->direction != EVENT_IN && !is_matched(&matcher->current[index])));
}

uint32_t ack_drop_find(const struct matcher *matcher, const struct sack_list *sacks, uint32_t drop,
		       const struct match_event *event, bool *of_part)
{
	struct frame_ref sack = sack_find(sacks, &event->packet);

	if (drop != NONE && (!before32(event->packet.seq, matcher->events[drop].packet.ack) ||
			     is_ack_elsewhere(matcher, drop, event)))
		drop = NONE;
	*of_part = drop != NONE &&
		   before32(matcher->events[drop].packet.ack, segment_end(&event->packet));
	if (sack.frame && !is_ack_elsewhere(matcher, (uint32_t)sack.frame - 1, event) &&
	    (drop == NONE || *of_part || sack.time > matcher->events[drop].packet.time)) {
		drop = (uint32_t)sack.frame - 1;
		*of_part = false;
	}
	return drop;
}
