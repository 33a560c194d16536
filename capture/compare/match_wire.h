/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_WIRE_H
#define MATCH_WIRE_H

/*
 * The time that a wire capture covers, and how much of it is missing: whether the absence of a
 * packet from the capture proves anything.
 */

#include <stdbool.h>
#include <stdint.h>

#include "match_offset.h"

struct wire {
	const char *name; /* the caller's */
	struct match_offset offset;
	bool has_frames;
	bool cut;	     /* its file is damaged: frames may be missing after the last one */
	int64_t first, last; /* times of frames, match_time.h */
	uint64_t missing;    /* packets */
	const char *why_missing;
};

/* The reason where a frame was compared with a part of the events alone. */
#define WIRE_TOO_MANY "overlap more events than one packet is compared with"

/* A frame was captured at that time. */
void wire_add_time(struct wire *wire, int64_t time);

/* Packets are missing; the first reason is kept: the end of the sentence "N of its packets ...". */
void wire_add_missing(struct wire *wire, uint64_t count, const char *why);

/* Whether the capture was running at that time. */
bool wire_covers(const struct wire *wire, int64_t time);

#endif
