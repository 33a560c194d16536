// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_assign.h"
#include "match_connection.h"
#include "match_replay.h"
#include "match_time.h"

#define DROP_FAILED_NS	10000000 /* at most, from the drop of one that failed to its event */
#define PARTS_FAILED_NS 100000	 /* the same, from the drops of all parts that a qdisc makes */
#define DROP_EVENTS	64	 /* events after a drop that are examined, of one first byte */

/* Whether the drop may be in the event's connection: frames have no namespace, events do. */
static bool is_near(const struct matcher *matcher, uint32_t drop, const struct match_event *event)
{
	uint32_t netns = matcher->events[drop].netns;

	return !netns || !event->netns || netns == event->netns ||
	       matcher->events[drop].direction == EVENT_IN || /* it is forwarded */
	       is_matched(&matcher->current[drop]);
}

/* Whether the drop is that of an attempt that failed: its event has no more than numbers. */
static bool is_drop_of(const struct match_event *drop, const struct match_event *event)
{
	return event->failed && event->kind != EVENT_TLP && drop->packet.seq == event->packet.seq &&
	       time_apart(event->packet.time, drop->packet.time) < DROP_FAILED_NS;
}

/*
 * Whether its packet, which is no retransmission of its own, is a part of the event's; where it was
 * on the wire, that was its time.
 */
static bool is_own_part_drop(const struct matcher *matcher, const struct match_event *event,
			     uint32_t drop)
{
	struct segment_info packet = matcher->events[drop].packet;

	if (matcher->events[drop].has_owner)
		return false;
	if (is_matched(&matcher->current[drop]))
		packet.time = matcher->current[drop].matched.time;
	return is_own_part(event, &packet);
}

/* Keeps the later one of two drops; each may be NONE. */
static void keep_later(const struct matcher *matcher, uint32_t *kept, uint32_t drop)
{
	if (drop != NONE && (*kept == NONE || matcher->events[*kept].packet.time <
						      matcher->events[drop].packet.time))
		*kept = drop;
}

/*
 * The drop's packet has the first byte of the run's events: it is that of the next one, which the
 * kernel reports after the drop, or the next one sends it again.
 */
static void add_drop_to_run(struct matcher *matcher, const struct seq_run *run, uint32_t index)
{
	struct event_range events = index_run_events(&matcher->index, run);
	const struct match_event *drop = &matcher->events[index];
	uint32_t at = index_count_before(matcher->events, events, drop->packet.time + 1);
	uint32_t end = events.count - at > DROP_EVENTS ? at + DROP_EVENTS : events.count;
	bool has_owner = drop->has_owner;

	for (; at < end; at++) {
		const struct match_event *event = &matcher->events[events.events[at]];
		struct tx_links *links = links_of(matcher, events.events[at]);

		if (!is_near(matcher, index, event) || links->packet_drop == index ||
		    is_own_part_drop(matcher, event, index))
			continue;
		if (has_owner || links->packet_drop != NONE || !is_retransmission(event) ||
		    !is_drop_of(drop, event)) {
			keep_later(matcher, &links->prev_drop, index);
			if (event->kind == EVENT_DROP && event->has_owner)
				continue; /* its retransmission, which is the same packet, follows */
			return;
		}
		has_owner = true;
		links->packet_drop = index;
	}
}

/* Whether it is of a part of an attempt that failed by that: its event has no more than numbers. */
static bool is_part_of_failed(const struct match_event *event, const struct match_event *drop)
{
	return event->failed && time_apart(event->packet.time, drop->packet.time) < PARTS_FAILED_NS;
}

/* Whether the event sends the first byte of the drop, but not as its own first byte. */
static bool is_inside(const struct matcher *matcher, const struct match_event *event,
		      uint32_t index)
{
	const struct match_event *drop = &matcher->events[index];

	return is_retransmission(event) && drop->packet.seq != event->packet.seq &&
	       drop->packet.seq - event->packet.seq < segment_span(&event->packet) &&
	       !is_own_part_drop(matcher, event, index) && !is_part_of_failed(event, drop);
}

static int64_t time_of(const struct matcher *matcher, uint32_t drop)
{
	return drop == NONE ? INT64_MIN : matcher->events[drop].packet.time;
}

/* Keeps the last ones. Each wire capture replays the same drops: what is kept stays as it is. */
static void keep_part(const struct matcher *matcher, struct tx_links *links, uint32_t drop)
{
	int oldest = 0;

	for (int i = 0; i < PART_DROPS; i++) {
		if (links->part_drops[i] == drop)
			return;
		if (time_of(matcher, links->part_drops[i]) <
		    time_of(matcher, links->part_drops[oldest]))
			oldest = i;
	}
	links->has_more_parts |= links->part_drops[oldest] != NONE;
	if (links->part_drops[oldest] != NONE &&
	    time_of(matcher, drop) <= time_of(matcher, links->part_drops[oldest]))
		return;
	links->part_drops[oldest] = drop;
	links->part_resent[oldest] = false;
}

/* Gives it to a later event of the run that sends the drop's data with data before it. */
static bool add_drop_of_part(struct matcher *matcher, const struct seq_run *run, uint32_t index)
{
	struct event_range events = index_run_events(&matcher->index, run);
	const struct match_event *drop = &matcher->events[index];
	uint32_t at = index_count_before(matcher->events, events, drop->packet.time + 1);
	uint32_t end = events.count - at > DROP_EVENTS ? at + DROP_EVENTS : events.count;

	for (; at < end; at++) {
		const struct match_event *event = &matcher->events[events.events[at]];

		if (is_own_part_drop(matcher, event, index) && !segment_has_id(&drop->packet))
			tx_of(matcher, events.events[at])->has_part = true;
		if (!is_inside(matcher, event, index) || !is_near(matcher, index, event))
			continue;
		keep_part(matcher, links_of(matcher, events.events[at]), index);
		return true;
	}
	return false;
}

static void replay_drop_of_part(struct matcher *matcher, struct flow *flow, uint32_t index)
{
	const struct segment_info *packet = &matcher->events[index].packet;
	struct run_walk walk;
	const struct seq_run *run;

	if (flow->longest <= 1 || !packet->payload_len)
		return;
	walk = index_walk_runs(&matcher->index, flow, packet->side, packet->seq - flow->longest + 1,
			       flow->longest - 1);
	while ((run = run_walk_next(&walk)))
		flow->has_part_drops |= add_drop_of_part(matcher, run, index);
	if (walk.stopped)
		wire_add_missing(current_wire(matcher), 1, WIRE_TOO_MANY);
}

int replay_drop(struct matcher *matcher, struct flow *flow, uint32_t index)
{
	const struct segment_info *packet = &matcher->events[index].packet;
	struct run_walk walk = index_walk_runs(&matcher->index, flow, packet->side, packet->seq,
					       segment_span(packet));
	const struct seq_run *run;

	while ((run = run_walk_next(&walk)))
		add_drop_to_run(matcher, run, index);
	if (walk.stopped)
		wire_add_missing(current_wire(matcher), 1, WIRE_TOO_MANY);
	replay_drop_of_part(matcher, flow, index);
	return packet->flags & TCP_RST ? 0 : connection_drop(matcher, flow, index);
}

/* The retransmission has the first byte of the run's events: it is before the next one. */
static void add_sent_to_run(struct matcher *matcher, const struct seq_run *run, uint32_t index)
{
	struct event_range events = index_run_events(&matcher->index, run);
	const struct match_event *sent = &matcher->events[index];
	uint32_t at = index_count_before(matcher->events, events, sent->packet.time + 1);
	uint32_t end = events.count - at > DROP_EVENTS ? at + DROP_EVENTS : events.count;

	for (; at < end; at++) {
		const struct match_event *event = &matcher->events[events.events[at]];

		if (!is_retransmission(event) || event->netns != sent->netns)
			continue;
		links_of(matcher, events.events[at])->prev_sent = index;
		return;
	}
}

void replay_sent(struct matcher *matcher, const struct flow *flow, uint32_t index)
{
	const struct segment_info *packet = &matcher->events[index].packet;
	struct run_walk walk = index_walk_runs(&matcher->index, flow, packet->side, packet->seq,
					       segment_span(packet));
	const struct seq_run *run;

	while ((run = run_walk_next(&walk)))
		add_sent_to_run(matcher, run, index);
	if (walk.stopped)
		wire_add_missing(current_wire(matcher), 1, WIRE_TOO_MANY);
}
