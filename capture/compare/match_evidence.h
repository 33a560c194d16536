/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_EVIDENCE_H
#define MATCH_EVIDENCE_H

/* The evidence of one wire capture, and of several together. */

#include "match_state.h"

/* No evidence at all. */
extern const struct evidence evidence_none;
extern const struct tx_evidence tx_evidence_none;

/* Begins a wire capture: no evidence of it yet. Returns 0 or -ENOMEM. */
int evidence_begin(struct matcher *matcher);

/*
 * Ends it: adds the evidence of the wire that was read to that of all before it. For each event,
 * the wire captures that have the packet itself outrank those that have its connection alone.
 */
void evidence_end(struct matcher *matcher);

/* Returns the event's evidence of all wire captures that were ended. */
const struct evidence *evidence_of(const struct matcher *matcher, size_t index);
const struct tx_evidence *tx_evidence_of(const struct matcher *matcher, size_t index);

#endif
