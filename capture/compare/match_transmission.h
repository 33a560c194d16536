/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_TRANSMISSION_H
#define MATCH_TRANSMISSION_H

/* What a frame means for the events that send its data: it is before or after them, or theirs. */

#include "match_connection.h"

/* A transmission: a frame, or the packet of a drop. */
struct transmission {
	const struct flow *flow;
	const struct connection *connection; /* of a frame; NULL: the flow needs none */
	const struct segment_info *packet;
	uint32_t event; /* the event whose packet it is; NONE */
};

/*
 * Adds it to the evidence of the events before and after it. Frames come in the order of time, but
 * for those that another frame displaced.
 */
void transmission_add(struct matcher *matcher, const struct transmission *sent);

#endif
