// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_acked.h"

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
