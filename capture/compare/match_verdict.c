// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_assign.h"
#include "match_decision.h"
#include "match_evidence.h"

static const char *const names[VERDICT_COUNT] = {
	[VERDICT_DROPPED_AFTER_WIRE] = "dropped-after-wire",
	[VERDICT_DROPPED_BEFORE_WIRE] = "dropped-before-wire",
	[VERDICT_LOST_BEYOND_HOST] = "lost-beyond-host",
	[VERDICT_DROPPED_BY_HOST] = "dropped-by-host",
	[VERDICT_SPURIOUS] = "spurious",
	[VERDICT_UNKNOWN] = "unknown",
};

const char *verdict_name(enum verdict verdict)
{
	return names[verdict];
}

static void add_unknown(struct decision *decision, const char *why)
{
	decision->result.verdict = VERDICT_UNKNOWN;
	strbuf_add(decision->because, why);
}

static void decide_absent(struct decision *decision)
{
	const struct wire *wire = decision_find_witness(decision);

	if (!wire)
		return;
	if (decision->event->direction == EVENT_OUT && !decision->event->witness &&
	    !decision->event->before_tap) {
		decision_add_no_connection(decision, wire);
		return;
	}
	if (decision->event->direction == EVENT_OUT && decision->evidence->has_equal) {
		strbuf_addf(decision->because,
			    "a frame of %s is equal, less than 1 ms from it: the clocks may be "
			    "apart by that",
			    wire->name);
		return;
	}
	if (decision->event->direction == EVENT_OUT) {
		decision->result.verdict = VERDICT_DROPPED_BEFORE_WIRE;
		strbuf_addf(decision->because, "not in %s, which covers its time", wire->name);
		return;
	}
	if (!decision_has_clock(decision)) {
		strbuf_addf(decision->because,
			    "not near its time in %s: captured elsewhere, with a filter, or by a "
			    "clock that is apart",
			    wire->name);
		return;
	}
	strbuf_addf(decision->because,
		    "not in %s, which covers its time: captured elsewhere, or with a filter",
		    wire->name);
	decision_add_doubtful_clock(decision, wire);
}

/* The data came in other segments than the wire shows: its timestamp is that of one of them. */
static bool came_otherwise(const struct decision *decision)
{
	const struct match_event *event = decision->event;
	const struct tx_evidence *tx = decision->tx;

	return event->direction != EVENT_OUT && tx->prev_tx.frame && tx->prev_tx_has_tsval &&
	       event->packet.has_timestamps && tx->prev_tx_tsval == event->packet.tsval;
}

static void decide_drop(struct decision *decision)
{
	const struct evidence *evidence = decision->evidence;

	if (is_matched(evidence))
		decision_rest_on_frame(decision, VERDICT_DROPPED_AFTER_WIRE, "", evidence->matched);
	else if (came_otherwise(decision))
		decision_rest_on_frame(decision, VERDICT_DROPPED_AFTER_WIRE, "",
				       decision->tx->prev_tx);
	else
		decide_absent(decision);
}

struct match_result verdict_decide(const struct matcher *matcher, size_t index,
				   struct strbuf *because)
{
	const struct tx_links no_links = tx_links_none();
	bool joined = matcher->events[index].is_joined;
	size_t sent_as = joined ? matcher->events[index].sent_as : index;
	const struct match_event *event = &matcher->events[sent_as];
	const struct evidence *evidence = evidence_of(matcher, sent_as);
	struct decision decision = {
		.matcher = matcher,
		.event = event,
		.evidence = evidence,
		.tx = tx_evidence_of(matcher, sent_as),
		.links = matcher->links && has_tx(event) ? links_of(matcher, (uint32_t)sent_as)
							     : &no_links,
		.index = (uint32_t)sent_as,
		.result = {
			.verdict = VERDICT_UNKNOWN,
			.has_matched_frame = !joined && is_matched(evidence),
			.matched_wire = evidence->matched.wire,
			.matched_frame = evidence->matched.frame,
		},
		.because = because,
	};

	if (event->kind == EVENT_KIND_COUNT)
		add_unknown(&decision, "an event that this version does not know");
	else if (event->kind == EVENT_STATE || event->kind == EVENT_LIFE)
		add_unknown(&decision, "a change of state has no packet");
	else if (!event->has_tcp)
		add_unknown(&decision, "its packet has no TCP header");
	else if (event->kind == EVENT_DROP)
		decide_drop(&decision);
	else if (event->kind == EVENT_RESET)
		add_unknown(&decision, "a reset is neither a drop nor a retransmission");
	else
		decide_retransmission(&decision);
	return decision.result;
}
