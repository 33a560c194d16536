// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_assign.h"
#include "match_connection.h"
#include "match_time.h"
#include "match_transmission.h"

#define PROBE_NS       200000 /* at most, from the frame of a probe to its event */
#define OWN_EVENTS     64     /* events after a frame that may be of its own transmission */
#define NEXT_TX_EVENTS 1024   /* events before a frame that are examined, of one first byte */
#define NEXT_TX_COPIES 64     /* of these, those whose own packet the frame may be */

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

/*
 * It may turn out that a frame without IP ID is no part, because the whole is on the wire, too, or
 * another equal frame.
 */
static void note_part(struct matcher *matcher, uint32_t index, const struct transmission *sent)
{
	bool is_first = sent->packet->seq == matcher->events[index].packet.seq;
	struct tx_evidence *tx = tx_of(matcher, index);

	if (is_matched(&matcher->current[index]) || !is_part(matcher, index, sent))
		return;
	tx->has_part = true;
	tx->has_part_twice |= is_first && tx->has_first_part &&
			      !current_wire(matcher)->offset.copies;
	tx->has_first_part |= is_first;
}

/* When it was sent: its own event may be a little older than the frame, and a queue may hold it. */
static int64_t time_in_run(const struct matcher *matcher, const struct transmission *sent)
{
	int64_t time = sent->packet->time;

	if (sent->event != NONE && matcher->events[sent->event].packet.time < time)
		time = matcher->events[sent->event].packet.time;
	return time;
}

/*
 * The frame has the first byte of the run's events: of the next one it is an earlier transmission.
 */
static void add_to_run(struct matcher *matcher, struct seq_run *run,
		       const struct transmission *sent)
{
	struct event_range events = index_run_events(&matcher->index, run);
	uint32_t at = find_place(matcher, run, events, time_in_run(matcher, sent)), own;

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

	return drop->packet.time < time_in_run(matcher, sent) &&
	       drop->packet.seq - sent->packet->seq < segment_span(sent->packet) &&
	       !(matched->frame == sent->packet->number && matched->wire == sent->packet->wire);
}

/* The data of a drop is on the wire again, before the event that sends it with data before it. */
static void resend_part(struct matcher *matcher, const struct seq_run *run,
			const struct transmission *sent)
{
	struct event_range events = index_run_events(&matcher->index, run);
	uint32_t at = index_count_before(matcher->events, events, time_in_run(matcher, sent));
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

void transmission_add(struct matcher *matcher, const struct transmission *sent)
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
