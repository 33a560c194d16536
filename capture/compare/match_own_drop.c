// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "match_assign.h"
#include "match_own_drop.h"
#include "match_report.h"
#include "match_time.h"

#define COPY_ID_NS \
	1000000000 /* at most, from a packet to its drop, where the IP ID shows that it is the same */
#define DROP_FAILED_NS	10000000 /* at most, from the drop of one that failed to its event */
#define DROP_TIMEOUT_NS 2000000	 /* the same where TCP was not told, and had waited for long */
#define DROP_FAST_NS	50000	 /* the same where the drop may be why TCP sends again */
#define DROP_LATE_NS	20000 /* at most, from an event to the drop of its packet after the tap */
#define QUEUED_NS	1000000000 /* the same where a qdisc may have held it until then */
#define PART_NS		50000 /* at most, from the drop of a part of a packet to the event of it */
#define NEIGHBOURS	64    /* events before and after a drop that are examined */

/*
 * Whether its packet may have been in a qdisc, or on its way after the tap, when TCP had sent it.
 * What drops it before that has done so when the kernel reports the retransmission.
 */
static bool waits_in_queue(const struct matcher *matcher, const struct match_event *drop)
{
	static const char *const queues[] = { "QDISC_", "FQ_", "CAKE_" };
	const char *label = labels_find(&matcher->labels, drop->label);

	for (size_t i = 0; drop->before_tap && i < sizeof(queues) / sizeof(queues[0]); i++) {
		if (label && strncmp(label, queues[i], strlen(queues[i])) == 0)
			return true;
	}
	return !drop->before_tap;
}

/* Whether the drop may be that of the retransmission itself. */
static bool is_drop_of(const struct matcher *matcher, const struct match_event *drop,
		       const struct match_event *event)
{
	int64_t after = time_apart(event->packet.time, drop->packet.time);
	enum same same = same_packet(&event->packet, &drop->packet);

	if (!is_retransmission(event) || !has_tx(event) ||
	    (event->netns != drop->netns && drop->direction != EVENT_IN))
		return false;
	if (same == SAME_SURELY && segment_has_id(&event->packet))
		return llabs(after) < COPY_ID_NS;
	if (event->kind == EVENT_TLP) /* it is reported before it is sent */
		return same != SAME_NOT && after <= 0 && -after < DROP_FAST_NS;
	if (after < 0 && (event->failed || !waits_in_queue(matcher, drop)))
		return false;
	if (after <= 0 && (drop->before_tap ? same != SAME_NOT
					    : same == SAME_SURELY && drop->direction == EVENT_OUT))
		return -after < QUEUED_NS;
	if (same == SAME_NOT || after <= -DROP_LATE_NS)
		return false;
	if (drop->direction == EVENT_IN || (!drop->before_tap && !event->failed))
		return after < DROP_LATE_NS;
	return after < (event->failed	 ? DROP_FAILED_NS
			: event->timeout ? DROP_TIMEOUT_NS
					 : DROP_FAST_NS);
}

/* Returns how far the drop is from the retransmission; -1: it is not its, or another is nearer. */
static int64_t drop_distance(const struct matcher *matcher, uint32_t drop, uint32_t index)
{
	const struct match_event *event = &matcher->events[index];
	int64_t time = event->packet.time;
	int64_t apart = llabs(time_apart(time, matcher->events[drop].packet.time));
	uint32_t other;

	if (!is_drop_of(matcher, &matcher->events[drop], event))
		return -1;
	other = links_of(matcher, index)->packet_drop;
	if (other != NONE && llabs(time_apart(time, matcher->events[other].packet.time)) <= apart)
		return -1;
	return apart;
}

static uint32_t find_sent(const struct matcher *matcher, struct event_range range, uint32_t drop)
{
	int64_t time = matcher->events[drop].packet.time, least = INT64_MAX;
	uint32_t at = index_count_before(matcher->events, range, time), best = NONE;
	uint32_t end = range.count - at > NEIGHBOURS ? at + NEIGHBOURS : range.count;

	for (uint32_t i = at > NEIGHBOURS ? at - NEIGHBOURS : 0; i < end; i++) {
		int64_t apart = drop_distance(matcher, drop, range.events[i]);

		if (apart >= 0 && apart < least) {
			best = range.events[i];
			least = apart;
		}
	}
	return best;
}

/* Whether an event of the run, which is reported just after the drop, has its packet as a part. */
static bool has_part(const struct matcher *matcher, const struct seq_run *run,
		     const struct segment_info *part)
{
	struct event_range events = index_run_events(&matcher->index, run);
	uint32_t at = index_count_before(matcher->events, events, part->time);
	uint32_t end = events.count - at > NEIGHBOURS ? at + NEIGHBOURS : events.count;

	for (; at < end; at++) {
		const struct match_event *event = &matcher->events[events.events[at]];

		if (time_apart(event->packet.time, part->time) >= PART_NS)
			return false;
		if (is_own_part(event, part))
			return true;
	}
	return false;
}

/*
 * Whether the drop, which may be that of an equal retransmission long before it, is of a part of
 * one that is reported just after it.
 */
static bool is_of_later(const struct matcher *matcher, uint32_t sent, uint32_t drop)
{
	const struct segment_info *packet = &matcher->events[drop].packet;
	const struct flow *flow = &matcher->flows.flows[matcher->events[drop].flow];
	struct run_walk walk;
	const struct seq_run *run;

	if (time_apart(packet->time, matcher->events[sent].packet.time) < PART_NS ||
	    segment_has_id(packet) || flow->longest <= 1 || !packet->payload_len)
		return false;
	walk = index_walk_runs(&matcher->index, flow, packet->side, packet->seq - flow->longest + 1,
			       flow->longest);
	while ((run = run_walk_next(&walk))) {
		if (has_part(matcher, run, packet))
			return true;
	}
	return false;
}

/* A retransmission that had a drop which is farther gives that one up. */
static void assign_drop(struct matcher *matcher, uint32_t drop)
{
	const struct match_event *event = &matcher->events[drop];
	const struct flow *flow = &matcher->flows.flows[event->flow];
	struct event_range range = index_find_exact(&matcher->index, flow, &event->packet).sent;

	for (int i = 0; i < REASSIGN_MAX && drop != NONE; i++) {
		uint32_t sent = find_sent(matcher, range, drop), given = drop;

		if (sent == NONE || is_of_later(matcher, sent, drop))
			return;
		drop = links_of(matcher, sent)->packet_drop;
		if (drop != NONE)
			matcher->events[drop].has_owner = false;
		links_of(matcher, sent)->packet_drop = given;
		/* What is new data to TCP is sent once more without an event. */
		matcher->events[given].has_owner = matcher->events[sent].kind != EVENT_TLP;
	}
}

void own_drops_assign(struct matcher *matcher)
{
	for (uint32_t i = 0; i < matcher->count && matcher->index.tx_count; i++) {
		if (matcher->events[i].kind == EVENT_DROP && matcher->events[i].has_tcp)
			assign_drop(matcher, i);
	}
}
