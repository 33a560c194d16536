// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_answer.h"
#include "match_no_answer.h"
#include "match_part_drop.h"
#include "match_previous.h"
#include "match_time.h"

#define SENT_NS 2000000 /* at most, from a retransmission's frame to its event */

static void add_either(struct decision *decision)
{
	struct frame_ref matched = decision->evidence->matched;

	strbuf_addf(decision->because,
		    "frame %llu of %s is equal to it, but %lld us before it: it may be that of an "
		    "earlier transmission",
		    (unsigned long long)matched.frame, decision->matcher->wires[matched.wire].name,
		    (long long)time_apart(decision->event->packet.time, matched.time) / 1000);
}

static void add_unseen(struct decision *decision, uint32_t sent)
{
	strbuf_addf(decision->because, "event %llu sent it again and is in no wire capture",
		    (unsigned long long)decision->matcher->events[sent].packet.number);
}

/*
 * The capture, which has its connection, has nothing that sent it before. Without an IP ID, its
 * frame may be that of an earlier transmission, though it is near.
 */
static void add_no_earlier(struct decision *decision, const struct wire *wire)
{
	uint32_t unseen = previous_find_unseen(decision, INT64_MIN, NONE);
	struct frame_ref matched = decision->evidence->matched;

	if (unseen != NONE && decision->matcher->events[unseen].kind != EVENT_TLP) {
		add_unseen(decision, unseen);
		return;
	}
	if (decision->tx->has_part && is_matched(decision->evidence)) {
		strbuf_add(decision->because, SENT_AS_WHOLE);
		return;
	}
	strbuf_addf(decision->because, "its earlier transmission is neither in %s nor an event",
		    wire->name);
	if (is_matched(decision->evidence) && !segment_has_id(&decision->event->packet))
		strbuf_addf(decision->because,
			    ", unless it is frame %llu of %s, which may be its own",
			    (unsigned long long)matched.frame,
			    decision->matcher->wires[matched.wire].name);
	decision_add_doubtful_clock(decision, wire);
	if (decision->event->lost)
		strbuf_addf(decision->because, "; %u events were lost", decision->event->lost);
}

static void decide_never_sent(struct decision *decision)
{
	uint32_t drop = previous_drop(decision);
	const struct wire *wire;

	if (drop != NONE && previous_may_be_resent(decision, drop)) {
		strbuf_addf(decision->because,
			    "event %llu dropped it, but no whole capture shows whether it was sent "
			    "again since",
			    (unsigned long long)decision->matcher->events[drop].packet.number);
		return;
	}
	wire = decision_find_witness(decision);

	if (!wire)
		return;
	if (decision->event->kind == EVENT_TLP)
		strbuf_add(decision->because, "new data, never sent before");
	else if (previous_may_be_earlier(decision))
		add_either(decision);
	else if (!decision->event->witness)
		decision_add_no_connection(decision, wire);
	else
		add_no_earlier(decision, wire);
}

/* Some of it had come, and the rest may be on its way, or not. */
static void add_acked_part(struct decision *decision)
{
	struct frame_ref ack = decision->tx->acked;

	strbuf_addf(decision->because, "frame %llu of %s acknowledges its first bytes, but not all",
		    (unsigned long long)ack.frame, decision->matcher->wires[ack.wire].name);
}

static void add_older_echo(struct decision *decision)
{
	struct frame_ref ack = decision->tx->first_ack;

	strbuf_addf(decision->because,
		    "frame %llu of %s acknowledges it with an older timestamp: that of an earlier "
		    "transmission, or of other data that was missing",
		    (unsigned long long)ack.frame, decision->matcher->wires[ack.wire].name);
}

static void add_rest_lost(struct decision *decision, uint32_t drop)
{
	strbuf_addf(
		decision->because,
		"event %llu dropped a part of it, and that was sent again since, or not: events "
		"were lost",
		(unsigned long long)decision->matcher->events[drop].packet.number);
}

/* A frame of a capture sent it before, and no other retransmission is between the two. */
static void decide_sent_before(struct decision *decision)
{
	const struct tx_evidence *tx = decision->tx;
	uint32_t rest = part_drop_of_rest(decision);

	if (rest != NONE &&
	    decision_lost_since(decision, decision->matcher->events[rest].packet.time))
		add_rest_lost(decision, rest);
	else if (rest != NONE)
		decision_rest_on_drop(decision, "sent before, and a part of it", rest);
	else if (answer_of_part_was_dropped(decision))
		decision_rest_on_drop(decision, "the acknowledgement of a part of it was",
				      tx->ack_drop);
	else if (tx->acked_of_part)
		add_acked_part(decision);
	else if (tx->dsack_doubtful)
		strbuf_add(decision->because, "a DSACK reports it or a later transmission, "
					      "whose event was lost");
	else if (tx->dsack_unsure)
		strbuf_add(decision->because,
			   "DSACKs report it, or other retransmissions of the same data");
	else if (tx->echoes_earlier)
		add_older_echo(decision);
	else if (part_drop_doubt(decision))
		strbuf_add(decision->because, part_drop_doubt(decision));
	else if (previous_is_drop_or_earlier(decision))
		add_either(decision);
	else
		decision_rest_on_frame(decision, VERDICT_LOST_BEYOND_HOST,
				       "sent before and not answered: ", tx->prev_tx);
}

/* As far as the wire captures have what was sent. */
void no_answer_decide(struct decision *decision)
{
	struct frame_ref prev_tx = decision->tx->prev_tx;
	uint32_t unseen = prev_tx.frame
				  ? previous_find_unseen(decision, time_move(prev_tx.time, SENT_NS),
							 NONE)
				  : NONE;
	uint32_t part_drop = part_drop_find(decision);

	if (unseen != NONE)
		add_unseen(decision, unseen);
	else if (part_drop != NONE)
		decision_rest_on_drop(decision, "sent before, and a part of it", part_drop);
	else if (prev_tx.frame)
		decide_sent_before(decision);
	else
		decide_never_sent(decision);
}
