/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_ACKED_H
#define MATCH_ACKED_H

/* What had been acknowledged of the data of a retransmission. */

#include "match_connection.h"

/*
 * Fills the acknowledgement that the packet's data had when it was sent: of all of it, of its first
 * byte, or none. was: what was found before in the same connection, which is kept if it was of all,
 * for that is the first frame that says so; NULL.
 */
void acked_find(const struct tx_stream *stream, const struct segment_info *packet,
		const struct tx_evidence *was, struct tx_evidence *tx);

/*
 * An ACK that was taken for a dropped one until now, after connection_ack(): it may have come
 * before those that answered its events since.
 */
void acked_before_known(struct matcher *matcher, const struct flow *flow, uint32_t connection,
			const struct segment_info *frame);

#endif
