// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_acked.h"

#define LOOK_BACK 64 /* events before a frame that it may answer */

static void find_now(const struct tx_stream *stream, const struct segment_info *packet,
		     struct tx_evidence *tx)
{
	struct segment_info first = *packet;

	first.payload_len = 1;
	first.flags = 0;
	tx->acked_by_sack = !stream->has_ack || before32(stream->ack, segment_end(packet));
	tx->acked = tx->acked_by_sack ? sack_find(stream->sacks, packet) : stream->acked;
	tx->acked_of_part = false;
	if (tx->acked.frame || packet->payload_len <= 1)
		return;
	tx->acked = stream->has_ack && before32(packet->seq, stream->ack)
			    ? stream->acked
			    : sack_find(stream->sacks, &first);
	tx->acked_of_part = tx->acked.frame;
}

void acked_find(const struct tx_stream *stream, const struct segment_info *packet,
		const struct tx_evidence *was, struct tx_evidence *tx)
{
	find_now(stream, packet, tx);
	if (!was || !is_acked(was))
		return;
	tx->acked = was->acked;
	tx->acked_by_sack = was->acked_by_sack;
	tx->acked_of_part = false;
}

/* Whether the frame is an ACK of the retransmission, before that which was known. */
static bool is_answered_before(const struct matcher *matcher, uint32_t index, uint32_t connection,
			       const struct segment_info *frame)
{
	const struct match_event *event = &matcher->events[index];

	return is_retransmission(event) && has_tx(event) && event->packet.side != frame->side &&
	       matcher->current[index].connection == connection &&
	       !before32(frame->ack, segment_end(&event->packet)) &&
	       tx_of(matcher, index)->first_ack.frame &&
	       tx_of(matcher, index)->first_ack.time > frame->time &&
	       sent_at(matcher, index) < frame->time;
}

void acked_before_known(struct matcher *matcher, const struct flow *flow, uint32_t connection,
			const struct segment_info *frame)
{
	const struct event_range all = { &matcher->index.by_time[flow->first], flow->count };
	uint32_t at = index_count_before(matcher->events, all, frame->time);

	for (int i = 0; i < LOOK_BACK && at; i++) {
		uint32_t index = all.events[--at];
		struct tx_evidence *tx;

		if (!is_answered_before(matcher, index, connection, frame))
			continue;
		tx = tx_of(matcher, index);
		tx->first_ack = frame_ref(frame);
		tx->first_ack_tsecr = frame->tsecr;
		tx->first_ack_has_tsecr = frame->has_timestamps;
		tx->ts_echo_valid = false; /* what the receiver waited for is not known any more */
	}
}
