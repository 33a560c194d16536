// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_acked.h"
#include "match_assign.h"
#include "match_connection.h"
#include "match_frame.h"
#include "match_replay.h"
#include "match_time.h"

#define PROBE_NS       200000 /* at most, from the frame of a probe to its event */
#define OWN_EVENTS     64     /* events after a frame that may be of its own transmission */
#define NEXT_TX_EVENTS 1024   /* events before a frame that are examined, of one first byte */
#define NEXT_TX_COPIES 64     /* of these, those whose own packet the frame may be */

/* A transmission: a frame, or the packet of a drop. */
struct transmission {
	const struct flow *flow;
	const struct connection *connection; /* of a frame; NULL: the flow needs none */
	const struct segment_info *packet;
	uint32_t event; /* the event whose packet it is; NONE */
};

/* Whether it is a part of the event's packet; the whole packet of another event is not. */
static bool is_part(const struct matcher *matcher, uint32_t index, const struct transmission *sent)
{
	return (sent->event == NONE || sent->event == index) &&
	       is_own_part(&matcher->events[index], sent->packet);
}

/* Whether the frame is a copy of the event's packet, not another transmission of its data. */
static bool is_copy(const struct matcher *matcher, uint32_t index, const struct transmission *sent)
{
	const struct match_event *event = &matcher->events[index];

	return (segment_has_id(&event->packet) &&
		same_packet(&event->packet, sent->packet) == SAME_SURELY) ||
	       is_part(matcher, index, sent);
}

/*
 * Whether it is the probe itself, which the kernel reports before it sends it: clocks are compared
 * less exactly than that.
 */
static bool is_probe_itself(const struct match_event *event, const struct segment_info *frame)
{
	return event->kind == EVENT_TLP && frame->seq == event->packet.seq &&
	       frame->payload_len == event->packet.payload_len &&
	       time_apart(event->packet.time, frame->time) < PROBE_NS;
}

static void set_prev_tx(struct matcher *matcher, uint32_t index, const struct transmission *sent)
{
	const struct segment_info *frame = sent->packet;
	struct tx_evidence *tx = tx_of(matcher, index);

	if ((tx->prev_tx.frame && tx->prev_tx.time > frame->time) ||
	    is_copy(matcher, index, sent) || is_probe_itself(&matcher->events[index], frame) ||
	    (sent->connection && !connection_fits(matcher, sent->flow, sent->connection, index)))
		return;
	tx->prev_tx = frame_ref(frame);
	tx->prev_tx_tsval = frame->tsval;
	tx->prev_tx_has_tsval = frame->has_timestamps;
	tx->prev_tx_connection = sent->connection ? sent->connection->id : 0;
}

/*
 * The frame is the next transmission of all events before it that have none yet: those that did not
 * leave have no frame, so that it is not enough to look at the last one.
 */
static void set_next_tx(struct matcher *matcher, struct event_range events, uint32_t count,
			const struct transmission *sent)
{
	uint32_t end = count > NEXT_TX_EVENTS ? count - NEXT_TX_EVENTS : 0, copies = 0;

	for (uint32_t i = count; i > end && copies < NEXT_TX_COPIES; i--) {
		uint32_t index = events.events[i - 1];
		struct tx_evidence *tx = tx_of(matcher, index);

		if (index == sent->event || is_copy(matcher, index, sent)) {
			copies++;
			continue;
		}
		if (tx->next_tx.frame)
			return;
		tx->next_tx = frame_ref(sent->packet);
		tx->next_tx_lost = sent->event == NONE;
	}
}

/* Whether it is the event's own transmission: that of a retransmission, or of its drop. */
static bool is_own(const struct matcher *matcher, uint32_t index, const struct transmission *sent)
{
	const struct match_event *event = &matcher->events[index];

	return index == sent->event || is_part(matcher, index, sent) ||
	       (event->kind == EVENT_DROP && same_packet(&event->packet, sent->packet) != SAME_NOT);
}

/* Returns how many events from that one on are its own transmission; a flood has any number. */
static uint32_t count_own(const struct matcher *matcher, struct event_range events, uint32_t at,
			  const struct transmission *sent)
{
	uint32_t count = 0;

	while (count < OWN_EVENTS && at + count < events.count &&
	       is_own(matcher, events.events[at + count], sent))
		count++;
	return count;
}

/*
 * Returns how many events from that one on are older than the frame's own event, and this one: the
 * frame is a little older than its event.
 */
static uint32_t count_until_own(const struct matcher *matcher, struct event_range events,
				uint32_t at, const struct transmission *sent)
{
	int64_t time = sent->event == NONE ? sent->packet->time
					   : matcher->events[sent->event].packet.time;
	uint32_t count = 0, older = 0;

	while (count < OWN_EVENTS && at + count < events.count &&
	       matcher->events[events.events[at + count]].packet.time <= time) {
		uint32_t index = events.events[at + count++];

		if (matcher->events[index].packet.time < time || index == sent->event)
			older = count;
	}
	return older;
}

/*
 * Returns how many events of the run are before that time. Frames come in the order of time, but
 * for those that another frame displaced.
 */
static uint32_t find_place(const struct matcher *matcher, struct seq_run *run,
			   struct event_range events, int64_t time)
{
	uint32_t at = run->cursor;

	if (at && matcher->events[events.events[at - 1]].packet.time >= time)
		return index_count_before(matcher->events, events, time);
	while (at < events.count && matcher->events[events.events[at]].packet.time < time)
		at++;
	run->cursor = at;
	return at;
}

/* It may turn out that a frame without IP ID is no part, because the whole is on the wire, too. */
static void note_part(struct matcher *matcher, uint32_t index, const struct transmission *sent)
{
	if (!is_matched(&matcher->current[index]) && is_part(matcher, index, sent))
		tx_of(matcher, index)->has_part = true;
}

/*
 * The frame has the first byte of the run's events: of the next one it is an earlier transmission.
 */
static void add_to_run(struct matcher *matcher, struct seq_run *run,
		       const struct transmission *sent)
{
	struct event_range events = index_run_events(&matcher->index, run);
	uint32_t at = find_place(matcher, run, events, sent->packet->time), own;

	at += count_until_own(matcher, events, at, sent);
	set_next_tx(matcher, events, at, sent);
	own = count_own(matcher, events, at, sent);
	for (uint32_t i = 0; i < own && !segment_has_id(sent->packet); i++)
		note_part(matcher, events.events[at + i], sent);
	at += own;
	if (at < events.count)
		set_prev_tx(matcher, events.events[at], sent);
}

/* Whether it has the first byte of the drop's packet, after that; it may be that packet. */
static bool resends(const struct matcher *matcher, uint32_t index, const struct transmission *sent)
{
	const struct match_event *drop = &matcher->events[index];
	const struct frame_ref *matched = &matcher->current[index].matched;

	return drop->packet.time < sent->packet->time &&
	       drop->packet.seq - sent->packet->seq < segment_span(sent->packet) &&
	       !(matched->frame == sent->packet->number && matched->wire == sent->packet->wire);
}

/* The data of a drop is on the wire again, before the event that sends it with data before it. */
static void resend_part(struct matcher *matcher, const struct seq_run *run,
			const struct transmission *sent)
{
	struct event_range events = index_run_events(&matcher->index, run);
	uint32_t at = index_count_before(matcher->events, events, sent->packet->time);
	struct tx_links *links;

	at += count_own(matcher, events, at, sent);
	if (at == events.count)
		return;
	links = links_of(matcher, events.events[at]);
	for (size_t i = 0; i < PART_DROPS; i++) {
		if (links->part_drops[i] != NONE && resends(matcher, links->part_drops[i], sent))
			links->part_resent[i] = true;
	}
}

/* The frame, whose event was lost, sends a part of the last event before it once more. */
static void note_lost_part(struct matcher *matcher, const struct seq_run *run,
			   const struct transmission *sent)
{
	struct event_range events = index_run_events(&matcher->index, run);
	uint32_t at = index_count_before(matcher->events, events, sent->packet->time);
	uint32_t index = at ? events.events[at - 1] : NONE;

	if (index != NONE &&
	    before32(sent->packet->seq, segment_end(&matcher->events[index].packet)) &&
	    !is_copy(matcher, index, sent))
		tx_of(matcher, index)->part_tx_lost = true;
}

/* What was sent before with data before the frame's first byte, or is a part of it. */
static void resend_parts(struct matcher *matcher, const struct transmission *sent)
{
	bool is_lost = matcher->has_lost && sent->event == NONE;
	uint32_t longest = sent->flow->longest;
	struct run_walk walk;
	struct seq_run *run;

	if (!(sent->flow->has_part_drops || is_lost) || !sent->packet->payload_len)
		return;
	walk = index_walk_runs(&matcher->index, sent->flow, sent->packet->side,
			       sent->packet->seq - longest + 1,
			       longest - 1 + sent->packet->payload_len);
	while ((run = run_walk_next(&walk))) {
		resend_part(matcher, run, sent);
		if (is_lost)
			note_lost_part(matcher, run, sent);
	}
	if (walk.stopped)
		wire_add_missing(current_wire(matcher), 1, WIRE_TOO_MANY);
}

static void add_transmission(struct matcher *matcher, const struct transmission *sent)
{
	struct run_walk walk = index_walk_runs(&matcher->index, sent->flow, sent->packet->side,
					       sent->packet->seq, segment_span(sent->packet));
	struct seq_run *run;

	while ((run = run_walk_next(&walk)))
		add_to_run(matcher, run, sent);
	if (walk.stopped)
		wire_add_missing(current_wire(matcher), 1, WIRE_TOO_MANY);
	resend_parts(matcher, sent);
}

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

/* A retransmission that got the frame was sent at that time, whatever it had been given before. */
static int assign_sent(struct matcher *matcher, struct flow *flow, struct event_range range,
		       const struct segment_info *frame, uint32_t *event)
{
	struct segment_info displaced;
	struct transmission sent = { flow, NULL, &displaced, NONE };
	int err = assign_frame(matcher, range, frame, NONE, event, &displaced);

	if (err)
		return err;
	if (*event == NONE)
		*event = assign_copy(matcher, range, frame);
	else if (is_retransmission(&matcher->events[*event]))
		err = connection_snapshot(matcher, flow, *event);
	if (err || !displaced.number)
		return err;
	sent.event = assign_copy(matcher, range, &displaced);
	sent.connection = connection_of_frame(matcher, flow, &displaced);
	if (sent.connection)
		add_transmission(matcher, &sent);
	return sent.connection ? 0 : -ENOMEM;
}

/*
 * An ACK counts unless this host dropped it; it may turn out that another frame was dropped. Fills
 * *drop, NONE: no drop is known; *receipt says whether that decides.
 */
static int assign_dropped(struct matcher *matcher, struct flow *flow, struct event_range range,
			  const struct segment_info *frame, uint32_t owner, uint32_t *drop,
			  enum receipt *receipt)
{
	struct segment_info displaced;
	struct connection *connection;
	uint32_t index;
	int err = assign_frame(matcher, range, frame, owner, &index, &displaced);

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
	add_transmission(matcher, sent);
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
	add_transmission(matcher, &sent);
	return 0;
}
