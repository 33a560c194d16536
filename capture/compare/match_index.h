/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_INDEX_H
#define MATCH_INDEX_H

/*
 * Finds the events of a flow by their headers or sequence numbers. It is built once, over all
 * events. An event is its index in the array of events; all lists of them are in the order of time.
 */

#include <stddef.h>

#include "match_event.h"
#include "match_flow.h"

/* The events of one direction whose first byte is the same. */
struct seq_run {
	uint32_t seq;
	uint32_t first, count; /* in by_seq */
	uint32_t cursor;       /* the first of them that is not before the last frame */
};

struct match_index {
	struct flow_list *flows; /* the matcher's */
	struct match_hash hash;
	struct hash_table exact_table;
	uint32_t *by_time, *by_seq, *by_key; /* events: all by flow; in runs; by exact headers */
	struct seq_run *runs;
	uint32_t run_count;
	uint32_t tx_count; /* events in runs: each has a tx below that */
	struct exact_run *exact_runs;
	uint32_t exact_count;
};

/*
 * Joins probes with the retransmissions that sent them. From here on the flows stay where they are.
 * Returns 0 or -ENOMEM.
 */
int index_build(struct match_index *index, struct flow_list *flows, struct match_event *events,
		size_t count);
void index_release(struct match_index *index);

struct event_range {
	const uint32_t *events;
	uint32_t count;
};

/* Events with the side, seq and ack of a segment: those that were sent with it, and drops of it. */
struct exact_match {
	struct event_range sent, drops;
};

struct exact_match index_find_exact(const struct match_index *index, const struct flow *flow,
				    const struct segment_info *segment);

/* Returns the events of a run. */
struct event_range index_run_events(const struct match_index *index, const struct seq_run *run);

/* Returns how many events of the range are before that time. */
uint32_t index_count_before(const struct match_event *events, struct event_range range,
			    int64_t time);

/* A walk over the runs of a direction whose seq is in [seq, seq + span). */
struct run_walk {
	struct seq_run *runs; /* of the direction */
	uint32_t count, at, visited;
	uint32_t seq, span;
	bool stopped; /* there were more runs than one walk may visit */
};

struct run_walk index_walk_runs(const struct match_index *index, const struct flow *flow,
				uint8_t side, uint32_t seq, uint32_t span);

/* Returns the next run; NULL after the last one. */
struct seq_run *run_walk_next(struct run_walk *walk);

#endif
