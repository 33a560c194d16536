/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_INQUIRY_H
#define SIM_INQUIRY_H

/* The state that the parts of the truth share. */

#include "sim_truth.h"

/* An event, and what of it is known so far. */
struct inquiry {
	const struct world *world;
	const struct wire *wires;
	uint32_t wire_count;
	const struct host_event *event;
	const struct segment *segment; /* the event's packet */
	struct truth *truth;
};

/* Returns whether one of the files has a frame of this observation. */
bool is_captured(const struct inquiry *inquiry, uint32_t observation);

/* Returns whether a file would have each packet that passed its tap between these times. */
bool is_covered(const struct inquiry *inquiry, int64_t from, int64_t until);

/* Returns whether the answer acknowledges all of [start, end), selectively or not. */
bool acknowledges(const struct segment *answer, uint32_t start, uint32_t end);

/*
 * sim_truth.c: the last transmission before the event of the first byte of its data; NONE. Where a
 * GSO packet was cut into parts, it is a part.
 */
uint32_t find_previous(const struct inquiry *inquiry);

/* sim_proof.c: whether the captures prove that the event's data had come before. */
bool has_proof(const struct inquiry *inquiry);

/* Returns whether it has a DSACK of data of the event. */
bool reports_duplicate(const struct inquiry *inquiry, const struct segment *answer);

/* Some transmissions of its data were not needed, by DSACKs, but fewer than all but one. */
bool has_shared_duplicate(const struct inquiry *inquiry);

/*
 * sim_doubt.c: why several verdicts on an event that sends data again agree with all that the
 * captures have; NULL: nothing is doubtful.
 */
const char *find_doubt(const struct inquiry *inquiry);

#endif
