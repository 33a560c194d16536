// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_assign.h"
#include "match_evidence.h"
#include "match_time.h"

#define GAP_NS	      20000000 /* from the last frame of a file to the first one of the next */
#define RESENT_EVENTS 64       /* events of one first byte that are examined for the next one */
#define LATER_NS      1000000  /* by which a transmission on another wire is not the same one */

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

static void copy_prev_tx(struct tx_evidence *to, const struct tx_evidence *from)
{
	to->prev_tx = from->prev_tx;
	to->prev_tx_tsval = from->prev_tx_tsval;
	to->prev_tx_has_tsval = from->prev_tx_has_tsval;
}

/*
 * Passes the previous transmission of an event on to the next event of the run: if nothing was sent
 * between the two, it is the previous transmission of both.
 */
static void pass_prev_tx(struct matcher *matcher, uint32_t prev, uint32_t index)
{
	struct tx_links *links = links_of(matcher, index);

	if (is_later(&tx_of(matcher, prev)->prev_tx, &tx_of(matcher, index)->prev_tx, 0))
		copy_prev_tx(tx_of(matcher, index), tx_of(matcher, prev));
	if (links->prev_drop == NONE)
		links->prev_drop = links_of(matcher, prev)->prev_drop;
}

/* RFC 3522: the echo in the ACK is older than this retransmission, so it answers an earlier one. */
static void set_echo(struct matcher *matcher, uint32_t index)
{
	struct tx_evidence *tx = tx_of(matcher, index);
	struct segment_info packet = matcher->events[index].packet;

	if (!packet.has_timestamps && is_matched(&matcher->current[index]))
		packet = matched_segment(matcher, index);
	tx->echoes_earlier = tx->first_ack.frame && tx->first_ack_has_tsecr &&
			     packet.has_timestamps && before32(tx->first_ack_tsecr, packet.tsval);
	tx->answers_earlier = tx->echoes_earlier && tx->ts_echo_valid;
}

/* Whether the files of this capture have all that was on the wire between these times. */
static bool is_whole(const struct matcher *matcher, int64_t from, int64_t until)
{
	for (uint32_t i = matcher->first_wire; i < matcher->wire_count; i++) {
		const struct wire *wire = &matcher->wires[i];

		if (!wire->has_frames || wire->last < from || wire->first > until)
			continue;
		if (wire->missing || time_apart(wire->first, from) > GAP_NS)
			return false;
		from = wire->last;
	}
	return from >= until;
}

/* Whether it was sent in a gap of the captures before that time. */
static bool was_sent_in_gap(const struct matcher *matcher, uint32_t index, int64_t time)
{
	return index != NONE && !was_stopped(matcher, matcher->current, index) &&
	       !is_matched(&matcher->current[index]) && matcher->events[index].packet.time < time;
}

/*
 * This host dropped its packet, and an ACK came before the next transmission, or with it, for there
 * is no answer in the same instant. next: the next
 * retransmission of its first byte, which may be in no capture; NONE.
 */
static void set_acked_without(struct matcher *matcher, uint32_t index, uint32_t next)
{
	struct tx_evidence *tx = tx_of(matcher, index);
	int64_t acked = tx->first_ack.time;

	tx->acked_without = was_stopped(matcher, matcher->current, index) && tx->first_ack.frame &&
			    (!tx->next_tx.frame || acked <= tx->next_tx.time);
	tx->acked_in_gap = tx->acked_without &&
			   !is_whole(matcher, matcher->events[index].packet.time, acked);
	if (tx->acked_in_gap && was_sent_in_gap(matcher, next, acked))
		tx->acked_without = tx->acked_in_gap = false;
}

/* What it says of all its data it says of the packet's; a DSACK may be of a part. */
static bool has_dsack_of(const struct tx_evidence *tx, const struct segment_info *packet)
{
	return !tx->dsack.frame || (!before32(packet->seq, tx->dsack_start) &&
				    !before32(tx->dsack_end, segment_end(packet)));
}

/*
 * Passes the proof that the data had come back to the event before: if this one's packet was not
 * the first to come, and that one's did not get so far, an earlier one was.
 */
static void pass_proof(struct matcher *matcher, uint32_t prev, uint32_t index)
{
	struct tx_evidence *from = tx_of(matcher, index), *to = tx_of(matcher, prev);

	if (!was_stopped(matcher, matcher->current, prev))
		return;
	if (!to->dsack.frame && from->dsack.frame &&
	    has_dsack_of(from, &matcher->events[prev].packet)) {
		to->dsack = from->dsack;
		to->dsack_start = from->dsack_start;
		to->dsack_end = from->dsack_end;
	}
	if (from->answers_earlier && !to->answers_earlier) {
		to->first_ack = from->first_ack;
		to->answers_earlier = true;
	}
	if (from->acked_without && !to->acked_without) {
		to->first_ack = from->first_ack;
		to->acked_without = true;
		to->acked_in_gap = from->acked_in_gap;
	}
}

static bool is_one_connection(const struct matcher *matcher, uint32_t a, uint32_t b)
{
	uint32_t connection = matcher->current[a].connection;

	return connection && connection == matcher->current[b].connection;
}

static void compare_neighbours(struct matcher *matcher, const struct seq_run *run)
{
	struct event_range events = index_run_events(&matcher->index, run);
	uint32_t next = NONE;

	for (uint32_t i = 0; i < events.count; i++) {
		uint32_t index = events.events[i];

		set_echo(matcher, index);
		if (i && is_one_connection(matcher, events.events[i - 1], index))
			pass_prev_tx(matcher, events.events[i - 1], index);
	}
	for (uint32_t i = events.count; i > 0; i--) {
		uint32_t index = events.events[i - 1];

		if (!is_retransmission(&matcher->events[index]))
			continue;
		set_acked_without(matcher, index, next);
		if (next != NONE && is_one_connection(matcher, index, next))
			pass_proof(matcher, index, next);
		next = index;
	}
}

/* The first retransmission of the run after that time; NONE. */
static uint32_t find_resent(const struct matcher *matcher, const struct seq_run *run, int64_t time)
{
	struct event_range events = index_run_events(&matcher->index, run);
	uint32_t at = index_count_before(matcher->events, events, time + 1);
	uint32_t end = events.count - at > RESENT_EVENTS ? at + RESENT_EVENTS : events.count;

	for (; at < end; at++) {
		if (is_retransmission(&matcher->events[events.events[at]]))
			return events.events[at];
	}
	return NONE;
}

/*
 * What did not leave is sent again together with data before it: that one's proof is also one for
 * the event before.
 */
static void pass_proof_of_longer(struct matcher *matcher, const struct flow *flow, uint32_t index)
{
	const struct segment_info *packet = &matcher->events[index].packet;
	uint32_t next = NONE;
	struct run_walk walk;
	const struct seq_run *run;

	if (flow->longest <= 1 || !packet->payload_len)
		return;
	walk = index_walk_runs(&matcher->index, flow, packet->side, packet->seq - flow->longest + 1,
			       flow->longest);
	while ((run = run_walk_next(&walk))) {
		uint32_t resent = find_resent(matcher, run, packet->time);

		if (resent != NONE &&
		    before32(packet->seq, segment_end(&matcher->events[resent].packet)) &&
		    is_one_connection(matcher, index, resent) &&
		    (next == NONE ||
		     matcher->events[resent].packet.time < matcher->events[next].packet.time))
			next = resent;
	}
	if (walk.stopped)
		wire_add_missing(current_wire(matcher), 1, WIRE_TOO_MANY);
	if (next != NONE &&
	    !before32(segment_end(&matcher->events[next].packet), segment_end(packet)) &&
	    has_dsack_of(tx_of(matcher, next), packet))
		pass_proof(matcher, index, next);
}

/* From the last event to the first: a proof may be passed on more than once. */
static void pass_proofs(struct matcher *matcher, const struct flow *flow)
{
	for (uint32_t i = flow->count; i > 0 && flow->needs_connections; i--) {
		uint32_t index = matcher->index.by_time[flow->first + i - 1];
		const struct match_event *event = &matcher->events[index];

		if (is_retransmission(event) && has_tx(event) &&
		    was_stopped(matcher, matcher->current, index))
			pass_proof_of_longer(matcher, flow, index);
	}
}

/*
 * A capture containing the packet itself outranks one that only contains its connection; one that
 * contains neither has no evidence.
 */
static int rank_of(const struct match_event *event, const struct evidence *evidence,
		   const struct tx_evidence *tx)
{
	return is_matched(evidence) ? 2 : has_tx(event) && tx[event->tx].prev_tx.frame;
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
		copy_prev_tx(merged, current);
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
	for (uint32_t i = 0; i < matcher->index.run_count; i++)
		compare_neighbours(matcher, &matcher->index.runs[i]);
	for (uint32_t i = 0; i < matcher->flows.count; i++)
		pass_proofs(matcher, &matcher->flows.flows[i]);
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
