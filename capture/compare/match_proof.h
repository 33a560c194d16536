/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_PROOF_H
#define MATCH_PROOF_H

/*
 * What the evidence of one event proves of others with the same data: a retransmission that did not
 * leave has the proof of the transmissions before and after it.
 */

#include "match_state.h"

/* At the end of a wire capture, which is the one that was read last. */
void proof_find(struct matcher *matcher);

#endif
