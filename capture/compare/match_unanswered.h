/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_UNANSWERED_H
#define MATCH_UNANSWERED_H

/*
 * The retransmissions of a direction whose data has not been acknowledged: a heap by the end of
 * their data, so that an ACK takes out those that it covers, in O(log n) each, in whatever order
 * they were sent. An event is in one heap at most; unanswered_at of its links is its place there,
 * NONE: in none.
 */

#include "match_state.h"

/* Zero-initialized is empty. */
struct unanswered {
	uint32_t *list; /* events */
	uint32_t count, capacity;
};

/* Adds an event that is in no heap. Returns 0 or -ENOMEM. */
int unanswered_add(struct unanswered *heap, struct matcher *matcher, uint32_t index);

/* Removes an event of this heap. */
void unanswered_remove(struct unanswered *heap, struct matcher *matcher, uint32_t index);

/* Removes an event whose data ends at ack or before it, and returns it; NONE: there is none. */
uint32_t unanswered_take(struct unanswered *heap, struct matcher *matcher, uint32_t ack);

/* Removes all and frees the list. */
void unanswered_release(struct unanswered *heap, struct matcher *matcher);

#endif
