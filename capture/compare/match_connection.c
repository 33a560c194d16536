// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_types.h"

#define FAR UINT64_MAX

static uint64_t gap(const struct tx_stream *stream, uint32_t got)
{
	uint32_t ahead = got - stream->next;
	uint32_t apart = ahead > UINT32_MAX / 2 ? -ahead : ahead;

	if (!stream->known)
		return 0;
	return apart > PLAUSIBLE ? FAR : apart;
}

/* How far the packet is from where the connection stands; FAR: it is of another one. */
static uint64_t distance(const struct connection *connection, const struct segment_info *packet)
{
	const struct tx_stream *own = &connection->streams[packet->side];
	const struct tx_stream *other = &connection->streams[!packet->side];
	bool syn = packet->flags & TCP_SYN, ack = packet->flags & TCP_ACK;
	uint64_t seq_gap = gap(own, packet->seq), ack_gap = ack ? gap(other, packet->ack) : 0;

	if (syn && own->has_isn && own->isn != packet->seq)
		return FAR;
	if (syn && !ack)
		return own->has_isn ? 0 : FAR;
	if (syn && other->has_isn && packet->ack != other->isn + 1)
		return FAR;
	return seq_gap == FAR || ack_gap == FAR ? FAR : seq_gap + ack_gap;
}

/* The side whose host the event is on. */
static uint8_t side_of_host(const struct match_event *event)
{
	return event->direction == EVENT_IN ? !event->packet.side : event->packet.side;
}

/* Namespaces may hold the same addresses and ports: their connections are not one. */
static bool is_elsewhere(const struct connection *connection, const struct match_event *event)
{
	uint32_t netns = connection->streams[side_of_host(event)].netns;

	if (event->kind == EVENT_DROP && event->claim.frame)
		return false; /* it was on this wire: another namespace of the same path */
	return netns && event->netns && netns != event->netns;
}

/* event: NULL for a frame, which tells no namespace. */
static struct connection *find(const struct flow *flow, const struct segment_info *packet,
			       const struct match_event *event)
{
	struct connection *best = NULL;
	uint64_t least = FAR;

	for (uint32_t i = 0; i < flow->connection_count; i++) {
		struct connection *connection = flow->connections[i];
		uint64_t apart;

		if (event && is_elsewhere(connection, event))
			continue;
		apart = distance(connection, packet);
		if (apart < least) {
			best = connection;
			least = apart;
		}
	}
	return best;
}

static void unlink_unanswered(struct matcher *matcher, struct tx_stream *stream, uint32_t index)
{
	struct match_event *event = &matcher->events[index];
	uint32_t next = event->next_unanswered, previous = event->previous_unanswered;

	if (previous == NONE)
		stream->first_unanswered = next;
	else
		matcher->events[previous].next_unanswered = next;
	if (next == NONE)
		stream->last_unanswered = previous;
	else
		matcher->events[next].previous_unanswered = previous;
	event->is_unanswered = false;
}

/* By the end of their data: events mostly come in this order, so the way from the end is short. */
static void link_unanswered(struct matcher *matcher, struct tx_stream *stream, uint32_t index)
{
	struct match_event *event = &matcher->events[index];
	uint32_t previous = stream->last_unanswered, next = NONE;

	while (previous != NONE &&
	       before32(event->packet.end, matcher->events[previous].packet.end)) {
		next = previous;
		previous = matcher->events[previous].previous_unanswered;
	}
	event->previous_unanswered = previous;
	event->next_unanswered = next;
	if (previous == NONE)
		stream->first_unanswered = index;
	else
		matcher->events[previous].next_unanswered = index;
	if (next == NONE)
		stream->last_unanswered = index;
	else
		matcher->events[next].previous_unanswered = index;
	event->is_unanswered = true;
}

static void reset(struct matcher *matcher, struct connection *connection)
{
	for (int side = 0; side < 2; side++) {
		struct tx_stream *stream = &connection->streams[side];

		while (stream->first_unanswered != NONE)
			unlink_unanswered(matcher, stream, stream->first_unanswered);
		free(stream->sacks);
		*stream = (struct tx_stream){
			.ack_drop = NONE,
			.first_unanswered = NONE,
			.last_unanswered = NONE,
		};
	}
	connection->id = ++matcher->last_connection;
}

/* One more connection, in place of the one that has been silent for longest if there are many. */
static struct connection *add(struct matcher *matcher, struct flow *flow)
{
	struct connection *connection = flow->connections[0];

	if (flow->connection_count < CONNECTIONS_MAX) {
		connection = calloc(1, sizeof(*connection));
		if (!connection)
			return NULL;
		for (int side = 0; side < 2; side++)
			connection->streams[side].first_unanswered = NONE;
		flow->connections[flow->connection_count++] = connection;
	}
	for (uint32_t i = 0; i < flow->connection_count; i++) {
		if (flow->connections[i]->used < connection->used)
			connection = flow->connections[i];
	}
	reset(matcher, connection);
	return connection;
}

static struct connection *add_of_event(struct matcher *matcher, struct flow *flow,
				       const struct match_event *event)
{
	struct connection *connection = add(matcher, flow);

	if (connection && is_sent_again(event))
		connection->streams[event->packet.side].netns = event->netns;
	return connection;
}

static void raise_to(struct tx_stream *stream, uint32_t next)
{
	if (!stream->known || before32(stream->next, next))
		stream->next = next;
	stream->known = true;
}

static void follow(struct matcher *matcher, struct connection *connection,
		   const struct segment_info *packet)
{
	struct tx_stream *stream = &connection->streams[packet->side];

	raise_to(stream, packet->end);
	if (packet->flags & TCP_SYN) {
		stream->has_isn = true;
		stream->isn = packet->seq;
	}
	if (packet->flags & TCP_ACK)
		raise_to(&connection->streams[!packet->side], packet->ack);
	connection->used = ++matcher->ticks;
}

struct connection *connection_of_frame(struct matcher *matcher, struct flow *flow,
				       const struct segment_info *frame)
{
	struct connection *connection = find(flow, frame, NULL);

	if (!connection)
		connection = add(matcher, flow);
	if (connection)
		follow(matcher, connection, frame);
	return connection;
}

bool connection_fits(const struct flow *flow, const struct connection *connection,
		     const struct match_event *event)
{
	if (flow->connection_count == 1)
		return !is_elsewhere(connection, event);
	return find(flow, &event->packet, event) == connection;
}

/*
 * The wire knows best: its frames tell connections apart by more than where the event took place.
 */
static struct connection *connection_of_event(struct matcher *matcher, struct flow *flow,
					      struct match_event *event)
{
	struct connection *connection;

	if (event->claim.frame && is_sent_again(event)) {
		connection = connection_of_frame(matcher, flow, &event->claim);
		if (connection)
			connection->streams[event->packet.side].netns = event->netns;
	} else {
		connection = find(flow, &event->packet, event);
		if (!connection)
			connection = add_of_event(matcher, flow, event);
		if (connection)
			follow(matcher, connection, &event->packet);
	}
	if (connection)
		event->connection = connection->id;
	return connection;
}

static void forget_look(struct matcher *matcher, struct flow *flow, uint32_t index)
{
	struct match_event *event = &matcher->events[index];

	for (uint32_t i = 0; event->is_unanswered && i < flow->connection_count; i++) {
		struct connection *connection = flow->connections[i];

		if (connection->id == event->connection)
			unlink_unanswered(matcher, &connection->streams[event->packet.side], index);
	}
	event->now.acked = event->now.sacked = event->now.answer = (struct frame_ref){ 0 };
}

/* The last acknowledgement that was dropped here, if it is of this data and this connection. */
static uint32_t dropped_ack(const struct matcher *matcher, const struct tx_stream *stream,
			    const struct match_event *event)
{
	const struct match_event *drop;

	if (stream->ack_drop == NONE)
		return NONE;
	drop = &matcher->events[stream->ack_drop];
	if (before32(drop->packet.ack, event->packet.end))
		return NONE;
	if (drop->netns && event->netns && drop->netns != event->netns && !drop->claim.frame)
		return NONE;
	return stream->ack_drop;
}

int connection_snapshot(struct matcher *matcher, struct flow *flow, uint32_t index)
{
	struct match_event *event = &matcher->events[index];
	struct connection *connection;
	struct tx_stream *stream;

	forget_look(matcher, flow, index); /* of the connection that it was taken for */
	connection = connection_of_event(matcher, flow, event);
	if (!connection)
		return -ENOMEM;
	stream = &connection->streams[event->packet.side];
	event->looked = true;
	if (event->now.attempt.seen && event->now.attempt_connection != connection->id)
		event->now.attempt.seen = false;
	if (stream->has_ack && !before32(stream->ack, event->packet.end)) {
		event->now.acked = stream->acked;
	} else {
		event->now.sacked = sack_find(stream, &event->packet);
		link_unanswered(matcher, stream, index);
	}
	event->now.ack_drop = dropped_ack(matcher, stream, event);
	return 0;
}

int connection_drop(struct matcher *matcher, struct flow *flow, uint32_t index)
{
	struct match_event *event = &matcher->events[index];
	struct connection *connection = connection_of_event(matcher, flow, event);
	struct tx_stream *stream;

	if (!connection)
		return -ENOMEM;
	if (!(event->packet.flags & TCP_ACK))
		return 0;
	stream = &connection->streams[!event->packet.side];
	if (stream->ack_drop == NONE ||
	    !before32(event->packet.ack, matcher->events[stream->ack_drop].packet.ack))
		stream->ack_drop = index;
	return 0;
}

/*
 * The echo in an acknowledgement tells which transmission it answers (RFC 3522) where the receiver
 * was waiting for this very data: then it has kept the timestamp of the one that came first.
 */
static bool echo_tells(const struct tx_stream *stream, const struct match_event *event)
{
	if (stream->has_ack)
		return !before32(stream->ack, event->packet.seq);
	return event->timeout || event->packet.flags & TCP_SYN;
}

void connection_ack(struct matcher *matcher, struct connection *connection,
		    const struct segment_info *frame)
{
	struct tx_stream *stream = &connection->streams[!frame->side];

	if (stream->has_ack && !before32(stream->ack, frame->ack))
		return;
	while (stream->first_unanswered != NONE) {
		struct match_event *event = &matcher->events[stream->first_unanswered];

		if (before32(frame->ack, event->packet.end))
			break;
		event->now.answer = frame_ref(matcher, frame);
		event->now.answer_tsecr = frame->tsecr;
		event->now.answer_tells = frame->has_timestamps && echo_tells(stream, event);
		unlink_unanswered(matcher, stream, stream->first_unanswered);
	}
	stream->has_ack = true;
	stream->ack = frame->ack;
	stream->acked = frame_ref(matcher, frame);
}

void connections_forget(struct matcher *matcher)
{
	for (uint32_t i = 0; i < matcher->flow_count; i++) {
		struct flow *flow = &matcher->flows[i];

		for (uint32_t j = 0; j < flow->connection_count; j++) {
			reset(matcher, flow->connections[j]);
			free(flow->connections[j]);
		}
		flow->connection_count = 0;
	}
}
