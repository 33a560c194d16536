/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_H
#define MATCH_H

/*
 * What captures of the wire tell of each event: whether a dropped packet had been on the wire, and
 * what became of a retransmission's earlier transmission. Pure: it is given the events first, then
 * the frames of one wire capture after the other, each twice: once for the offset of its clock,
 * once for the evidence. Memory grows with the events; a frame of no event's connection costs one
 * lookup. It opens no file and guesses nothing: what cannot be told is VERDICT_UNKNOWN and says
 * why.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/report.h"
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

struct matcher;

/* NULL: out of memory. Packets farther than window_ns from an event are never taken for its own. */
struct matcher *matcher_new(uint64_t window_ns);

/* NULL is accepted. */
void matcher_free(struct matcher *matcher);

/*
 * Adds an event, in the order of its file; number is its packet's there. The report may go after
 * it. Events are known by their index from now on: 0, 1, ... Returns 0 or -ENOMEM.
 */
int matcher_add_event(struct matcher *matcher, const struct drop_report *report, uint64_t number);
size_t matcher_events(const struct matcher *matcher);

/* Behind the last event, before the first frame. Returns 0 or -ENOMEM. */
int matcher_begin(struct matcher *matcher);

/* A frame of a wire capture: its number there, its time by that capture's clock. */
struct match_frame {
	uint64_t number;
	uint64_t timestamp_ns;
	const struct packet *packet;
};

/* How the clock of a wire capture stands to the clock of the events. */
struct match_offset {
	int64_t ns;	   /* wire less events; below what a match can tell it is 0 */
	int64_t median_ns; /* of the differences */
	size_t matches;	   /* that it rests on; 0: unknown, taken for 0 */
};

/* The first reading of a capture. Returns true once the offset is known well enough. */
bool matcher_measure(struct matcher *matcher, const struct match_frame *frame);

/* Ends the first reading; the next capture may be measured after it. */
struct match_offset matcher_offset(struct matcher *matcher);

/*
 * The second reading: begin, all frames, end. The name is shown in sentences, and stays the
 * caller's. Each that returns an int returns 0 or -ENOMEM.
 */
int matcher_begin_wire(struct matcher *matcher, const char *name, int64_t offset_ns);
int matcher_add_frame(struct matcher *matcher, const struct match_frame *frame);
/* The capture is not whole: it lost packets, or has some that cannot be read. */
void matcher_add_missing(struct matcher *matcher, uint64_t count, const char *why);
int matcher_end_wire(struct matcher *matcher);

struct match_result {
	enum verdict verdict;
	bool has_frame; /* the frame it rests on */
	size_t wire;	/* its capture: 0, 1, ... */
	uint64_t frame;
	bool has_own; /* the frame that is the event's packet */
	size_t own_wire;
	uint64_t own_frame;
	bool has_other; /* the event it rests on, by index */
	size_t other;
	int64_t before_us; /* from that frame, or event, to this event; may be negative */
};

/* What is known of the event, behind the last wire. Replaces because by a sentence: why. */
struct match_result matcher_result(const struct matcher *matcher, size_t index,
				   struct strbuf *because);

#endif
