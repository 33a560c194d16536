/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_EQUAL_H
#define MATCH_EQUAL_H

/*
 * Acknowledgements that are equal: this host dropped some, and no IP ID says which frames these
 * were. Only their number does: one that came is in each capture as often as it has devices. Data
 * alone, of the last groups of equal frames; a group ends when none came for a millisecond, for all
 * drops of its frames have been reported then.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "match_index.h"

#define EQUAL_GROUPS 16

/* Frames that drops explain, counted from the group's first frame on. */
struct equal_drops {
	uint32_t next; /* the first drop that is not counted yet, in the range of equal headers */
	uint64_t frames;
};

struct equal_group {
	struct segment_info packet; /* the first frame; its number is 0: no group */
	uint32_t connection;	    /* its id */
	uint64_t frames;
	int64_t last;
	struct equal_drops most, least;
};

struct equal_groups {
	struct equal_group list[EQUAL_GROUPS];
	uint32_t added;
};

struct matcher;

enum receipt {
	RECEIVED,
	NOT_RECEIVED,
	RECEIPT_BY_ASSIGNMENT /* no equal one was dropped near: the drop assigned to it decides */
};

/* Counts a frame with an ACK, of that connection; drops: those with its exact headers. */
enum receipt equal_count(struct matcher *matcher, uint32_t connection, struct event_range drops,
			 const struct segment_info *frame);

/* Whether two equal frames are of one group, in which only their number says which were dropped. */
bool equal_are_together(const struct segment_info *frame, const struct segment_info *other);

/*
 * Whether an acknowledgement of all data of the retransmission may have been received before it:
 * more equal frames came than the drops until then explain.
 */
bool equal_may_be_acked(struct matcher *matcher, const struct flow *flow, uint32_t connection,
			const struct match_event *event);

/* Forgets all groups, before another wire capture. */
void equal_forget(struct matcher *matcher);

#endif
