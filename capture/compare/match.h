/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_H
#define MATCH_H

/*
 * Decides from captures of the wire whether a dropped packet had been on the wire, and what became
 * of the earlier transmission of a retransmission. It is given the events first, then the frames of
 * one wire capture after the other, all twice: once to measure the clocks, once for the evidence.
 * Memory grows with the events alone, and the time for a frame is bounded. It does no I/O and does
 * not guess: VERDICT_UNKNOWN comes with the reason. Functions that return an int return 0, -ENOMEM,
 * or -EOVERFLOW beyond 2^30 events or 65,535 wire captures.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "match_offset.h"
#include "match_verdict.h"
#include "report/report.h"

struct matcher;

/* Frames that are farther than window_ns from an event are never its packet. NULL: no memory. */
struct matcher *matcher_new(uint64_t window_ns);
void matcher_free(struct matcher *matcher); /* NULL is accepted */

/*
 * Adds an event, in the order of its file; number is that of its packet there. The report is not
 * needed afterwards. Events are identified by their index from now on: 0, 1, ...
 */
int matcher_add_event(struct matcher *matcher, const struct drop_report *report, uint64_t number);
size_t matcher_events(const struct matcher *matcher); /* their number */
int matcher_begin(struct matcher *matcher); /* after the last event, before the first frame */

/* A frame of a wire capture. */
struct wire_frame {
	uint64_t number;       /* in its capture, from 1 */
	uint64_t timestamp_ns; /* by the clock of that capture */
	const struct packet *packet;
};

/* The first reading of a capture; that of all captures is before the second one of any. */
int matcher_measure(struct matcher *matcher, const struct wire_frame *frame);

/* The frames that come now may have another clock than those before. */
void matcher_measure_other(struct matcher *matcher);

/* Ends the first reading; the next capture may be measured after it. */
struct match_offset matcher_offset(struct matcher *matcher);

/*
 * The second reading: begin, all frames, end. The name appears in sentences, and must outlive the
 * matcher; so must why, which continues the sentence "N of its packets".
 */
int matcher_begin_wire(struct matcher *matcher, const char *name,
		       const struct match_offset *offset);
int matcher_add_frame(struct matcher *matcher, const struct wire_frame *frame);
void matcher_add_missing(struct matcher *matcher, uint64_t count, const char *why);
int matcher_end_wire(struct matcher *matcher);

/* Before its end: the file is damaged, and the frames were those before the damage. */
void matcher_cut_wire(struct matcher *matcher);

/*
 * Instead of the end of one capture and the beginning of the next: that one continues it, as a file
 * of a rotated capture does. Connections are kept; the time between the two is covered by neither.
 */
int matcher_continue_wire(struct matcher *matcher, const char *name,
			  const struct match_offset *offset);

/* After the last wire capture. Replaces because by a sentence: why this verdict. */
struct match_result matcher_result(const struct matcher *matcher, size_t index,
				   struct strbuf *because);

#endif
