// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "match_acked.h"
#include "match_assign.h"
#include "match_connection.h"
#include "match_frame.h"
#include "match_replay.h"
#include "match_transmission.h"
#include "match_time.h"

int advance_events(struct matcher *matcher, struct flow *flow, int64_t time)
{
	int err = 0;

	while (!err && flow->next < flow->count && flow->needs_connections) {
		uint32_t index = matcher->index.by_time[flow->first + flow->next];
		const struct match_event *event = &matcher->events[index];

		if (event->packet.time >= time)
			break;
		flow->next++;
		if (event->kind == EVENT_DROP)
			err = replay_drop(matcher, flow, index);
		if (!is_retransmission(event) || event->is_joined)
			continue;
		replay_sent(matcher, flow, index);
		if (!event->has_snapshot)
			err = connection_snapshot(matcher, flow, index);
	}
	return err;
}

/* A frame that is another event's after all, or no event's: it is before the events that follow. */
static int move_transmission(struct matcher *matcher, struct flow *flow, uint32_t event,
			     const struct segment_info *frame)
{
	struct transmission sent = { flow, NULL, frame, event };

	sent.connection = connection_of_frame(matcher, flow, frame);
	if (!sent.connection)
		return -ENOMEM;
	transmission_add(matcher, &sent);
	return 0;
}

/* The event has got a frame that was another one's. */
static int take_frame(struct matcher *matcher, struct flow *flow, uint32_t event)
{
	struct segment_info frame = matched_segment(matcher, event);

	return move_transmission(matcher, flow, event, &frame);
}

/* A frame that was given up is that of the next event which it fits, or of none. */
static int give_on(struct matcher *matcher, struct flow *flow, struct event_range range,
		   struct assigned *assigned)
{
	struct segment_info given = assigned->displaced;
	uint32_t event;
	int err = assign_frame(matcher, range, &given, NONE, assigned);

	if (!err && assigned->swapped != NONE)
		err = take_frame(matcher, flow, assigned->swapped);
	event = assigned->event != NONE ? assigned->event : assign_copy(matcher, range, &given);
	return err ? err : move_transmission(matcher, flow, event, &given);
}

static bool has_frame(const struct matcher *matcher, uint32_t event,
		      const struct segment_info *frame)
{
	const struct frame_ref *matched = &matcher->current[event].matched;

	return matched->frame == frame->number && matched->wire == frame->wire;
}

/*
 * A retransmission that got the frame was sent at that time, whatever it had been given before,
 * which may be the frame of another one.
 */
static int assign_sent(struct matcher *matcher, struct flow *flow, struct event_range range,
		       const struct segment_info *frame, uint32_t *event)
{
	struct assigned assigned;
	int err = assign_frame(matcher, range, frame, NONE, &assigned);

	if (err)
		return err;
	*event = assigned.event;
	if (*event == NONE)
		*event = assign_copy(matcher, range, frame);
	else if (is_retransmission(&matcher->events[*event]))
		err = connection_snapshot(matcher, flow, *event);
	if (!err && assigned.swapped != NONE)
		err = take_frame(matcher, flow, assigned.swapped);
	for (int i = 1; !err && i < REASSIGN_MAX && assigned.displaced.number; i++) {
		err = give_on(matcher, flow, range, &assigned);
		if (err || assigned.swapped == NONE || !has_frame(matcher, assigned.swapped, frame))
			continue;
		*event = assigned.swapped;
		err = connection_snapshot(matcher, flow, *event);
	}
	if (err || !assigned.displaced.number)
		return err;
	return move_transmission(matcher, flow, assign_copy(matcher, range, &assigned.displaced),
				 &assigned.displaced);
}

/*
 * An ACK counts unless this host dropped it; it may turn out that another frame was dropped. Fills
 * *drop, NONE: no drop is known; *receipt says whether that decides.
 */
static int assign_dropped(struct matcher *matcher, struct flow *flow, struct event_range range,
			  const struct segment_info *frame, uint32_t owner, uint32_t *drop,
			  enum receipt *receipt)
{
	struct connection *connection;
	struct segment_info displaced;
	struct assigned assigned;
	uint32_t index;
	int err = assign_frame(matcher, range, frame, owner, &assigned);

	displaced = assigned.displaced;
	index = assigned.event;
	if (!err)
		err = assign_displaced(matcher, range, &displaced);
	if (err)
		return err;
	if (index == NONE)
		index = assign_copy(matcher, range, frame);
	if (index == NONE && owner == NONE)
		assign_equal(matcher, range, frame);
	*drop = index != NONE && !matcher->events[index].ack_taken ? index : NONE;
	if (range.count && (frame->flags & (TCP_ACK | TCP_RST)) == TCP_ACK &&
	    flow->needs_connections) {
		connection = connection_of_frame(matcher, flow, frame);
		if (!connection)
			return -ENOMEM;
		*receipt = equal_count(matcher, connection->id, range, frame);
	}
	/* At several devices, the frame that is given up may be another one of the same packet. */
	if (equal_are_together(frame, &displaced) &&
	    (*receipt == NOT_RECEIVED ||
	     (*receipt == RECEIVED && current_wire(matcher)->offset.copies)))
		return 0;
	if (!displaced.number || (displaced.flags & (TCP_ACK | TCP_RST)) != TCP_ACK ||
	    !flow->needs_connections || assign_copy(matcher, range, &displaced) != NONE)
		return 0;
	connection = connection_of_frame(matcher, flow, &displaced);
	if (!connection)
		return -ENOMEM;
	connection_ack(matcher, connection, &displaced);
	acked_before_known(matcher, flow, connection->id, &displaced);
	return 0;
}

/* Counts what the frame sends and acknowledges. */
static int add_to_connection(struct matcher *matcher, struct transmission *sent, struct flow *flow,
			     const struct packet *packet, uint32_t drop, enum receipt receipt)
{
	const struct segment_info *frame = sent->packet;
	struct connection *connection = connection_of_frame(matcher, flow, frame);
	bool received = receipt == RECEIPT_BY_ASSIGNMENT ? drop == NONE : receipt == RECEIVED;
	int err = 0;

	if (!connection)
		return -ENOMEM;
	sent->connection = connection;
	transmission_add(matcher, sent);
	if (!(frame->flags & TCP_ACK))
		return 0;
	if (received)
		connection_ack(matcher, connection, frame);
	else if (drop != NONE && matcher->events[drop].direction == EVENT_IN)
		err = connection_drop_ack(matcher, connection, drop);
	if (err || !packet->sack_count)
		return err;
	return connection_sack(matcher, flow, connection, frame, packet, !received);
}

int frame_add(struct matcher *matcher, struct flow *flow, const struct segment_info *frame,
	      const struct packet *packet)
{
	struct exact_match exact = index_find_exact(&matcher->index, flow, frame);
	struct transmission sent = { flow, NULL, frame, NONE };
	enum receipt receipt = RECEIPT_BY_ASSIGNMENT;
	uint32_t drop = NONE;
	int err = advance_events(matcher, flow, frame->time);

	if (!err)
		err = assign_sent(matcher, flow, exact.sent, frame, &sent.event);
	if (!err)
		err = assign_dropped(matcher, flow, exact.drops, frame, sent.event, &drop,
				     &receipt);
	if (err || frame->flags & TCP_RST) /* the numbers of a reset may be anything */
		return err;
	if (flow->needs_connections)
		return add_to_connection(matcher, &sent, flow, packet, drop, receipt);
	transmission_add(matcher, &sent);
	return 0;
}
