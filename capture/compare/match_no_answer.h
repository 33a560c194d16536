/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_NO_ANSWER_H
#define MATCH_NO_ANSWER_H

/*
 * The verdict on a retransmission of data that nothing answered before, as far as the wire captures
 * show: the transmission before it was lost, this host dropped a part of it, or it is not known.
 */

#include "match_decision.h"

/* Why a frame that is taken for its own may be that of an earlier transmission. */
#define SENT_AS_WHOLE \
	"it was sent as a whole, just after parts of its data that are equal to parts of it"

/* Fills the result and the sentence of a decision that nothing else has made. */
void no_answer_decide(struct decision *decision);

#endif
