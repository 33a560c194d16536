// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "match_decision.h"
#include "match_evidence.h"
#include "match_report.h"
#include "match_time.h"

static int64_t us_before(const struct decision *decision, int64_t time)
{
	return time_apart(decision->event->packet.time, time) / 1000;
}

void decision_rest_on_frame(struct decision *decision, enum verdict verdict, const char *how,
			    struct frame_ref frame)
{
	long long us = us_before(decision, frame.time);

	decision->result.verdict = verdict;
	decision->result.has_frame = true;
	decision->result.wire = frame.wire;
	decision->result.frame = frame.frame;
	decision->result.before_us = us;
	strbuf_addf(decision->because, "%sframe %llu of %s, %lld us %s", how,
		    (unsigned long long)frame.frame, decision->matcher->wires[frame.wire].name,
		    llabs(us), us < 0 ? "after" : "before");
}

void decision_rest_on_drop(struct decision *decision, const char *what, uint32_t drop)
{
	const struct match_event *other = &decision->matcher->events[drop];
	const char *label = labels_find(&decision->matcher->labels, other->label);

	decision->result.verdict = VERDICT_DROPPED_BY_HOST;
	decision->result.has_other = true;
	decision->result.other = drop;
	decision->result.before_us = us_before(decision, other->packet.time);
	strbuf_addf(decision->because, "%s dropped by this host: event %llu%s%s", what,
		    (unsigned long long)other->packet.number, label ? ", " : "",
		    label ? label : "");
}

bool decision_lost_since(const struct decision *decision, int64_t time)
{
	const struct matcher *matcher = decision->matcher;

	return matcher->has_lost && matcher->lost_from <= decision->event->packet.time &&
	       time <= matcher->lost_until;
}

bool decision_has_clock(const struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;

	for (uint32_t i = 0; i < matcher->wire_count; i++) {
		if (matcher->wires[i].offset.matches)
			return true;
	}
	return !matcher->wire_count;
}

const struct wire *decision_find_witness(struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;
	const struct wire *incomplete = NULL, *cut = NULL;
	int64_t time = decision->event->packet.time;

	if (decision->event->witness)
		return &matcher->wires[decision->event->witness - 1];
	for (uint32_t i = 0; i < matcher->wire_count; i++) {
		const struct wire *wire = &matcher->wires[i];

		if (wire->cut && (!wire->has_frames || time > wire->last))
			cut = wire;
		if (!wire_covers(wire, time))
			continue;
		if (!wire->missing)
			return wire;
		incomplete = wire;
	}
	if (incomplete)
		strbuf_addf(decision->because, "not in %s, but %llu of its packets %s",
			    incomplete->name, (unsigned long long)incomplete->missing,
			    incomplete->why_missing);
	else if (cut)
		strbuf_addf(decision->because, "after the damage of %s, which is read up to there",
			    cut->name);
	else if (decision_has_clock(decision))
		strbuf_add(decision->because, "outside the time that the wire captures cover");
	else
		strbuf_add(decision->because,
			   "outside the time that the wire captures cover, but no "
			   "frame shows how far the clocks are apart");
	return NULL;
}

void decision_add_no_connection(struct decision *decision, const struct wire *wire)
{
	strbuf_addf(decision->because,
		    "no packet of its connection is in %s: captured elsewhere, with a filter, or "
		    "with translated addresses (NAT)",
		    wire->name);
}

void decision_add_doubtful_clock(struct decision *decision, const struct wire *wire)
{
	if (wire->offset.by_drops)
		strbuf_add(decision->because,
			   "; only drops show how far the clocks are apart, and they may be late");
}

bool decision_is_packet_of(const struct decision *decision, uint32_t drop, struct frame_ref frame)
{
	const struct evidence *evidence = evidence_of(decision->matcher, drop);

	return is_matched(evidence) && evidence->matched.wire == frame.wire &&
	       evidence->matched.frame == frame.frame;
}

bool decision_is_covered_since(const struct decision *decision, int64_t time)
{
	const struct matcher *matcher = decision->matcher;

	for (uint32_t i = 0; decision->event->witness && i < matcher->wire_count; i++) {
		if (!matcher->wires[i].missing && wire_covers(&matcher->wires[i], time))
			return true;
	}
	return false;
}
