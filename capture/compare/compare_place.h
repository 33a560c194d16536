/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMPARE_PLACE_H
#define COMPARE_PLACE_H

/*
 * The places of events in the copy of a wire capture: each event is on the frame that is its
 * packet, or a packet of its own at its time, and never before the frame that caused it.
 */

#include "compare.h"

#define PLACE_AFTER_MAX ((1ULL << 33) - 1)

/* There is one for each event, so it has 16 bytes. The matcher takes at most 2^30 events. */
struct place {
	uint64_t at; /* the number of a frame; or a time by the clock of the wire, in ns */
	uint64_t event : 30;
	uint64_t waits : 1; /* its time has come, but not the frame that it follows */
	/* Of a packet of its own: the frame that it follows; 0: none, or after PLACE_AFTER_MAX. */
	uint64_t after : 33;
};

/* Sorted by at. */
struct place_list {
	struct place *list;
	size_t count, next;
};

struct places {
	struct place_list on_frames, own_packets; /* one place for each event */
	uint32_t *by_cause; /* indexes of own packets that follow a frame, sorted by it */
	size_t cause_count, next_cause;
};

/*
 * Returns the time of an event by the clock of the only wire, or the first or last time that a file
 * can have.
 */
uint64_t wire_time(const struct compare *compare, uint64_t timestamp_ns);

/* Zero-initialized, *places is empty. Returns 0 or -ENOMEM; places_free() in either case. */
int places_find(struct places *places, struct compare *compare);
void places_free(struct places *places);

/*
 * Each takes the next event; it returns false if there is none. Of packets of their own: before a
 * frame of that time; after the frame of that number, where they were waiting for it; and all that
 * are left. The frames up to last are in the copy.
 */
bool places_take_before(struct places *places, uint64_t time, uint64_t last, uint32_t *event);
bool places_take_after(struct places *places, uint64_t frame, uint32_t *event);
bool places_take_rest(struct places *places, uint32_t *event);

#endif
