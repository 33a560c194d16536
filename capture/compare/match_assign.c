// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_assign.h"
#include "match_time.h"

#define SENT_NS	       2000000	  /* at most, from a retransmission's frame to its event */
#define SENT_BEFORE_NS 50000	  /* usually, from a retransmission's frame to its event */
#define EQUAL_NS       1000000	  /* by which clocks may be apart of which too little is known */
#define WEAK_NS	       100000000  /* at most, if equal headers are the only evidence */
#define COPY_NS	       20000	  /* at most, from the first copy of a packet to another one */
#define COPY_ID_NS     1000000000 /* the same where the IP ID shows that it is the same packet */
#define DROP_AFTER_NS  50000	  /* at most, from a frame to the drop after it */
#define PART_NS	       50000	  /* at most, from a part of a packet to the event of it */
#define PART_QUEUED_NS 100000000  /* the same of a part that a qdisc has held, after the event */
#define NEIGHBOURS     64	  /* events before and after a frame that are examined */
#define NEIGHBOURS_FAR 512	  /* the same where none of these fits: a burst has more */
#define FAR_FRAMES     64	  /* frames for each that is compared with as many */
#define FAR_LOOKS_MAX  (FAR_FRAMES * 1024U) /* a file may be nothing but bursts */

/* Returns the headers of the frame that the event has; its number, wire and time are others. */
static const struct segment_info *matched_headers(const struct matcher *matcher, uint32_t index)
{
	uint32_t form = matcher->current[index].form;

	return form ? &matcher->forms[form - 1] : &matcher->events[index].packet;
}

struct segment_info matched_segment(const struct matcher *matcher, uint32_t index)
{
	const struct evidence *evidence = &matcher->current[index];
	struct segment_info segment = *matched_headers(matcher, index);

	segment.number = evidence->matched.frame;
	segment.wire = evidence->matched.wire;
	segment.time = evidence->matched.time;
	return segment;
}

/* A frame has the headers of the event whose packet it is, except where the event's are made. */
static int set_matched(struct matcher *matcher, uint32_t index, const struct segment_info *frame)
{
	struct evidence *evidence = &matcher->current[index];
	const struct segment_info *packet = &matcher->events[index].packet;

	if (!evidence->form && (packet->synthesized || packet->cut || frame->cut)) {
		if (matcher->form_count == matcher->form_capacity) {
			uint32_t capacity = matcher->form_capacity ? matcher->form_capacity * 2
								   : 64;
			struct segment_info *forms = reallocarray(matcher->forms, capacity,
								  sizeof(*forms));

			if (!forms)
				return -ENOMEM;
			matcher->forms = forms;
			matcher->form_capacity = capacity;
		}
		evidence->form = ++matcher->form_count;
	}
	if (evidence->form)
		matcher->forms[evidence->form - 1] = *frame;
	evidence->matched = frame_ref(frame);
	return 0;
}

bool is_own_part(const struct match_event *event, const struct segment_info *frame)
{
	int64_t before = time_apart(event->packet.time, frame->time);

	return is_retransmission(event) && is_part_of(&event->packet, frame) &&
	       (segment_has_id(&event->packet) || (before < PART_NS && -before < PART_QUEUED_NS));
}

/*
 * Whether a frame of the same packet, so long before the event, can be its own. What is sent again
 * after a drop may be equal.
 */
static bool is_in_time(const struct matcher *matcher, const struct match_event *event,
		       enum same same, int64_t before)
{
	int64_t after = -before, within = current_wire(matcher)->offset.within_ns;

	if (event->kind == EVENT_DROP && !segment_has_id(&event->packet) &&
	    after > DROP_AFTER_NS + within)
		return false;
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
static bool is_copy(const struct matcher *matcher, uint32_t index, const struct segment_info *frame)
{
	const struct frame_ref *matched = &matcher->current[index].matched;
	const struct segment_info *headers = matched_headers(matcher, index);
	int64_t apart = llabs(time_apart(frame->time, matched->time));

	if (!matched->frame || apart >= (segment_has_id(headers) ? COPY_ID_NS : COPY_NS))
		return false;
	return (segment_has_id(headers) || current_wire(matcher)->offset.copies) &&
	       same_packet(headers, frame) != SAME_NOT;
}

/* The drop of the retransmission's own packet; NONE. */
static uint32_t own_drop(const struct matcher *matcher, uint32_t index)
{
	return has_tx(&matcher->events[index]) ? links_of(matcher, index)->packet_drop : NONE;
}

/* Whether the event's packet is rather that of a drop, which is nearer, or has another frame. */
static bool is_taken_by_drop(const struct matcher *matcher, uint32_t index,
			     const struct segment_info *frame)
{
	const struct match_event *event = &matcher->events[index];
	uint32_t drop = own_drop(matcher, index);
	int64_t before = time_apart(event->packet.time, frame->time), time;

	if (drop == NONE || segment_has_id(&event->packet))
		return false;
	time = matcher->events[drop].packet.time;
	if (matcher->events[drop].before_tap)
		return llabs(before) >= llabs(time_apart(event->packet.time, time));
	return llabs(time_apart(time, frame->time)) > DROP_AFTER_NS;
}

/*
 * The kernel reports a retransmission just after it has given it to the device, or to a qdisc. What
 * was on the wire well before that is its packet only if nothing else is.
 */
static int64_t how_far(const struct matcher *matcher, const struct match_event *event, int64_t time)
{
	int64_t before = time_apart(event->packet.time, time);
	int64_t within = current_wire(matcher)->offset.within_ns;

	if (event->kind != EVENT_DROP && !segment_has_id(&event->packet) && before <= SENT_NS &&
	    before > time_move(SENT_BEFORE_NS, within))
		return WEAK_NS + before;
	return llabs(before);
}

/*
 * Whether the frame is the packet of a retransmission that was sent after the drop, which is
 * nearer: a drop is not older than its frame.
 */
static bool is_sent_since(const struct matcher *matcher, uint32_t index, uint32_t owner,
			  const struct segment_info *frame)
{
	const struct match_event *drop = &matcher->events[index];

	int64_t after = time_apart(frame->time, drop->packet.time);

	return owner != NONE && !segment_has_id(frame) &&
	       after > llabs(time_apart(matcher->events[owner].packet.time, frame->time)) &&
	       drop->packet.time < matcher->events[owner].packet.time &&
	       links_of(matcher, owner)->packet_drop != index;
}

/* Returns how far the frame is from the event, -1 if it is not the event's or another is nearer. */
static int64_t distance(const struct matcher *matcher, uint32_t index,
			const struct segment_info *frame, uint32_t owner)
{
	const struct match_event *event = &matcher->events[index];
	const struct frame_ref *matched = &matcher->current[index].matched;
	int64_t before = time_apart(event->packet.time, frame->time), far;
	enum same same;

	if (event->failed || event->kind == EVENT_TLP ||
	    (event->before_tap && !segment_has_id(&event->packet)))
		return -1;
	same = same_packet(&event->packet, frame);
	if (same == SAME_NOT || !is_in_time(matcher, event, same, before))
		return -1;
	if (is_copy(matcher, index, frame) || is_taken_by_drop(matcher, index, frame) ||
	    is_sent_since(matcher, index, owner, frame))
		return -1;
	far = how_far(matcher, event, frame->time);
	return matched->frame && how_far(matcher, event, matched->time) <= far ? -1 : far;
}

static uint32_t find_within(const struct matcher *matcher, struct event_range range,
			    const struct segment_info *frame, uint32_t owner, uint32_t most)
{
	uint32_t at = index_count_before(matcher->events, range, frame->time), best = NONE;
	uint32_t end = range.count - at > most ? at + most : range.count;
	int64_t least = INT64_MAX;

	for (uint32_t i = at > most ? at - most : 0; i < end; i++) {
		uint32_t index = range.events[i];
		int64_t apart = distance(matcher, index, frame, owner);

		if (apart >= 0 && apart < least) {
			best = index;
			least = apart;
		}
	}
	return best;
}

/* Returns the event of the range that is nearest to the frame and may have it; NONE: none. */
static uint32_t find_nearest(struct matcher *matcher, struct event_range range,
			     const struct segment_info *frame, uint32_t owner)
{
	uint32_t best = find_within(matcher, range, frame, owner, NEIGHBOURS);

	if (best != NONE || range.count <= NEIGHBOURS || matcher->far_looks >= FAR_LOOKS_MAX)
		return best;
	matcher->far_looks += FAR_FRAMES;
	return find_within(matcher, range, frame, owner, NEIGHBOURS_FAR);
}

/* Whether the two events, which are equal, would have their frames in the wrong order. */
static bool is_crossed(const struct matcher *matcher, uint32_t index,
		       const struct segment_info *frame, uint32_t other)
{
	const struct match_event *events = matcher->events;
	const struct frame_ref *matched = &matcher->current[other].matched;
	struct segment_info held;

	if (!matched->frame || frame->time == matched->time ||
	    events[index].packet.time == events[other].packet.time ||
	    (events[index].packet.time < events[other].packet.time) ==
		    (frame->time < matched->time) ||
	    own_drop(matcher, index) != NONE || own_drop(matcher, other) != NONE)
		return false;
	held = matched_segment(matcher, other);
	return same_packet(&events[index].packet, &held) != SAME_NOT &&
	       same_packet(&events[other].packet, frame) != SAME_NOT;
}

/*
 * Returns the event of the range that has the frame which should be that of index, if this frame
 * is its own: what is sent first is on the wire first. NONE: there is none.
 */
static uint32_t find_crossed(const struct matcher *matcher, struct event_range range,
			     uint32_t index, const struct segment_info *frame)
{
	const struct match_event *event = &matcher->events[index];
	uint32_t at = index_count_before(matcher->events, range, event->packet.time);
	uint32_t end = range.count - at > NEIGHBOURS ? at + NEIGHBOURS : range.count;

	if (event->kind == EVENT_DROP || segment_has_id(&event->packet))
		return NONE;
	for (uint32_t i = at > NEIGHBOURS ? at - NEIGHBOURS : 0; i < end; i++) {
		if (is_crossed(matcher, index, frame, range.events[i]))
			return range.events[i];
	}
	return NONE;
}

int assign_frame(struct matcher *matcher, struct event_range range,
		 const struct segment_info *frame, uint32_t owner, struct assigned *assigned)
{
	uint32_t index = find_nearest(matcher, range, frame, owner);
	uint32_t other = index == NONE ? NONE : find_crossed(matcher, range, index, frame);
	struct segment_info held;

	matcher->far_looks -= matcher->far_looks > 0;
	*assigned = (struct assigned){ .event = index, .swapped = NONE };
	if (index == NONE)
		return 0;
	assigned->displaced = matched_segment(matcher, index);
	if (other == NONE)
		return set_matched(matcher, index, frame);
	held = matched_segment(matcher, other);
	assigned->event = other;
	assigned->swapped = index;
	return set_matched(matcher, other, frame) || set_matched(matcher, index, &held) ? -ENOMEM
											: 0;
}

int assign_displaced(struct matcher *matcher, struct event_range range,
		     struct segment_info *displaced)
{
	for (int i = 1; i < REASSIGN_MAX && displaced->number; i++) {
		struct assigned assigned;
		int err = assign_frame(matcher, range, displaced, NONE, &assigned);

		if (err || assigned.event == NONE)
			return err;
		*displaced = assigned.displaced;
	}
	return 0;
}

void assign_equal(struct matcher *matcher, struct event_range range,
		  const struct segment_info *frame)
{
	uint32_t at = index_count_before(matcher->events, range, frame->time);
	uint32_t end = range.count - at > NEIGHBOURS ? at + NEIGHBOURS : range.count;

	for (uint32_t i = at > NEIGHBOURS ? at - NEIGHBOURS : 0; i < end; i++) {
		const struct match_event *drop = &matcher->events[range.events[i]];
		int64_t apart = time_apart(drop->packet.time, frame->time);

		if (drop->direction == EVENT_OUT && !drop->before_tap && llabs(apart) < EQUAL_NS &&
		    same_packet(&drop->packet, frame) != SAME_NOT)
			matcher->current[range.events[i]].has_equal = true;
	}
}

uint32_t assign_copy(const struct matcher *matcher, struct event_range range,
		     const struct segment_info *frame)
{
	uint32_t at = index_count_before(matcher->events, range, frame->time);
	uint32_t end = range.count - at > NEIGHBOURS ? at + NEIGHBOURS : range.count;

	for (uint32_t i = at > NEIGHBOURS ? at - NEIGHBOURS : 0; i < end; i++) {
		if (is_copy(matcher, range.events[i], frame))
			return range.events[i];
	}
	return NONE;
}

static bool is_frame(const struct evidence *evidence, struct frame_ref frame)
{
	return is_matched(evidence) && evidence->matched.wire == frame.wire &&
	       evidence->matched.frame == frame.frame;
}

bool was_dropped(const struct matcher *matcher, const struct evidence *all, uint32_t index)
{
	uint32_t drop = links_of(matcher, index)->packet_drop;

	return drop != NONE &&
	       (!is_matched(&all[index]) || is_frame(&all[drop], all[index].matched));
}

bool was_stopped(const struct matcher *matcher, const struct evidence *all, uint32_t index)
{
	return matcher->events[index].failed || was_dropped(matcher, all, index);
}
