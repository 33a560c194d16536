// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "match_assign.h"
#include "match_evidence.h"
#include "match_previous.h"
#include "match_report.h"
#include "match_time.h"

#define LOOK_BACK 64	/* retransmissions that are looked at for one that no capture has */
#define OWN_NS	  50000 /* at most, from the drop of a retransmission to its event */
#define APART_NS  20000 /* by which a clock that is apart is not known better */

static bool is_dropped(const struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;

	return matcher->merged && was_dropped(matcher, matcher->merged, decision->index);
}

uint32_t previous_drop(const struct decision *decision)
{
	const struct match_event *events = decision->matcher->events;
	uint32_t drop = decision->links->packet_drop, before = decision->links->prev_drop;

	if (drop == NONE || is_dropped(decision) ||
	    (before != NONE && events[before].packet.time > events[drop].packet.time))
		return before;
	return drop;
}

uint32_t previous_find_unseen(const struct decision *decision, int64_t time, uint32_t drop)
{
	const struct matcher *matcher = decision->matcher;
	uint32_t sent = decision->links->prev_sent;

	for (int i = 0; i < LOOK_BACK && sent != NONE; i++) {
		if (matcher->events[sent].packet.time <= time || is_matched(&matcher->merged[sent]))
			return NONE;
		if (drop != NONE && !matcher->events[drop].has_owner &&
		    is_own_part(&matcher->events[sent], &matcher->events[drop].packet))
			return NONE;
		if (!was_stopped(matcher, matcher->merged, sent))
			return sent;
		sent = links_of(matcher, sent)->prev_sent;
	}
	return sent;
}

bool previous_may_be_resent(const struct decision *decision, uint32_t index)
{
	const struct match_event *drop = &decision->matcher->events[index];
	const char *label = labels_find(&decision->matcher->labels, drop->label);

	return drop->before_tap && !drop->has_owner && !(drop->packet.flags & TCP_SYN) &&
	       !(label && strstr(label, "dequeue")) &&
	       !decision_is_covered_since(decision, drop->packet.time);
}

bool previous_may_be_earlier(const struct decision *decision)
{
	return is_matched(decision->evidence) && !segment_has_id(&decision->event->packet) &&
	       time_apart(decision->event->packet.time, decision->evidence->matched.time) > OWN_NS;
}

bool previous_is_drop(const struct decision *decision, uint32_t drop)
{
	struct frame_ref prev_tx = decision->tx->prev_tx;
	int64_t time = decision->matcher->events[drop].packet.time;

	return (!prev_tx.frame || decision_is_packet_of(decision, drop, prev_tx) ||
		time >= prev_tx.time) &&
	       !(previous_may_be_earlier(decision) && decision->evidence->matched.time > time) &&
	       previous_find_unseen(decision, time, drop) == NONE &&
	       !previous_may_be_resent(decision, drop);
}

bool previous_is_drop_or_earlier(const struct decision *decision)
{
	uint32_t drop = previous_drop(decision);
	struct frame_ref prev_tx = decision->tx->prev_tx;

	return previous_may_be_earlier(decision) && drop != NONE &&
	       (decision_is_packet_of(decision, drop, prev_tx) ||
		decision->matcher->events[drop].packet.time >= prev_tx.time);
}

bool previous_has_no_order(const struct decision *decision, uint32_t drop)
{
	const struct matcher *matcher = decision->matcher;
	struct frame_ref prev_tx = decision->tx->prev_tx;

	return prev_tx.frame && matcher->wires[prev_tx.wire].offset.ns &&
	       !decision_is_packet_of(decision, drop, prev_tx) &&
	       time_apart(matcher->events[drop].packet.time, prev_tx.time) < APART_NS;
}
