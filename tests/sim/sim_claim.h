/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_CLAIM_H
#define SIM_CLAIM_H

/*
 * A part of the reason for an unknown verdict, and for each kind of it what would have to be so.
 * The functions return NULL if it is, or what is not.
 */

#include "sim_inquiry.h"

struct claim {
	struct inquiry inquiry; /* into the event; it has no truth */
	const struct recording *recording;
	/* What the sentence names. */
	uint32_t wire;	      /* NONE */
	uint32_t observation; /* that the frame is of; NONE: no frame, or of something else */
	uint32_t other;	      /* the index of an event; NONE */
	uint64_t count;
};

typedef const char *(*claim_fn)(const struct claim *claim);

/* sim_claim_wire.c: what no capture has, and which clock is unknown. */
const char *claim_outside(const struct claim *claim);
const char *claim_outside_unknown_clock(const struct claim *claim);
const char *claim_frames_lost(const struct claim *claim);
const char *claim_frames_cut(const struct claim *claim);
const char *claim_frames_unreadable(const struct claim *claim);
const char *claim_no_connection(const struct claim *claim);
const char *claim_elsewhere(const struct claim *claim);
const char *claim_not_near(const struct claim *claim);
const char *claim_no_earlier(const struct claim *claim);
const char *claim_no_earlier_but(const struct claim *claim);
const char *claim_doubtful_clock(const struct claim *claim);
const char *claim_no_clock(const struct claim *claim);
const char *claim_own_frame_not_near(const struct claim *claim);
const char *claim_events_lost(const struct claim *claim);

/* sim_claim_equal.c: what is equal to something else. */
const char *claim_equal_frame(const struct claim *claim);
const char *claim_either_frame(const struct claim *claim);
const char *claim_either_drop(const struct claim *claim);
const char *claim_dropped_acks(const struct claim *claim);
const char *claim_equal_parts(const struct claim *claim);
const char *claim_part_twice(const struct claim *claim);

/* sim_claim_data.c: what was sent and acknowledged. */
const char *claim_new_data(const struct claim *claim);
const char *claim_reset(const struct claim *claim);
const char *claim_perhaps_resent(const struct claim *claim);
const char *claim_acked_part(const struct claim *claim);
const char *claim_dsack_of_lost(const struct claim *claim);
const char *claim_dsacks_of_others(const struct claim *claim);
const char *claim_older_echo(const struct claim *claim);
const char *claim_parts_dropped(const struct claim *claim);
const char *claim_many_parts(const struct claim *claim);
const char *claim_unseen(const struct claim *claim);
const char *claim_acked_in_gap(const struct claim *claim);
const char *claim_dropped_ack(const struct claim *claim);
const char *claim_order_unknown(const struct claim *claim);
const char *claim_ack_drop_lost(const struct claim *claim);
const char *claim_rest_lost(const struct claim *claim);

/* What they share. Whether the frame's headers are those of the segment, or of a part of it. */
bool claim_is_of(const struct claim *claim, uint32_t observation, uint32_t segment);

/* Whether a segment has bytes of the event's data, and is not a part of its packet. */
bool claim_shares_data(const struct claim *claim, const struct segment *other);

#endif
