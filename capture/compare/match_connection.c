// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_ack_drop.h"
#include "match_acked.h"
#include "match_assign.h"
#include "match_connection.h"
#include "match_dsack.h"
#include "match_sack.h"

#define CONNECTIONS_MAX 8	   /* of one flow at a time */
#define PLAUSIBLE	(1U << 27) /* numbers of one connection are not farther apart */
#define FAR		UINT64_MAX

static uint64_t gap(const struct tx_stream *stream, uint32_t number)
{
	uint32_t ahead = number - stream->next;
	uint32_t apart = ahead > UINT32_MAX / 2 ? -ahead : ahead;

	if (!stream->has_next)
		return 0;
	return apart > PLAUSIBLE ? FAR : apart;
}

/* How far the packet's numbers are from those of the connection; FAR: it is of another one. */
static uint64_t distance(const struct connection *connection, const struct segment_info *packet)
{
	const struct tx_stream *sent = &connection->streams[packet->side];
	const struct tx_stream *received = &connection->streams[!packet->side];
	bool syn = packet->flags & TCP_SYN, ack = packet->flags & TCP_ACK;
	uint64_t seq_gap = gap(sent, packet->seq), ack_gap = ack ? gap(received, packet->ack) : 0;

	if (syn && sent->has_isn && sent->isn != packet->seq)
		return FAR;
	if (syn && !ack && !sent->has_isn) /* the SYN-ACK may have been seen before */
		return sent->has_next && sent->next == packet->seq + 1 ? 0 : FAR;
	if (syn && !ack)
		return 0;
	if (syn && received->has_isn && packet->ack != received->isn + 1)
		return FAR;
	return seq_gap == FAR || ack_gap == FAR ? FAR : seq_gap + ack_gap;
}

/* The side whose host has the event. */
static uint8_t side_of_host(const struct match_event *event)
{
	return event->direction == EVENT_IN ? !event->packet.side : event->packet.side;
}

/* Namespaces may have the same addresses and ports: their connections are different ones. */
static bool is_elsewhere(const struct matcher *matcher, const struct connection *connection,
			 uint32_t index)
{
	const struct match_event *event = &matcher->events[index];
	uint32_t netns = connection->streams[side_of_host(event)].netns;

	/* A drop that was on this wire is in another namespace of the same path. */
	if (event->kind == EVENT_DROP &&
	    (is_matched(&matcher->current[index]) || event->direction == EVENT_IN))
		return false;
	return netns && event->netns && netns != event->netns;
}

/* index: the packet's event; NONE for a frame, which has no namespace. */
static struct connection *find(const struct matcher *matcher, const struct flow *flow,
			       const struct segment_info *packet, uint32_t index)
{
	struct connection *best = NULL, *connection;
	uint64_t least = FAR;

	for (connection = flow->connections; connection; connection = connection->following) {
		uint64_t apart;

		if (index != NONE && is_elsewhere(matcher, connection, index))
			continue;
		apart = distance(connection, packet);
		if (apart < least) {
			best = connection;
			least = apart;
		}
	}
	return best;
}

static void reset(struct matcher *matcher, struct connection *connection)
{
	for (int side = 0; side < 2; side++) {
		struct tx_stream *stream = &connection->streams[side];

		unanswered_release(&stream->unanswered, matcher);
		sack_list_free(stream->sacks);
		sack_list_free(stream->dropped_sacks);
		dsack_list_free(stream->dsacks);
		*stream = (struct tx_stream){ .ack_drop = NONE };
	}
	connection->has_frames = false;
	connection->id = ++matcher->last_connection;
}

/* The flow's connection that was silent for longest. */
static struct connection *find_oldest(const struct flow *flow)
{
	struct connection *oldest = flow->connections, *connection;

	for (connection = oldest; connection; connection = connection->following) {
		if (connection->used < oldest->used)
			oldest = connection;
	}
	return oldest;
}

static struct connection *add(struct matcher *matcher, struct flow *flow)
{
	struct connection **end = &flow->connections, *connection;

	if (flow->connection_count == CONNECTIONS_MAX) {
		connection = find_oldest(flow);
	} else {
		connection = calloc(1, sizeof(*connection));
		if (!connection)
			return NULL;
		while (*end)
			end = &(*end)->following;
		*end = connection;
		flow->connection_count++;
	}
	reset(matcher, connection);
	return connection;
}

static struct connection *add_of_event(struct matcher *matcher, struct flow *flow,
				       const struct match_event *event)
{
	struct connection *connection = add(matcher, flow);

	if (connection && is_retransmission(event))
		connection->streams[event->packet.side].netns = event->netns;
	return connection;
}

static void raise_next(struct tx_stream *stream, uint32_t next)
{
	if (!stream->has_next || before32(stream->next, next))
		stream->next = next;
	stream->has_next = true;
}

/* Takes the packet's numbers into account. */
static void follow(struct matcher *matcher, struct connection *connection,
		   const struct segment_info *packet)
{
	struct tx_stream *stream = &connection->streams[packet->side];

	raise_next(stream, segment_end(packet));
	if (packet->flags & TCP_SYN) {
		stream->has_isn = true;
		stream->isn = packet->seq;
	}
	if (packet->flags & TCP_ACK)
		raise_next(&connection->streams[!packet->side], packet->ack);
	connection->used = ++matcher->ticks;
}

struct connection *connection_of_frame(struct matcher *matcher, struct flow *flow,
				       const struct segment_info *frame)
{
	struct connection *connection = find(matcher, flow, frame, NONE);

	if (!connection)
		connection = add(matcher, flow);
	if (connection) {
		follow(matcher, connection, frame);
		connection->has_frames = true;
	}
	return connection;
}

bool connection_fits(const struct matcher *matcher, const struct flow *flow,
		     const struct connection *connection, uint32_t event)
{
	if (flow->connection_count == 1)
		return !is_elsewhere(matcher, connection, event);
	return find(matcher, flow, &matcher->events[event].packet, event) == connection;
}

/*
 * The matched frame is followed where there is one: it identifies the connection by more than the
 * event's namespace.
 */
static struct connection *connection_of_event(struct matcher *matcher, struct flow *flow,
					      uint32_t index)
{
	const struct match_event *event = &matcher->events[index];
	struct evidence *evidence = &matcher->current[index];
	struct connection *connection;

	if (is_matched(evidence) && is_retransmission(event)) {
		struct segment_info frame = matched_segment(matcher, index);

		connection = connection_of_frame(matcher, flow, &frame);
		if (connection)
			connection->streams[event->packet.side].netns = event->netns;
	} else {
		connection = find(matcher, flow, &event->packet, index);
		if (!connection)
			connection = add_of_event(matcher, flow, event);
		if (connection)
			follow(matcher, connection, &event->packet);
	}
	if (connection)
		evidence->connection = connection->id;
	return connection;
}

/* Undoes a snapshot, whose connection may have been another one. */
static void forget_snapshot(struct matcher *matcher, struct flow *flow, uint32_t index)
{
	uint8_t side = matcher->events[index].packet.side;
	struct tx_evidence *tx = tx_of(matcher, index);
	struct connection *connection = flow->connections;

	if (links_of(matcher, index)->unanswered_at != NONE) {
		while (connection->id != matcher->current[index].connection)
			connection = connection->following;
		unanswered_remove(&connection->streams[side].unanswered, matcher, index);
	}
	tx->acked = tx->first_ack = (struct frame_ref){ 0 };
}

/*
 * A qdisc held the packet: what the first snapshot found stays, unless this drop of an ACK was
 * before the event, and so may be why it was sent.
 */
static bool keeps_ack_drop(const struct matcher *matcher, uint32_t index, uint32_t drop)
{
	const struct evidence *evidence = &matcher->current[index];
	int64_t time = matcher->events[index].packet.time;

	return is_matched(evidence) && evidence->matched.time > time &&
	       (drop == NONE || matcher->events[drop].packet.time > time);
}

int connection_snapshot(struct matcher *matcher, struct flow *flow, uint32_t index)
{
	struct match_event *event = &matcher->events[index];
	struct tx_evidence *tx = tx_of(matcher, index);
	uint32_t before = event->has_snapshot ? matcher->current[index].connection : 0;
	const struct tx_evidence was = *tx;
	struct connection *connection;
	struct tx_stream *stream;
	uint32_t ack_drop;
	bool of_part;

	forget_snapshot(matcher, flow, index);
	connection = connection_of_event(matcher, flow, index);
	if (!connection)
		return -ENOMEM;
	stream = &connection->streams[event->packet.side];
	event->has_snapshot = true;
	if (tx->prev_tx_connection != connection->id)
		tx->prev_tx = (struct frame_ref){ 0 };
	ack_drop = ack_drop_find(matcher, stream->dropped_sacks, stream->ack_drop, event, &of_part);
	if (before != connection->id || !keeps_ack_drop(matcher, index, ack_drop)) {
		tx->ack_drop = ack_drop;
		tx->ack_drop_of_part = of_part;
	}
	acked_find(stream, &event->packet, before == connection->id ? &was : NULL, tx);
	if (before != connection->id)
		tx->acked_perhaps = equal_may_be_acked(matcher, flow, connection->id, event);
	if (is_acked(tx) && !tx->acked_by_sack)
		return 0;
	return unanswered_add(&stream->unanswered, matcher, index);
}

int connection_drop_ack(struct matcher *matcher, struct connection *connection, uint32_t index)
{
	const struct match_event *event = &matcher->events[index];
	struct tx_stream *stream = &connection->streams[!event->packet.side];

	if (!(event->packet.flags & TCP_ACK) || event->ack_taken)
		return 0;
	if (stream->ack_drop == NONE || ack_drop_is_newer(matcher, index, stream->ack_drop))
		stream->ack_drop = index;
	return event->packet.sack_hash ? sack_add_drop(matcher, &stream->dropped_sacks, index) : 0;
}

int connection_drop(struct matcher *matcher, struct flow *flow, uint32_t index)
{
	struct connection *connection = connection_of_event(matcher, flow, index);

	return connection ? connection_drop_ack(matcher, connection, index) : -ENOMEM;
}

/*
 * The echoed timestamp identifies the transmission that an ACK answers (RFC 3522) if the receiver
 * was waiting for this very data: it then keeps the timestamp of the copy that came first.
 */
static bool is_echo_valid(const struct tx_stream *stream, const struct match_event *event)
{
	if (stream->has_ack)
		return !before32(stream->ack, event->packet.seq);
	return event->timeout || event->packet.flags & TCP_SYN;
}

void connection_ack(struct matcher *matcher, struct connection *connection,
		    const struct segment_info *frame)
{
	struct tx_stream *stream = &connection->streams[!frame->side];
	struct unanswered *heap = &stream->unanswered;
	uint32_t index;

	if (stream->has_ack && !before32(stream->ack, frame->ack))
		return;
	while ((index = unanswered_take(heap, matcher, frame->ack)) != NONE) {
		struct tx_evidence *tx = tx_of(matcher, index);

		if (frame->time < sent_at(matcher, index)) {
			tx->acked = frame_ref(frame);
			tx->acked_by_sack = tx->acked_of_part = false;
			continue;
		}
		tx->first_ack = frame_ref(frame);
		tx->first_ack_tsecr = frame->tsecr;
		tx->first_ack_has_tsecr = frame->has_timestamps;
		tx->ts_echo_valid = frame->has_timestamps &&
				    is_echo_valid(stream, &matcher->events[index]);
	}
	stream->has_ack = true;
	stream->ack = frame->ack;
	stream->acked = frame_ref(frame);
}

int connection_sack(struct matcher *matcher, struct flow *flow, struct connection *connection,
		    const struct segment_info *frame, const struct packet *packet, bool dropped)
{
	struct tx_stream *stream = &connection->streams[!frame->side];
	const struct sack_frame from = {
		.frame = frame,
		.packet = packet,
		.flow = flow,
		.connection = connection->id,
		.dsacks = &stream->dsacks,
		.has_ack = stream->has_ack,
		.ack = stream->ack,
		.is_dropped = dropped,
	};

	return sack_add_frame(matcher, &stream->sacks, &from);
}

bool connection_has_frames(const struct matcher *matcher, const struct flow *flow, uint32_t event)
{
	const struct connection *connection = flow->connections;
	uint32_t id = matcher->current[event].connection;

	if (!id)
		return flow->has_frames;
	while (connection && connection->id != id)
		connection = connection->following;
	/* Numbers of another namespace may be near to its own. */
	return connection && connection->has_frames && !is_elsewhere(matcher, connection, event);
}

void connections_forget(struct matcher *matcher, struct flow *flow)
{
	while (flow->connections) {
		struct connection *connection = flow->connections;

		flow->connections = connection->following;
		reset(matcher, connection);
		free(connection);
	}
	flow->connection_count = 0;
}
