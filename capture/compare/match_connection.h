/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_CONNECTION_H
#define MATCH_CONNECTION_H

/*
 * What the frames and events so far, in the order of time, have sent and acknowledged in each
 * connection of a flow, and the evidence of retransmissions that follows. A flow has at most 8
 * connections at a time; the one that was silent for longest makes room. Functions that return an
 * int return 0 or -ENOMEM.
 */

#include "match_sack.h"
#include "match_state.h"
#include "match_unanswered.h"

/* One direction's data. */
struct tx_stream {
	uint32_t next; /* after the highest byte that was sent or acknowledged */
	uint32_t isn;
	uint32_t ack;	   /* the highest one that the other end sent and this host did not drop */
	uint32_t netns;	   /* of the end that sends; 0: unknown */
	uint32_t ack_drop; /* the last drop of an ACK of this data; NONE */
	bool has_next, has_isn, has_ack;
	struct frame_ref acked; /* the frame with that ack */
	struct unanswered unanswered;
	struct sack_list *sacks, *dropped_sacks;
	struct dsack_list *dsacks;
};

struct connection {
	struct connection *following; /* in its flow */
	uint32_t id;
	bool has_frames;
	uint64_t used;		     /* the matcher's ticks when it was used last */
	struct tx_stream streams[2]; /* by side */
};

/*
 * Returns the connection of the frame, a new one if none fits, with the frame's numbers taken into
 * account. NULL: out of memory.
 */
struct connection *connection_of_frame(struct matcher *matcher, struct flow *flow,
				       const struct segment_info *frame);

/* Whether the event, which is later than what was seen so far, belongs to this connection. */
bool connection_fits(const struct matcher *matcher, const struct flow *flow,
		     const struct connection *connection, uint32_t event);

/*
 * Records the state of the connection at the time of this retransmission: whether its data had been
 * acknowledged. Replaces a record of an earlier call.
 */
int connection_snapshot(struct matcher *matcher, struct flow *flow, uint32_t event);

/* This drop's packet was sent, and its ACK not received. */
int connection_drop(struct matcher *matcher, struct flow *flow, uint32_t drop);

/* Its ACK was not received: it came with this drop's frame, which may be well before the drop. */
int connection_drop_ack(struct matcher *matcher, struct connection *connection, uint32_t drop);

/* The frame's ACK was received: it answers the retransmissions before it. */
void connection_ack(struct matcher *matcher, struct connection *connection,
		    const struct segment_info *frame);

/*
 * The same for its SACK blocks, after connection_ack(). dropped: this host dropped the frame, which
 * still shows by a DSACK what the other end had received.
 */
int connection_sack(struct matcher *matcher, struct flow *flow, struct connection *connection,
		    const struct segment_info *frame, const struct packet *packet, bool dropped);

/*
 * At the end of a wire capture: whether it has frames of the event's connection, so that the
 * absence of its packet proves something.
 */
bool connection_has_frames(const struct matcher *matcher, const struct flow *flow, uint32_t event);

/* Frees the flow's connections. */
void connections_forget(struct matcher *matcher, struct flow *flow);

#endif
