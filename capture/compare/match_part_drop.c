// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_assign.h"
#include "match_evidence.h"
#include "match_part_drop.h"

uint32_t part_drop_find(const struct decision *decision)
{
	const struct match_event *events = decision->matcher->events;
	const struct tx_links *links = decision->links;
	uint32_t sent = links->prev_sent;

	for (size_t i = 0; i < PART_DROPS; i++) {
		uint32_t drop = links->part_drops[i];

		if (drop != NONE && !links->part_resent[i] &&
		    decision_is_covered_since(decision, events[drop].packet.time) &&
		    (sent == NONE || events[sent].packet.time < events[drop].packet.time))
			return drop;
	}
	return NONE;
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

bool part_drop_is_rest(const struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;
	const struct match_event *event = decision->event;
	uint32_t drop = decision->links->prev_drop, sent = decision->links->prev_sent, start, end;

	if (drop == NONE || sent == NONE || was_stopped(matcher, matcher->merged, sent) ||
	    matcher->events[sent].packet.time < matcher->events[drop].packet.time ||
	    links_of(matcher, sent)->prev_sent != NONE || !follows(decision, sent, drop))
		return false;
	start = segment_end(&matcher->events[sent].packet);
	end = segment_end(&matcher->events[drop].packet);
	if (before32(segment_end(&event->packet), end))
		end = segment_end(&event->packet);
	return before32(start, end) && before32(event->packet.seq, start) &&
	       decision_is_covered_since(decision, matcher->events[drop].packet.time) &&
	       !was_sent_since(decision, drop, start, end);
}
