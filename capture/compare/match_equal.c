// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "match_equal.h"
#include "match_state.h"
#include "match_time.h"

#define GAP_NS	 1000000 /* between the frames of a group, at most */
#define LATE_NS	 100000	 /* from a frame to the drop of its packet, at most */
#define APART_NS 20000	 /* by which a clock that is apart is not known better */

void equal_forget(struct matcher *matcher)
{
	matcher->equal = (struct equal_groups){ 0 };
}

/* Whether it is the drop of an ACK that is equal to these frames. */
static bool is_equal_drop(const struct match_event *drop, const struct segment_info *frame)
{
	return drop->direction == EVENT_IN && !drop->ack_taken &&
	       same_packet(&drop->packet, frame) != SAME_NOT;
}

/*
 * Counts the drops until that time. each: the frames of one; one that was dropped on its way
 * between two devices is at the first of them alone.
 */
static void count_drops(const struct matcher *matcher, struct event_range drops,
			const struct segment_info *frame, int64_t until, struct equal_drops *count,
			bool at_most)
{
	uint64_t copies = current_wire(matcher)->offset.copies;

	for (; count->next < drops.count; count->next++) {
		const struct match_event *drop = &matcher->events[drops.events[count->next]];

		if (drop->packet.time > until)
			return;
		if (is_equal_drop(drop, frame))
			count->frames += at_most || is_host(matcher, drop->netns) ? 1 + copies : 1;
	}
}

static struct equal_group *find(struct matcher *matcher, uint32_t connection,
				const struct segment_info *frame)
{
	for (int i = 0; i < EQUAL_GROUPS; i++) {
		struct equal_group *group = &matcher->equal.list[i];

		if (group->packet.number && group->connection == connection &&
		    group->packet.side == frame->side &&
		    time_apart(frame->time, group->last) <= GAP_NS &&
		    same_packet(&group->packet, frame) != SAME_NOT)
			return group;
	}
	return NULL;
}

static struct equal_group *add(struct matcher *matcher, uint32_t connection,
			       struct event_range drops, const struct segment_info *frame)
{
	struct equal_group *group = &matcher->equal.list[matcher->equal.added++ % EQUAL_GROUPS];
	int64_t early = current_wire(matcher)->offset.ns ? APART_NS : 0;
	uint32_t first = index_count_before(matcher->events, drops, time_move(frame->time, -early));

	*group = (struct equal_group){
		.packet = *frame,
		.connection = connection,
		.most.next = first,
		.least.next = first,
	};
	return group;
}

enum receipt equal_count(struct matcher *matcher, uint32_t connection, struct event_range drops,
			 const struct segment_info *frame)
{
	int64_t within = current_wire(matcher)->offset.within_ns;
	int64_t until = time_move(frame->time, within < GAP_NS ? LATE_NS + within : LATE_NS);
	struct equal_group *group;

	if (!drops.count || segment_has_id(frame))
		return RECEIPT_BY_ASSIGNMENT;
	group = find(matcher, connection, frame);
	if (!group)
		group = add(matcher, connection, drops, frame);
	group->frames++;
	group->last = frame->time;
	count_drops(matcher, drops, &group->packet, until, &group->most, true);
	if (!group->most.frames)
		return RECEIPT_BY_ASSIGNMENT;
	return group->frames > group->most.frames ? RECEIVED : NOT_RECEIVED;
}

bool equal_are_together(const struct segment_info *frame, const struct segment_info *other)
{
	return llabs(time_apart(frame->time, other->time)) <= GAP_NS;
}

bool equal_may_be_acked(struct matcher *matcher, const struct flow *flow, uint32_t connection,
			const struct match_event *event)
{
	for (int i = 0; i < EQUAL_GROUPS; i++) {
		struct equal_group *group = &matcher->equal.list[i];
		struct event_range drops;

		if (!group->packet.number || group->connection != connection ||
		    group->packet.side == event->packet.side ||
		    before32(group->packet.ack, segment_end(&event->packet)))
			continue;
		drops = index_find_exact(&matcher->index, flow, &group->packet).drops;
		count_drops(matcher, drops, &group->packet, event->packet.time, &group->least,
			    false);
		if (group->frames > group->least.frames)
			return true;
	}
	return false;
}
