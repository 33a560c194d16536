// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "match_differences.h"
#include "match_stamp.h"
#include "match_state.h"
#include "match_time.h"

#define TICK_NS	      1000000 /* of the timestamps */
#define FEW	      5	      /* retransmissions at different times, one of which is in time */
#define DROP_AFTER_NS 3000    /* usually, from a frame to the event of its drop */

static struct stamp *find(struct stamp *stamps, uint64_t key)
{
	return &stamps[(key * 0x9e3779b97f4a7c15ULL >> 32) & (STAMPS_MAX - 1)];
}

static uint64_t key_of(uint32_t flow, const struct segment_info *packet)
{
	return ((uint64_t)flow << 1 | packet->side) + 1;
}

static int64_t less_ticks(const struct stamp *stamp, const struct segment_info *packet)
{
	int64_t ticks = (int32_t)(packet->tsval - stamp->tsval);

	return time_move(packet->time, -ticks * TICK_NS);
}

static void add_sent(struct stamp *stamps, uint32_t flow, const struct segment_info *packet)
{
	uint64_t key = key_of(flow, packet);
	struct stamp *stamp = find(stamps, key);
	int64_t time;

	if (!packet->has_timestamps || packet->synthesized || (stamp->key && stamp->key != key))
		return;
	if (!stamp->key)
		*stamp = (struct stamp){ .key = key, .tsval = packet->tsval, .sent = INT64_MAX };
	time = less_ticks(stamp, packet);
	if (time < stamp->sent)
		stamp->sent = time;
	stamp->count += !stamp->count || packet->tsval != stamp->last_tsval;
	stamp->last_tsval = packet->tsval;
}

void stamp_begin(struct matcher *matcher)
{
	for (size_t i = 0; i < matcher->count; i++) {
		const struct match_event *event = &matcher->events[i];

		if (event->kind == EVENT_RETRANSMIT && event->has_tcp && !event->failed)
			add_sent(matcher->stamps, event->flow, &event->packet);
	}
}

void stamp_add_frame(struct stamp *stamps, uint32_t flow, const struct segment_info *frame)
{
	uint64_t key = key_of(flow, frame);
	struct stamp *stamp = find(stamps, key);
	int64_t time;

	if (stamp->key != key || !frame->has_timestamps)
		return;
	time = less_ticks(stamp, frame);
	if (!stamp->has_frame || time < stamp->seen)
		stamp->seen = time;
	stamp->has_frame = true;
}

int64_t stamp_bound(const struct stamp *stamps, int64_t high)
{
	int64_t bound = high;

	for (uint32_t i = 0; i < STAMPS_MAX; i++) {
		const struct stamp *stamp = &stamps[i];
		int64_t waited = time_apart(stamp->seen, stamp->sent);

		if (stamp->has_frame && stamp->count >= FEW && waited < bound &&
		    time_apart(high, waited) < STAMP_QUEUE_NS)
			bound = waited;
	}
	return bound;
}

void stamp_forget_frames(struct stamp *stamps)
{
	for (uint32_t i = 0; i < STAMPS_MAX; i++)
		stamps[i].has_frame = false;
}

int64_t stamp_without_queue(const struct two_bounds *bounds, int64_t estimated, int64_t bound)
{
	const struct differences *drops = &bounds->drops;
	int64_t last;

	if (!bounds->sent.count || time_apart(differences_least(&bounds->sent), bound) <= STAMP_NS)
		return estimated;
	if (!drops->count)
		return bound;
	last = differences_greatest(drops);
	return llabs(time_apart(last, bound)) <= STAMP_NS ? time_move(last, DROP_AFTER_NS) : bound;
}
