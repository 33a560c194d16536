// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "match_assign.h"
#include "match_time.h"

#define SENT_NS	     2000000	/* at most, from a retransmission's frame to its event */
#define WEAK_NS	     100000000	/* at most, where nothing but equal headers speaks for it */
#define COPY_NS	     20000	/* at most, from the first copy of a packet to another one */
#define COPY_ID_NS   1000000000 /* the same where the IP ID shows that it is the same packet */
#define NEIGHBOURS   64		/* events before and after a frame that are looked at */
#define REASSIGN_MAX 16		/* frames that one frame displaces, one after the other */

/* Whether a frame of the same packet, so long before the event, can be its own. */
static bool is_in_time(const struct matcher *matcher, const struct match_event *event,
		       enum same same, int64_t before)
{
	int64_t after = -before;

	if (same == SAME_SURELY)
		return llabs(before) <= matcher->window;
	if (event->kind != EVENT_DROP)
		return before <= SENT_NS && after <= WEAK_NS; /* a qdisc may hold it */
	if (event->direction == EVENT_OUT)
		return llabs(before) <= SENT_NS;
	return before <= WEAK_NS && after <= SENT_NS;
}

/*
 * Whether a frame is the matched one again, at another device of the host. Without an IP ID, it may
 * also be another transmission, but no round trip is so short.
 */
static bool is_copy(const struct segment_info *matched, const struct segment_info *frame)
{
	int64_t after = time_apart(frame->time, matched->time);

	if (!matched->number || same_packet(matched, frame) == SAME_NOT)
		return false;
	if (matched->has_ip_id && matched->ip_id)
		return llabs(after) < COPY_ID_NS;
	return after >= 0 && after < COPY_NS;
}

/* Returns how far the frame is from the event, -1 if it is not the event's or another is nearer. */
static int64_t distance(const struct matcher *matcher, uint32_t index,
			const struct segment_info *frame)
{
	const struct match_event *event = &matcher->events[index];
	const struct segment_info *matched = &matcher->current[index].matched_frame;
	int64_t before = time_apart(event->packet.time, frame->time);
	enum same same;

	if (event->failed || event->kind == EVENT_TLP || event->before_tap)
		return -1;
	same = same_packet(&event->packet, frame);
	if (same == SAME_NOT || !is_in_time(matcher, event, same, before))
		return -1;
	if (is_copy(matched, frame))
		return -1;
	if (matched->number &&
	    llabs(time_apart(event->packet.time, matched->time)) <= llabs(before))
		return -1;
	return llabs(before);
}

/* Returns the event of the range that is nearest to the frame and may have it; NONE: none. */
static uint32_t find_nearest(const struct matcher *matcher, struct event_range range,
			     const struct segment_info *frame)
{
	uint32_t at = index_count_before(matcher->events, range, frame->time), best = NONE;
	uint32_t end = range.count - at > NEIGHBOURS ? at + NEIGHBOURS : range.count;
	int64_t least = INT64_MAX;

	for (uint32_t i = at > NEIGHBOURS ? at - NEIGHBOURS : 0; i < end; i++) {
		uint32_t index = range.events[i];
		int64_t apart = distance(matcher, index, frame);

		if (apart >= 0 && apart < least) {
			best = index;
			least = apart;
		}
	}
	return best;
}

uint32_t assign_frame(struct matcher *matcher, struct event_range range,
		      const struct segment_info *frame, struct segment_info *displaced)
{
	uint32_t first = find_nearest(matcher, range, frame), index = first;
	struct segment_info given = *frame;

	*displaced = (struct segment_info){ 0 };
	for (int i = 0; i < REASSIGN_MAX && index != NONE; i++) {
		struct evidence *evidence = &matcher->current[index];

		*displaced = evidence->matched_frame;
		evidence->matched_frame = given;
		evidence->matched_wire = given.wire;
		given = *displaced;
		index = given.number ? find_nearest(matcher, range, &given) : NONE;
		if (index != NONE)
			*displaced = (struct segment_info){ 0 };
	}
	return first;
}

uint32_t assign_copy(const struct matcher *matcher, struct event_range range,
		     const struct segment_info *frame)
{
	uint32_t at = index_count_before(matcher->events, range, frame->time);
	uint32_t end = range.count - at > NEIGHBOURS ? at + NEIGHBOURS : range.count;

	for (uint32_t i = at > NEIGHBOURS ? at - NEIGHBOURS : 0; i < end; i++) {
		if (is_copy(&matcher->current[range.events[i]].matched_frame, frame))
			return range.events[i];
	}
	return NONE;
}
