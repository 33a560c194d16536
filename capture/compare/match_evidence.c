// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_evidence.h"
#include "match_proof.h"
#include "match_time.h"

#define LATER_NS 1000000 /* by which a transmission on another wire is not the same one */

const struct evidence evidence_none;
const struct tx_evidence tx_evidence_none = { .ack_drop = NONE };

/* The arrays by tx, which events have if they are in a run of the index. */
static int allocate(struct matcher *matcher)
{
	size_t count = matcher->count + 1, tx_count = matcher->index.tx_count + 1ULL;

	if (!matcher->current)
		matcher->current = calloc(count, sizeof(*matcher->current));
	if (!matcher->current_tx)
		matcher->current_tx = calloc(tx_count, sizeof(*matcher->current_tx));
	if (!matcher->links) {
		matcher->links = calloc(tx_count, sizeof(*matcher->links));
		for (size_t i = 0; matcher->links && i < tx_count; i++)
			matcher->links[i] = tx_links_none();
	}
	return matcher->current && matcher->current_tx && matcher->links ? 0 : -ENOMEM;
}

int evidence_begin(struct matcher *matcher)
{
	if (allocate(matcher))
		return -ENOMEM;
	for (size_t i = 0; i < matcher->count; i++) {
		matcher->current[i] = evidence_none;
		matcher->events[i].has_snapshot = false;
	}
	for (uint32_t i = 0; i < matcher->index.tx_count; i++)
		matcher->current_tx[i] = tx_evidence_none;
	matcher->form_count = 0;
	equal_forget(matcher);
	return 0;
}

static bool is_later(const struct frame_ref *a, const struct frame_ref *b, int64_t ns)
{
	return a->frame && (!b->frame || time_apart(a->time, b->time) > ns);
}

/*
 * A capture containing the packet itself outranks one that only contains other transmissions of its
 * data; one that contains neither has no evidence.
 */
static int rank_of(const struct match_event *event, const struct evidence *evidence,
		   const struct tx_evidence *tx)
{
	if (is_matched(evidence))
		return 2;
	return has_tx(event) && (tx[event->tx].prev_tx.frame || tx[event->tx].has_part_twice);
}

static void keep_first(struct frame_ref *kept, const struct frame_ref *seen)
{
	if (!kept->frame)
		*kept = *seen;
}

/* An ACK outranks a SACK block, which a receiver may still discard the data of. */
static void merge_acked(struct tx_evidence *merged, const struct tx_evidence *current)
{
	bool outranks = (merged->acked_by_sack && !current->acked_by_sack) ||
			(merged->acked_of_part && !current->acked_of_part);

	if (!current->acked.frame || (merged->acked.frame && !outranks))
		return;
	merged->acked = current->acked;
	merged->acked_by_sack = current->acked_by_sack;
	merged->acked_of_part = current->acked_of_part;
}

static void merge_tx(struct tx_evidence *merged, const struct tx_evidence *current)
{
	if (is_later(&current->prev_tx, &merged->prev_tx, LATER_NS))
		tx_copy_prev(merged, current);
	if (current->first_ack.frame &&
	    (!merged->first_ack.frame || (current->answers_earlier && !merged->answers_earlier))) {
		merged->first_ack = current->first_ack;
		merged->answers_earlier = current->answers_earlier;
		merged->echoes_earlier = current->echoes_earlier;
		merged->acked_without = current->acked_without;
		merged->acked_in_gap = current->acked_in_gap;
	}
	if (merged->ack_drop == NONE) {
		merged->ack_drop = current->ack_drop;
		merged->ack_drop_of_part = current->ack_drop_of_part;
	}
	keep_first(&merged->next_tx, &current->next_tx);
	merge_acked(merged, current);
	keep_first(&merged->dsack, &current->dsack);
	merged->dsack_doubtful |= current->dsack_doubtful;
	merged->dsack_unsure |= current->dsack_unsure;
	merged->has_part |= current->has_part;
	merged->has_part_twice |= current->has_part_twice;
	merged->acked_perhaps |= current->acked_perhaps;
}

static void merge(struct matcher *matcher, size_t index)
{
	const struct match_event *event = &matcher->events[index];
	struct evidence *merged = &matcher->merged[index], *current = &matcher->current[index];
	int rank = rank_of(event, current, matcher->current_tx);
	int kept_rank = rank_of(event, merged, matcher->merged_tx);

	if (rank > kept_rank)
		*merged = *current;
	if (!has_tx(event))
		return;
	if (rank > kept_rank)
		matcher->merged_tx[event->tx] = matcher->current_tx[event->tx];
	else if (rank && rank == kept_rank)
		merge_tx(&matcher->merged_tx[event->tx], &matcher->current_tx[event->tx]);
}

/* A capture without the event's connection is no evidence about the event. */
static void forget_others(struct matcher *matcher)
{
	for (size_t i = 0; i < matcher->count; i++) {
		const struct match_event *event = &matcher->events[i];

		if (has_tx(event) && !rank_of(event, &matcher->current[i], matcher->current_tx))
			matcher->current_tx[event->tx] = tx_evidence_none;
	}
}

void evidence_end(struct matcher *matcher)
{
	proof_find(matcher);
	if (matcher->merged) {
		for (size_t i = 0; i < matcher->count; i++)
			merge(matcher, i);
		return;
	}
	forget_others(matcher);
	matcher->merged = matcher->current;
	matcher->merged_tx = matcher->current_tx;
	matcher->current = NULL;
	matcher->current_tx = NULL;
}

const struct evidence *evidence_of(const struct matcher *matcher, size_t index)
{
	return matcher->merged ? &matcher->merged[index] : &evidence_none;
}

const struct tx_evidence *tx_evidence_of(const struct matcher *matcher, size_t index)
{
	uint32_t tx = matcher->events[index].tx;

	return matcher->merged_tx && tx != NONE && !matcher->events[index].is_joined
		       ? &matcher->merged_tx[tx]
		       : &tx_evidence_none;
}
