/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_DECISION_H
#define MATCH_DECISION_H

/* A verdict that is being reached, and what all verdicts have in common. */

#include "match_state.h"
#include "match_verdict.h"

struct decision {
	const struct matcher *matcher;
	const struct match_event *event;
	const struct evidence *evidence; /* the event's */
	const struct tx_evidence *tx;
	const struct tx_links *links;
	uint32_t index;
	struct match_result result;
	struct strbuf *because;
};

/* The verdict, with the frame that it rests on. */
void decision_rest_on_frame(struct decision *decision, enum verdict verdict, const char *how,
			    struct frame_ref frame);

/* This host dropped it, by an event of its own. */
void decision_rest_on_drop(struct decision *decision, const char *what, uint32_t drop);

/*
 * Returns a whole capture that was running at the time of the event, so that the packet's absence
 * proves something: one that has its connection, if there is any. NULL, and the sentence says why:
 * there is none.
 */
const struct wire *decision_find_witness(struct decision *decision);

/* The sentence says that this capture, the witness, has nothing of the event's connection. */
void decision_add_no_connection(struct decision *decision, const struct wire *wire);

/* Whether events that were lost may have been between that time and this event. */
bool decision_lost_since(const struct decision *decision, int64_t time);

/* Whether the clock of a wire capture could be compared with that of the events. */
bool decision_has_clock(const struct decision *decision);

/* Adds to the sentence why no frame may have been found near the event, if that is a reason. */
void decision_add_doubtful_clock(struct decision *decision, const struct wire *wire);

/* Whether a whole capture of the connection has what was sent between that time and the event. */
bool decision_is_covered_since(const struct decision *decision, int64_t time);

/* Whether the frame is the packet of that drop. */
bool decision_is_packet_of(const struct decision *decision, uint32_t drop, struct frame_ref frame);

/* The verdict on a retransmission. */
void decide_retransmission(struct decision *decision);

#endif
