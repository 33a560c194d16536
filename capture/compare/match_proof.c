// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_assign.h"
#include "match_proof.h"
#include "match_time.h"

#define GAP_NS	      20000000 /* from the last frame of a file to the first one of the next */
#define RESENT_EVENTS 64       /* events of one first byte that are looked at for the next one */
#define PARTS_MAX     64       /* in which a packet is sent again */

/*
 * Passes the previous transmission of an event on to the next event of the run: if nothing was sent
 * between the two, it is the previous transmission of both.
 */
static void pass_prev_tx(struct matcher *matcher, uint32_t prev, uint32_t index)
{
	const struct tx_evidence *from = tx_of(matcher, prev);
	struct tx_evidence *to = tx_of(matcher, index);
	struct tx_links *links = links_of(matcher, index);

	if (from->prev_tx.frame && (!to->prev_tx.frame || from->prev_tx.time > to->prev_tx.time))
		tx_copy_prev(to, from);
	if (links->prev_drop == NONE)
		links->prev_drop = links_of(matcher, prev)->prev_drop;
}

/* RFC 3522: the echo in the ACK is older than this retransmission, so it answers an earlier one. */
static void set_echo(struct matcher *matcher, uint32_t index)
{
	struct tx_evidence *tx = tx_of(matcher, index);
	struct segment_info packet = matcher->events[index].packet;
	uint32_t drop = links_of(matcher, index)->packet_drop;

	if (!packet.has_timestamps && is_matched(&matcher->current[index]))
		packet = matched_segment(matcher, index);
	else if (!packet.has_timestamps && drop != NONE)
		packet = matcher->events[drop].packet;
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
 * is no answer in the same instant. next: the next retransmission of its first byte, which may be
 * in no capture; NONE.
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

static void copy_dsack(struct tx_evidence *to, const struct tx_evidence *from)
{
	if (to->dsack.frame)
		return;
	to->dsack = from->dsack;
	to->dsack_start = from->dsack_start;
	to->dsack_end = from->dsack_end;
}

/*
 * Whether a frame sent the data of prev before the ACK: what this event says of its first byte need
 * not be so of a part of its data, which may be on the wire after it.
 */
static bool is_part_sent(const struct matcher *matcher, uint32_t prev, uint32_t index)
{
	struct frame_ref sent = tx_of(matcher, prev)->next_tx;
	const struct evidence *own = &matcher->current[index];

	return matcher->events[prev].packet.seq != matcher->events[index].packet.seq &&
	       sent.frame && sent.time < tx_of(matcher, index)->first_ack.time &&
	       !(is_matched(own) && own->matched.frame == sent.frame);
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
	if (from->dsack.frame && has_dsack_of(from, &matcher->events[prev].packet))
		copy_dsack(to, from);
	if (from->answers_earlier && !to->answers_earlier) {
		to->first_ack = from->first_ack;
		to->answers_earlier = true;
	}
	if (from->acked_without && !to->acked_without && !is_part_sent(matcher, prev, index)) {
		to->first_ack = from->first_ack;
		to->acked_without = true;
		to->acked_in_gap = from->acked_in_gap;
	}
}

/*
 * A DSACK of the transmission before, which came after this one that did not leave: both copies had
 * been sent before it.
 */
static void pass_duplicate(struct matcher *matcher, uint32_t prev, uint32_t index)
{
	const struct tx_evidence *from = tx_of(matcher, prev);
	const struct segment_info *packet = &matcher->events[index].packet;

	if (from->dsack.frame && from->dsack.time > packet->time && has_dsack_of(from, packet) &&
	    was_stopped(matcher, matcher->current, index))
		copy_dsack(tx_of(matcher, index), from);
}

static bool is_one_connection(const struct matcher *matcher, uint32_t a, uint32_t b)
{
	uint32_t connection = matcher->current[a].connection;

	return connection && connection == matcher->current[b].connection;
}

static void pass_duplicates(struct matcher *matcher, struct event_range events)
{
	uint32_t prev = NONE;

	for (uint32_t i = 0; i < events.count; i++) {
		uint32_t index = events.events[i];

		if (!is_retransmission(&matcher->events[index]))
			continue;
		if (prev != NONE && is_one_connection(matcher, prev, index))
			pass_duplicate(matcher, prev, index);
		prev = index;
	}
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
	pass_duplicates(matcher, events);
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

/* The first retransmission after the event with that first byte; NONE. */
static uint32_t find_part(const struct matcher *matcher, const struct flow *flow, uint32_t index,
			  uint32_t seq)
{
	const struct segment_info *packet = &matcher->events[index].packet;
	struct run_walk walk = index_walk_runs(&matcher->index, flow, packet->side, seq, 1);
	const struct seq_run *run = run_walk_next(&walk);
	uint32_t part = run ? find_resent(matcher, run, packet->time) : NONE;

	return part != NONE && is_one_connection(matcher, index, part) ? part : NONE;
}

/* Whether a retransmission of the run between these times reaches beyond that number. */
static bool sends_beyond(const struct matcher *matcher, const struct seq_run *run, int64_t from,
			 int64_t until, uint32_t start)
{
	struct event_range events = index_run_events(&matcher->index, run);
	uint32_t at = index_count_before(matcher->events, events, from + 1);
	uint32_t end = index_count_before(matcher->events, events, until);

	for (uint32_t i = at; i < end && i - at < RESENT_EVENTS; i++) {
		const struct match_event *event = &matcher->events[events.events[i]];

		if (is_retransmission(event) && before32(start, segment_end(&event->packet)))
			return true;
	}
	return end > at && end - at > RESENT_EVENTS;
}

/*
 * Whether what did not leave was acknowledged, and nothing has sent the end of its data, from that
 * number on, before that: then an earlier transmission of that had come.
 */
static bool has_rest_come(const struct matcher *matcher, const struct flow *flow, uint32_t index,
			  uint32_t start)
{
	const struct segment_info *packet = &matcher->events[index].packet;
	struct frame_ref ack = tx_of(matcher, index)->first_ack;
	uint32_t reach = flow->longest - 1;
	struct run_walk walk = index_walk_runs(&matcher->index, flow, packet->side, start - reach,
					       reach + segment_end(packet) - start);
	const struct seq_run *run;

	if (!ack.frame || matcher->has_lost || !is_whole(matcher, packet->time, ack.time))
		return false;
	while ((run = run_walk_next(&walk))) {
		if (sends_beyond(matcher, run, packet->time, ack.time, start))
			return false;
	}
	return !walk.stopped;
}

/*
 * What did not leave is sent again in parts: if a DSACK reports each of them, an earlier
 * transmission of all had come; of the end of it, an ACK may say that.
 */
static void pass_proof_of_parts(struct matcher *matcher, const struct flow *flow, uint32_t index)
{
	const struct segment_info *packet = &matcher->events[index].packet;
	uint32_t at = packet->seq, end = segment_end(packet);
	struct tx_evidence all = { 0 };

	for (int i = 0; i < PARTS_MAX && before32(at, end); i++) {
		uint32_t part = find_part(matcher, flow, index, at);
		struct segment_info sent;

		if (part == NONE && all.dsack.frame && has_rest_come(matcher, flow, index, at))
			at = end;
		if (part == NONE)
			break;
		sent = matcher->events[part].packet;
		if (before32(end, segment_end(&sent)))
			sent.payload_len = end - at;
		all = *tx_of(matcher, part);
		if (!all.dsack.frame || !has_dsack_of(&all, &sent))
			return;
		at = segment_end(&sent);
	}
	if (at != end)
		return;
	all.dsack_start = packet->seq;
	all.dsack_end = end;
	copy_dsack(tx_of(matcher, index), &all);
}

/* From the last event to the first: a proof may be passed on more than once. */
static void pass_proofs(struct matcher *matcher, const struct flow *flow)
{
	for (uint32_t i = flow->count; i > 0 && flow->needs_connections; i--) {
		uint32_t index = matcher->index.by_time[flow->first + i - 1];
		const struct match_event *event = &matcher->events[index];

		if (is_retransmission(event) && has_tx(event) &&
		    was_stopped(matcher, matcher->current, index)) {
			pass_proof_of_longer(matcher, flow, index);
			pass_proof_of_parts(matcher, flow, index);
		}
	}
}

void proof_find(struct matcher *matcher)
{
	for (uint32_t i = 0; i < matcher->index.run_count; i++)
		compare_neighbours(matcher, &matcher->index.runs[i]);
	for (uint32_t i = 0; i < matcher->flows.count; i++)
		pass_proofs(matcher, &matcher->flows.flows[i]);
}
