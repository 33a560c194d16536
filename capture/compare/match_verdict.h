/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_VERDICT_H
#define MATCH_VERDICT_H

/* The verdict on an event, decided from the evidence of all wire captures, and its reason. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/strbuf.h"

enum verdict {
	VERDICT_DROPPED_AFTER_WIRE,
	VERDICT_DROPPED_BEFORE_WIRE,
	VERDICT_LOST_BEYOND_HOST,
	VERDICT_DROPPED_BY_HOST,
	VERDICT_SPURIOUS,
	VERDICT_UNKNOWN,
	VERDICT_COUNT,
};

/* "dropped-after-wire", ... */
const char *verdict_name(enum verdict verdict);

struct match_result {
	enum verdict verdict;
	bool has_frame; /* the frame that the verdict rests on */
	size_t wire;	/* its capture: 0, 1, ... */
	uint64_t frame;
	bool has_matched_frame; /* the frame that is the event's packet */
	size_t matched_wire;
	uint64_t matched_frame;
	bool has_other; /* the event that the verdict rests on */
	size_t other;
	int64_t before_us; /* from that frame, or event, to this event; may be negative */
};

struct matcher; /* match_state.h */

/* Puts the reason, a sentence, into because, which is empty. */
struct match_result verdict_decide(const struct matcher *matcher, size_t index,
				   struct strbuf *because);

#endif
