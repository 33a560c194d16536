/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_ANSWER_H
#define MATCH_ANSWER_H

/*
 * What became of the acknowledgement of the transmission before a retransmission, if this host
 * dropped one.
 */

#include "match_decision.h"

enum answer {
	ANSWER_NONE,	/* none is known */
	ANSWER_DROPPED, /* this host dropped it before the retransmission */
	ANSWER_LATE,	/* it came before the retransmission, and was dropped afterwards */
	ANSWER_DOUBTFUL /* dropped before, but it may answer an earlier transmission */
};

/* By the tx_evidence's ack_drop. */
enum answer answer_of_previous(const struct decision *decision);

/*
 * Returns the last drop of an ACK of all its data before the retransmission, if that was after its
 * previous transmission; NONE. It is for one whose last drop was late.
 */
uint32_t answer_find_earlier(const struct decision *decision);

/* Whether the ACK of all its data had come when it was sent, and not while a qdisc held it. */
bool answer_was_acked_before(const struct decision *decision);

/* Whether this host dropped the ACK of a part of it, whose other parts nothing answers. */
bool answer_of_part_was_dropped(const struct decision *decision);

/* Whether the previous transmission is that of a retransmission before this one. */
bool answer_prev_is_resent(const struct decision *decision);

#endif
