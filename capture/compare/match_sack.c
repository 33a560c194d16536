// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_types.h"

struct frame_ref sack_find(const struct tx_stream *stream, const struct segment_info *packet)
{
	for (uint32_t i = 0; i < stream->sack_count; i++) {
		const struct sack *sack = &stream->sacks[i];

		if (!before32(packet->seq, sack->start) && !before32(sack->end, packet->end))
			return sack->place;
	}
	return (struct frame_ref){ 0 };
}

static void add(struct tx_stream *stream, struct sack sack)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < stream->sack_count; i++) {
		const struct sack *old = &stream->sacks[i];

		if (stream->has_ack && !before32(stream->ack, old->end))
			continue; /* acknowledged since */
		if (before32(old->end, sack.start) || before32(sack.end, old->start)) {
			stream->sacks[kept++] = *old;
			continue;
		}
		if (before32(old->start, sack.start))
			sack.start = old->start;
		if (before32(sack.end, old->end))
			sack.end = old->end;
	}
	stream->sack_count = kept;
	if (kept < SACKS_MAX)
		stream->sacks[stream->sack_count++] = sack;
	else
		stream->sacks[stream->next_sack++ % SACKS_MAX] = sack;
}

struct dsack {
	uint32_t connection;
	struct sack sack;
	struct match_event *latest;
};

static bool is_reported(const struct match_event *event, const struct dsack *dsack)
{
	int64_t sent = event->claim.frame ? event->claim.time : event->packet.time;

	return is_sent_again(event) && event->looked && event->connection == dsack->connection &&
	       !event->now.dsack.seen && sent < dsack->sack.place.time &&
	       before32(event->packet.seq, dsack->sack.end) &&
	       before32(dsack->sack.start, event->packet.end);
}

static void visit_dsack(struct matcher *matcher, struct seq_run *run, void *context)
{
	struct dsack *dsack = context;

	for (uint32_t i = run->count; i > 0; i--) {
		struct match_event *event = &matcher->events[matcher->by_seq[run->first + i - 1]];

		if (!is_reported(event, dsack))
			continue;
		if (!dsack->latest || event->packet.time > dsack->latest->packet.time)
			dsack->latest = event;
		return;
	}
}

/* RFC 2883: the first block is of what came twice, if it is acknowledged or in the second one. */
static bool is_dsack(const struct packet *packet)
{
	uint32_t start = packet->sack[0].start, end = packet->sack[0].end;

	if (!before32(packet->ack, end))
		return true;
	return packet->sack_count > 1 && !before32(start, packet->sack[1].start) &&
	       !before32(packet->sack[1].end, end);
}

/* Two copies have come: the last one sent was not needed. */
static void attribute(struct matcher *matcher, struct flow *flow, struct connection *connection,
		      uint8_t side, struct sack sack)
{
	struct dsack dsack = { connection->id, sack, NULL };

	index_each_run(matcher, flow, side, sack.start - 65535, sack.end - sack.start + 65535,
		       visit_dsack, &dsack);
	if (dsack.latest)
		dsack.latest->now.dsack = sack.place;
}

int sack_add_frame(struct matcher *matcher, struct flow *flow, struct connection *connection,
		   const struct segment_info *frame, const struct packet *packet)
{
	struct tx_stream *stream = &connection->streams[!frame->side];

	if (!stream->sacks)
		stream->sacks = calloc(SACKS_MAX, sizeof(*stream->sacks));
	if (!stream->sacks)
		return -ENOMEM;
	for (uint32_t i = 0; i < packet->sack_count; i++) {
		struct sack sack = { packet->sack[i].start, packet->sack[i].end,
				     frame_ref(matcher, frame) };

		if (sack.end - sack.start - 1 >= PLAUSIBLE)
			continue;
		if (i == 0 && is_dsack(packet))
			attribute(matcher, flow, connection, !frame->side, sack);
		else
			add(stream, sack);
	}
	return 0;
}
