// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_types.h"

#define SENT_NS	   2000000   /* at most, from a retransmission's frame to its event */
#define FAILED_NS  10000000  /* at most, from its drop to the event of one that failed */
#define WEAK_NS	   100000000 /* within which a packet without a mark of its own is the event's */
#define NEIGHBOURS 8	     /* equal events before and after a frame that are looked at */
#define REOFFERS   16

/*
 * A made-up header has no IP ID and no options, and the flags that TCP wanted, not those it sent.
 */
static uint8_t compared_flags(const struct segment_info *event)
{
	return event->synthesized ? TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK : 0xff;
}

static bool same_timestamps(const struct segment_info *event, const struct segment_info *frame)
{
	if (event->has_timestamps && frame->has_timestamps)
		return event->tsval == frame->tsval && event->tsecr == frame->tsecr;
	return event->has_timestamps == frame->has_timestamps || event->cut || frame->cut;
}

enum same same_packet(const struct segment_info *event, const struct segment_info *frame)
{
	if (event->seq != frame->seq || event->payload_len != frame->payload_len ||
	    (event->flags ^ frame->flags) & compared_flags(event) || event->ack != frame->ack)
		return SAME_NOT;
	if (event->synthesized)
		return SAME_MAYBE;
	if (event->window != frame->window || !same_timestamps(event, frame) ||
	    (event->has_ip_id && event->ip_id != frame->ip_id))
		return SAME_NOT;
	if ((event->has_ip_id && event->ip_id) || (event->has_timestamps && frame->has_timestamps))
		return SAME_SURELY;
	return SAME_MAYBE;
}

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

/* How far the frame is from the event in time, -1 if it is not the event's or another is nearer. */
static int64_t claim_distance(const struct matcher *matcher, const struct match_event *event,
			      const struct segment_info *frame)
{
	int64_t before = event->packet.time - frame->time;
	enum same same;

	if (event->failed || event->kind == EVENT_TLP)
		return -1;
	same = same_packet(&event->packet, frame);
	if (same == SAME_NOT || !is_in_time(matcher, event, same, before))
		return -1;
	if (event->claim.frame && llabs(event->packet.time - event->claim.time) <= llabs(before))
		return -1;
	return llabs(before);
}

/* The first of the run's events that is not before that time. */
static uint32_t find_time(const struct matcher *matcher, const struct range *range, int64_t time)
{
	uint32_t low = 0, high = range->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (matcher->events[matcher->by_key[range->first + middle]].packet.time < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t find_claimer(const struct matcher *matcher, const struct range *range,
			     const struct segment_info *frame)
{
	uint32_t at = find_time(matcher, range, frame->time), best = NONE;
	uint32_t last = at + NEIGHBOURS < range->count ? at + NEIGHBOURS : range->count;
	int64_t least = INT64_MAX;

	for (uint32_t i = at > NEIGHBOURS ? at - NEIGHBOURS : 0; i < last; i++) {
		uint32_t index = matcher->by_key[range->first + i];
		int64_t apart = claim_distance(matcher, &matcher->events[index], frame);

		if (apart >= 0 && apart < least) {
			best = index;
			least = apart;
		}
	}
	return best;
}

/*
 * Gives the frame to the event of the class that it is nearest to. Returns that event or NONE; in
 * *displaced the frame that no event has any more, if one had to give way.
 */
static uint32_t claim(struct matcher *matcher, const struct range *range,
		      const struct segment_info *frame, struct segment_info *displaced)
{
	uint32_t first = find_claimer(matcher, range, frame), index = first;
	struct segment_info current = *frame;

	*displaced = (struct segment_info){ 0 };
	for (int i = 0; i < REOFFERS && index != NONE; i++) {
		struct match_event *event = &matcher->events[index];
		struct segment_info old = event->claim;

		event->claim = current;
		event->now.own = frame_ref(matcher, &current);
		event->now.own_tsval = current.tsval;
		event->now.own_has_tsval = current.has_timestamps;
		current = old;
		*displaced = old;
		index = old.frame ? find_claimer(matcher, range, &old) : NONE;
		if (index != NONE)
			*displaced = (struct segment_info){ 0 };
	}
	return first;
}

/* A transmission: a frame, or the drop of one. */
struct transmission {
	const struct flow *flow;
	const struct connection *connection; /* of a frame */
	const struct segment_info *packet;
	uint32_t own; /* the event whose packet it is; of a drop, the drop */
};

static bool is_copy(const struct match_event *event, const struct segment_info *frame)
{
	return event->packet.has_ip_id && event->packet.ip_id &&
	       same_packet(&event->packet, frame) == SAME_SURELY;
}

static void set_attempt(struct matcher *matcher, struct match_event *event,
			const struct transmission *sent)
{
	const struct segment_info *frame = sent->packet;
	struct evidence *now = &event->now;

	if ((now->attempt.seen && now->attempt.time > frame->time) || is_copy(event, frame) ||
	    !connection_fits(sent->flow, sent->connection, event))
		return;
	now->attempt = frame_ref(matcher, frame);
	now->attempt_tsval = frame->tsval;
	now->attempt_has_tsval = frame->has_timestamps;
	now->attempt_connection = sent->connection->id;
}

/* A frame that has the first byte of the run's events: an earlier transmission for the next one. */
static void visit_frame(struct matcher *matcher, struct seq_run *run, void *context)
{
	const struct transmission *sent = context;
	const uint32_t *members = &matcher->by_seq[run->first];
	uint32_t at = run->cursor;

	while (at < run->count && matcher->events[members[at]].packet.time < sent->packet->time)
		at++;
	run->cursor = at;
	if (at > 0 && members[at - 1] != sent->own) {
		struct match_event *elder = &matcher->events[members[at - 1]];

		if (!elder->now.again.seen && !is_copy(elder, sent->packet))
			elder->now.again = frame_ref(matcher, sent->packet);
	}
	if (at < run->count && members[at] == sent->own)
		at++;
	if (at < run->count)
		set_attempt(matcher, &matcher->events[members[at]], sent);
}

static void add_attempt(struct matcher *matcher, struct flow *flow,
			const struct connection *connection, const struct segment_info *frame,
			uint32_t own)
{
	struct transmission sent = { flow, connection, frame, own };

	index_each_run(matcher, flow, frame->side, frame->seq, frame->end - frame->seq, visit_frame,
		       &sent);
}

/* Whether the drop may be of the event's connection: the wire tells no namespace, the events do. */
static bool is_near(const struct match_event *drop, const struct match_event *event)
{
	return !drop->netns || !event->netns || drop->netns == event->netns || drop->claim.frame;
}

static bool is_own_drop(const struct match_event *drop, const struct match_event *event)
{
	int64_t before = event->packet.time - drop->packet.time;

	if (event->kind == EVENT_TLP || drop->packet.seq != event->packet.seq)
		return false;
	if (event->failed)
		return before < FAILED_NS;
	return before < SENT_NS && same_packet(&event->packet, &drop->packet) != SAME_NOT;
}

static void set_later(const struct matcher *matcher, uint32_t *kept, uint32_t drop)
{
	if (drop != NONE && (*kept == NONE || matcher->events[*kept].packet.time <
						      matcher->events[drop].packet.time))
		*kept = drop;
}

/* The drop of a packet that has the first byte of the run's events. */
static void visit_drop(struct matcher *matcher, struct seq_run *run, void *context)
{
	const struct transmission *sent = context;
	const uint32_t *members = &matcher->by_seq[run->first];
	const struct match_event *drop = &matcher->events[sent->own];
	uint32_t at = 0;

	while (at < run->count && matcher->events[members[at]].packet.time <= drop->packet.time)
		at++;
	for (; at < run->count; at++) {
		struct match_event *event = &matcher->events[members[at]];
		uint32_t former = event->own_drop;

		if (!is_near(drop, event))
			continue;
		if (!is_sent_again(event) || !is_own_drop(drop, event)) {
			set_later(matcher, &event->drop_before, sent->own);
			return;
		}
		set_later(matcher, &event->own_drop, sent->own);
		if (event->own_drop != former)
			set_later(matcher, &event->drop_before, former);
	}
}

static int sweep_drop(struct matcher *matcher, struct flow *flow, uint32_t index)
{
	const struct segment_info *packet = &matcher->events[index].packet;
	struct transmission sent = { flow, NULL, packet, index };

	if (packet->end != packet->seq)
		index_each_run(matcher, flow, packet->side, packet->seq, packet->end - packet->seq,
			       visit_drop, &sent);
	return packet->flags & TCP_RST ? 0 : connection_drop(matcher, flow, index);
}

int advance_events(struct matcher *matcher, struct flow *flow, int64_t time)
{
	int err = 0;

	while (!err && flow->next < flow->count) {
		uint32_t index = matcher->by_time[flow->first + flow->next];
		const struct match_event *event = &matcher->events[index];

		if (event->packet.time >= time)
			break;
		flow->next++;
		if (event->kind == EVENT_DROP)
			err = sweep_drop(matcher, flow, index);
		else if (is_sent_again(event) && !event->looked)
			err = connection_snapshot(matcher, flow, index);
	}
	return err;
}

/* An event was sent with this frame, and not with the one that had been taken for it. */
static int claim_sent(struct matcher *matcher, struct flow *flow, const struct range *range,
		      const struct segment_info *frame, uint32_t *own)
{
	struct segment_info displaced;
	struct connection *connection;
	int err;

	*own = claim(matcher, range, frame, &displaced);
	if (*own == NONE || !is_sent_again(&matcher->events[*own]))
		return 0;
	err = connection_snapshot(matcher, flow, *own);
	if (err || !displaced.frame)
		return err;
	connection = connection_of_frame(matcher, flow, &displaced);
	if (connection)
		add_attempt(matcher, flow, connection, &displaced, NONE);
	return connection ? 0 : -ENOMEM;
}

/*
 * Acknowledgements count unless this host dropped them, which may turn out to be of another frame.
 */
static int claim_dropped(struct matcher *matcher, struct flow *flow, const struct range *range,
			 const struct segment_info *frame, bool *dropped)
{
	struct segment_info displaced;
	struct connection *connection;

	*dropped = claim(matcher, range, frame, &displaced) != NONE;
	if (!displaced.frame || (displaced.flags & (TCP_ACK | TCP_RST)) != TCP_ACK)
		return 0;
	connection = connection_of_frame(matcher, flow, &displaced);
	if (connection)
		connection_ack(matcher, connection, &displaced);
	return connection ? 0 : -ENOMEM;
}

static int add_to_flow(struct matcher *matcher, struct flow *flow, const struct segment_info *frame,
		       const struct packet *packet)
{
	struct connection *connection;
	const struct exact_run *run;
	bool dropped = false;
	uint32_t own = NONE;
	int err = advance_events(matcher, flow, frame->time);

	run = index_find_exact(matcher, (uint32_t)(flow - matcher->flows), frame);
	if (!err && run)
		err = claim_sent(matcher, flow, &run->classes[CLASS_SENT], frame, &own);
	if (!err && run)
		err = claim_dropped(matcher, flow, &run->classes[CLASS_DROP], frame, &dropped);
	if (err || frame->flags & TCP_RST) /* its numbers may be anything */
		return err;
	connection = connection_of_frame(matcher, flow, frame);
	if (!connection)
		return -ENOMEM;
	if (frame->end != frame->seq)
		add_attempt(matcher, flow, connection, frame, own);
	if (dropped || !(frame->flags & TCP_ACK))
		return 0;
	connection_ack(matcher, connection, frame);
	return packet->sack_count ? sack_add_frame(matcher, flow, connection, frame, packet) : 0;
}

int matcher_add_frame(struct matcher *matcher, const struct match_frame *frame)
{
	struct wire *wire = &matcher->wires[matcher->wire_count - 1];
	int64_t time = (int64_t)frame->timestamp_ns - wire->offset;
	struct segment_info sighting;
	struct flow *flow;
	uint8_t side;

	if (!wire->has_frames || time < wire->first)
		wire->first = time;
	if (!wire->has_frames || time > wire->last)
		wire->last = time;
	wire->has_frames = true;
	if (!frame->packet->tcp_at) {
		if (frame->packet->cut)
			matcher_add_missing(matcher, 1, "cut before the end of the TCP header");
		return 0;
	}
	flow = index_find_flow(matcher, frame->packet, &side);
	if (!flow)
		return 0;
	sighting = segment_info_of(frame->packet, time, side);
	sighting.frame = frame->number;
	return add_to_flow(matcher, flow, &sighting, frame->packet);
}
