/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_ACK_DROP_H
#define MATCH_ACK_DROP_H

/* Which dropped packet was the acknowledgement of a retransmission's data. */

#include "match_sack.h"

/* Whether the other end sent this dropped ACK later: the network may change the order of ACKs. */
bool ack_drop_is_newer(const struct matcher *matcher, uint32_t drop, uint32_t than);

/*
 * Returns the dropped ACK, or the drop of a SACK block, that was of the event's data and in its
 * connection; NONE: there is none. drop: the newest dropped ACK of the stream, or NONE; *of_part:
 * it is of the first bytes alone.
 */
uint32_t ack_drop_find(const struct matcher *matcher, const struct sack_list *sacks, uint32_t drop,
		       const struct match_event *event, bool *of_part);

#endif
