// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_evidence.h"
#include "match_time.h"

#define LATER_NS 1000000 /* by which a transmission on another wire is not the same one */

const struct evidence evidence_none = { .ack_drop = NONE };

int evidence_begin(struct matcher *matcher)
{
	if (!matcher->current)
		matcher->current = calloc(matcher->count + 1, sizeof(*matcher->current));
	if (!matcher->current)
		return -ENOMEM;
	for (size_t i = 0; i < matcher->count; i++) {
		matcher->current[i] = evidence_none;
		matcher->events[i].connection = 0;
		matcher->events[i].has_snapshot = false;
	}
	return 0;
}

static bool is_later(const struct frame_ref *a, const struct frame_ref *b, int64_t ns)
{
	return a->frame && (!b->frame || time_apart(a->time, b->time) > ns);
}

static void copy_prev_tx(struct evidence *to, const struct evidence *from)
{
	to->prev_tx = from->prev_tx;
	to->prev_tx_tsval = from->prev_tx_tsval;
	to->prev_tx_has_tsval = from->prev_tx_has_tsval;
}

/*
 * Passes the previous transmission of an event on to the next event of the run: if nothing was sent
 * between the two, it is the previous transmission of both.
 */
static void propagate_prev_tx(struct matcher *matcher, const struct seq_run *run)
{
	struct event_range events = index_run_events(&matcher->index, run);

	for (uint32_t i = 1; i < events.count; i++) {
		uint32_t prev_index = events.events[i - 1], index = events.events[i];
		const struct match_event *prev = &matcher->events[prev_index];
		struct match_event *event = &matcher->events[index];
		const struct evidence *from = &matcher->current[prev_index];
		struct evidence *to = &matcher->current[index];

		if (!event->connection || prev->connection != event->connection)
			continue;
		if (is_later(&from->prev_tx, &to->prev_tx, 0))
			copy_prev_tx(to, from);
		if (event->prev_drop == NONE)
			event->prev_drop = prev->prev_drop;
	}
}

/*
 * A capture containing the packet itself outranks one that only contains its connection; one that
 * contains neither has no evidence.
 */
static int evidence_rank(const struct evidence *evidence)
{
	return is_matched(evidence) ? 2 : evidence->prev_tx.frame != 0;
}

static void keep_first(struct frame_ref *kept, const struct frame_ref *seen)
{
	if (!kept->frame)
		*kept = *seen;
}

/* An ACK outranks a SACK block, which a receiver may still discard the data of. */
static void merge_acked(struct evidence *merged, const struct evidence *current)
{
	bool outranks = merged->acked_by_sack && !current->acked_by_sack;

	if (!current->acked.frame || (merged->acked.frame && !outranks))
		return;
	merged->acked = current->acked;
	merged->acked_by_sack = current->acked_by_sack;
}

static void merge(struct evidence *merged, const struct evidence *current)
{
	int rank = evidence_rank(current), kept_rank = evidence_rank(merged);

	if (rank > kept_rank)
		*merged = *current;
	if (!rank || rank != kept_rank)
		return;
	if (is_later(&current->prev_tx, &merged->prev_tx, LATER_NS))
		copy_prev_tx(merged, current);
	if (current->first_ack.frame &&
	    (!merged->first_ack.frame || (current->ts_echo_valid && !merged->ts_echo_valid))) {
		merged->first_ack = current->first_ack;
		merged->first_ack_tsecr = current->first_ack_tsecr;
		merged->ts_echo_valid = current->ts_echo_valid;
	}
	if (merged->ack_drop == NONE)
		merged->ack_drop = current->ack_drop;
	keep_first(&merged->next_tx, &current->next_tx);
	merge_acked(merged, current);
	keep_first(&merged->dsack, &current->dsack);
}

void evidence_end(struct matcher *matcher)
{
	for (uint32_t i = 0; i < matcher->index.run_count; i++)
		propagate_prev_tx(matcher, &matcher->index.runs[i]);
	for (size_t i = 0; i < matcher->count; i++) {
		struct evidence *current = &matcher->current[i];

		if (matcher->merged)
			merge(&matcher->merged[i], current);
		else if (!evidence_rank(current))
			*current = evidence_none;
	}
	if (!matcher->merged) {
		matcher->merged = matcher->current;
		matcher->current = NULL;
	}
}

const struct evidence *evidence_of(const struct matcher *matcher, size_t index)
{
	return matcher->merged ? &matcher->merged[index] : &evidence_none;
}
