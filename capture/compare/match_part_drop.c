// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_assign.h"
#include "match_evidence.h"
#include "match_part_drop.h"

#define LOOK_BACK 64 /* retransmissions that were stopped */

/* Whether nothing was sent after the drop but, perhaps, the packet whose part it is of. */
static bool is_last(const struct decision *decision, uint32_t drop)
{
	const struct match_event *events = decision->matcher->events;
	uint32_t sent = decision->links->prev_sent;

	return sent == NONE || events[sent].packet.time < events[drop].packet.time ||
	       (!events[drop].has_owner && is_own_part(&events[sent], &events[drop].packet));
}

uint32_t part_drop_find(const struct decision *decision)
{
	const struct match_event *events = decision->matcher->events;
	const struct tx_links *links = decision->links;

	for (size_t i = 0; i < PART_DROPS; i++) {
		uint32_t drop = links->part_drops[i];

		if (drop != NONE && !links->part_resent[i] &&
		    decision_is_covered_since(decision, events[drop].packet.time) &&
		    is_last(decision, drop))
			return drop;
	}
	return NONE;
}

const char *part_drop_doubt(const struct decision *decision)
{
	const struct match_event *events = decision->matcher->events;
	const struct tx_links *links = decision->links;

	_Static_assert(PART_DROPS == 2, "the sentence below has the number");
	for (size_t i = 0; i < PART_DROPS; i++) {
		uint32_t drop = links->part_drops[i];

		if (drop != NONE && !links->part_resent[i] &&
		    !decision_is_covered_since(decision, events[drop].packet.time) &&
		    is_last(decision, drop))
			return "this host dropped parts of it, but nothing shows whether all of "
			       "them were sent again since";
	}
	return links->has_more_parts ? "this host dropped more than two parts of it, and only the "
				       "last two are compared"
				     : NULL;
}

/* Whether a retransmission of that data, after the drop, was sent before the event. */
static bool was_sent_since(const struct decision *decision, uint32_t drop, uint32_t start,
			   uint32_t end)
{
	const struct matcher *matcher = decision->matcher;
	const struct match_event *event = decision->event;
	const struct flow *flow = &matcher->flows.flows[event->flow];
	struct run_walk walk = index_walk_runs(&matcher->index, flow, event->packet.side, start,
					       end - start);
	const struct seq_run *run;

	while ((run = run_walk_next(&walk))) {
		struct event_range events = index_run_events(&matcher->index, run);
		int64_t time = matcher->events[drop].packet.time;
		uint32_t at = index_count_before(matcher->events, events, time + 1);

		if (at < index_count_before(matcher->events, events, event->packet.time))
			return true;
	}
	return walk.stopped;
}

/* Whether the retransmission is the first transmission after the drop. */
static bool follows(const struct decision *decision, uint32_t sent, uint32_t drop)
{
	struct frame_ref prev_tx = tx_evidence_of(decision->matcher, sent)->prev_tx;

	return !prev_tx.frame || decision_is_packet_of(decision, drop, prev_tx) ||
	       prev_tx.time <= decision->matcher->events[drop].packet.time;
}

/* The first retransmission, if all between it and that one were stopped; NONE. */
static uint32_t find_first(const struct matcher *matcher, uint32_t sent)
{
	for (int i = 0; i < LOOK_BACK; i++) {
		uint32_t before = links_of(matcher, sent)->prev_sent;

		if (before == NONE)
			return sent;
		if (!was_stopped(matcher, matcher->merged, before))
			return NONE;
		sent = before;
	}
	return NONE;
}

uint32_t part_drop_of_rest(const struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;
	const struct match_event *event = decision->event;
	uint32_t sent = decision->links->prev_sent, first, drop, start, end;

	if (sent == NONE || was_stopped(matcher, matcher->merged, sent))
		return NONE;
	first = find_first(matcher, sent);
	drop = first != NONE ? links_of(matcher, first)->prev_drop : NONE;
	if (drop == NONE || !follows(decision, first, drop))
		return NONE;
	start = segment_end(&matcher->events[sent].packet);
	end = segment_end(&matcher->events[drop].packet);
	if (before32(segment_end(&event->packet), end))
		end = segment_end(&event->packet);
	return before32(start, end) && before32(event->packet.seq, start) &&
			       decision_is_covered_since(decision,
							 matcher->events[drop].packet.time) &&
			       !was_sent_since(decision, drop, start, end)
		       ? drop
		       : NONE;
}
