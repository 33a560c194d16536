// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "match_time.h"
#include "match_votes.h"

#define COPY_NS	    20000 /* to the same packet at another device */
#define LOOK_MAX    16	  /* drops that are examined for a frame */
#define AGREE_NS    50000 /* by which votes that agree differ at most */
#define DRIFT_PART  2000  /* 500 ppm */
#define VOTES_MIN   5	  /* that agree */
#define MOMENTS_MIN 2
#define DEPTH_MAX   7		 /* of tunnels and tags that are told apart */
#define RESENT_NS   600000000000 /* nothing is sent again after so long */
#define MOMENT_NS   100000000	 /* enough from one moment to the next; or twice the difference */

void votes_count_device(struct flow *flow, uint8_t side, const struct packet *frame)
{
	unsigned int depth = frame->tunnel_count + frame->vlan_count;

	flow->depths[side] |= (uint8_t)(1U << (depth < DEPTH_MAX ? depth : DEPTH_MAX));
}

size_t votes_take_devices(struct flow_list *flows)
{
	int most = 1;

	for (uint32_t i = 0; i < flows->count; i++) {
		for (int side = 0; side < 2; side++) {
			int devices = __builtin_popcount(flows->flows[i].depths[side]);

			most = devices > most ? devices : most;
			flows->flows[i].depths[side] = 0;
		}
	}
	return (size_t)most - 1;
}

/* Whether its packet may have been dropped behind the first device: then it is at no other one. */
static bool may_be_dropped(const struct matcher *matcher, struct event_range drops,
			   const struct segment_info *frame)
{
	for (uint32_t i = 0; i < drops.count && i < LOOK_MAX; i++) {
		const struct match_event *drop = &matcher->events[drops.events[i]];

		if (!drop->before_tap && same_packet(&drop->packet, frame) != SAME_NOT)
			return true;
	}
	return false;
}

void votes_count_copy(struct matcher *matcher, const struct exact_match *exact,
		      const struct segment_info *frame)
{
	struct copy_count *count = &matcher->clock.copies;
	struct copy_first *first;
	uint32_t event;

	if (!exact->sent.count)
		return;
	event = exact->sent.events[0];
	if (same_packet(&matcher->events[event].packet, frame) == SAME_NOT)
		return;
	for (size_t i = 0; i < COPY_FRAMES; i++) {
		first = &count->last[i];
		if (first->event == event + 1 &&
		    llabs(time_apart(frame->time, first->time)) < COPY_NS) {
			count->packets += !first->is_counted;
			first->is_counted = true;
			count->copies++;
			return;
		}
	}
	first = &count->last[count->next++ % COPY_FRAMES];
	*first = (struct copy_first){
		.event = event + 1,
		.time = frame->time,
		.is_counted = !may_be_dropped(matcher, exact->drops, frame),
	};
	count->packets += first->is_counted;
}

void votes_add(struct clock *clock, const struct match_event *event, uint32_t index,
	       const struct segment_info *frame)
{
	if (clock->vote_count == VOTES_MAX || !segment_span(&event->packet))
		return;
	clock->votes[clock->vote_count++] = (struct clock_vote){
		.apart = time_apart(frame->time, event->packet.time),
		.time = frame->time,
		.event = index,
		.is_sent = event->kind != EVENT_DROP,
	};
}

static int compare_votes(const void *a, const void *b)
{
	const struct clock_vote *x = a, *y = b;

	return (x->apart > y->apart) - (x->apart < y->apart);
}

/* Returns how many votes from the first one on differ by no more than a queue would show. */
static size_t count_agreeing(const struct clock *clock, size_t first)
{
	size_t end = first;

	while (end < clock->vote_count &&
	       time_apart(clock->votes[end].apart, clock->votes[first].apart) <= AGREE_NS)
		end++;
	return end - first;
}

static int compare_vote_times(const void *a, const void *b)
{
	const struct clock_vote *x = a, *y = b;

	return (x->time > y->time) - (x->time < y->time);
}

static int compare_sample_times(const void *a, const void *b)
{
	const struct clock_sample *x = a, *y = b;

	return (x->time > y->time) - (x->time < y->time);
}

/*
 * Whether votes, which are sorted by their frames, are of enough frames, because one is not the
 * packet of several events, and of enough moments: what was sent again all at once differs from the
 * first time by as much as a clock may.
 */
static bool are_independent(struct clock_vote *votes, size_t count)
{
	int64_t twice = time_apart(llabs(votes[0].apart), -llabs(votes[0].apart));
	int64_t moment = twice < MOMENT_NS ? twice : MOMENT_NS;
	size_t frames = 0, moments = 0, last = 0;

	qsort(votes, count, sizeof(*votes), compare_vote_times);
	for (size_t i = 0; i < count; i++) {
		frames += !i || votes[i].time != votes[i - 1].time;
		if (i && time_apart(votes[i].time, votes[last].time) < moment)
			continue;
		last = i;
		moments++;
	}
	return frames >= VOTES_MIN && (moments >= MOMENTS_MIN || llabs(votes[0].apart) > RESENT_NS);
}

/* The events that have a vote: each is one of several votes, at most one of which is right. */
static size_t count_voters(const struct matcher *matcher)
{
	const struct clock *clock = &matcher->clock;
	size_t count = 0;

	for (size_t i = 0; i < clock->vote_count; i++)
		count += !matcher->events[clock->votes[i].event].sample++;
	for (size_t i = 0; i < clock->vote_count; i++)
		matcher->events[clock->votes[i].event].sample = 0;
	return count;
}

/* The first of most votes that agree; as many as half of them that agree on zero are preferred. */
static size_t find_most(const struct clock *clock, size_t *most)
{
	size_t best = 0, zero = 0, near = 0;

	*most = 0;
	for (size_t i = 0; i < clock->vote_count; i++) {
		size_t count = count_agreeing(clock, i);

		if (count > *most) {
			best = i;
			*most = count;
		}
		if (llabs(clock->votes[i].apart) < AGREE_NS && count > near) {
			zero = i;
			near = count;
		}
	}
	if (near * 2 < *most)
		return best;
	*most = near;
	return zero;
}

static void take(struct clock *clock, const struct clock_vote *vote)
{
	if (clock->count < SAMPLES_MAX)
		clock->samples[clock->count++] = (struct clock_sample){
			.apart = vote->apart,
			.time = vote->time,
			.event = vote->event,
			.is_sent = vote->is_sent,
			.has_mark = true,
		};
}

/* Whether a clock that drifts may have made one difference of the other. */
static bool is_drift(const struct clock_vote *vote, const struct clock_vote *other)
{
	int64_t drift = llabs(time_apart(vote->time, other->time)) / DRIFT_PART;

	return llabs(time_apart(vote->apart, other->apart)) <= time_move(AGREE_NS, drift);
}

/* Marks those that are not on the line, from that one on in steps. */
static void mark_others(struct clock *clock, size_t from, int step)
{
	const struct clock_vote *start = &clock->votes[from], *last = start;

	for (size_t i = from + (size_t)step; i < clock->vote_count; i += (size_t)step) {
		struct clock_vote *vote = &clock->votes[i];

		if (is_drift(vote, last) && is_drift(vote, start))
			last = vote;
		else
			vote->event = NONE;
	}
}

/* Keeps the vote and those before and after it that differ by no more than a drift. */
static void keep_line(struct clock *clock, struct clock_vote start)
{
	size_t at = 0, kept = 0;

	qsort(clock->votes, clock->vote_count, sizeof(clock->votes[0]), compare_vote_times);
	while (clock->votes[at].time != start.time || clock->votes[at].apart != start.apart)
		at++;
	mark_others(clock, at, 1);
	mark_others(clock, at, -1);
	for (size_t i = 0; i < clock->vote_count; i++) {
		if (clock->votes[i].event != NONE)
			clock->votes[kept++] = clock->votes[i];
	}
	clock->vote_count = kept;
}

static bool are_enough(struct clock_vote *votes, size_t count, size_t voters)
{
	return count >= VOTES_MIN && count * 2 >= voters && are_independent(votes, count);
}

/* Returns whether most votes agree, or, if they may drift, are on a line; the others are gone. */
static bool find_agreeing(struct matcher *matcher, bool may_drift)
{
	struct clock *clock = &matcher->clock;
	size_t voters = count_voters(matcher), best, most;
	bool agree;

	if (!clock->vote_count)
		return false;
	qsort(clock->votes, clock->vote_count, sizeof(clock->votes[0]), compare_votes);
	best = find_most(clock, &most);
	agree = are_enough(&clock->votes[best], most, voters);
	if (may_drift) {
		keep_line(clock, clock->votes[best + most / 2]);
		return agree || are_enough(clock->votes, clock->vote_count, voters);
	}
	memmove(clock->votes, &clock->votes[best], most * sizeof(clock->votes[0]));
	clock->vote_count = most;
	return agree;
}

static void take_agreeing(struct matcher *matcher, bool may_drift)
{
	struct clock *clock = &matcher->clock;

	if (!find_agreeing(matcher, may_drift))
		return;
	for (size_t i = 0; i < clock->vote_count; i++)
		take(clock, &clock->votes[i]);
}

void votes_take(struct matcher *matcher)
{
	take_agreeing(matcher, false);
}

void votes_take_sent(struct matcher *matcher, int64_t least)
{
	struct clock *clock = &matcher->clock;
	size_t kept = 0;

	for (size_t i = 0; i < clock->vote_count; i++) {
		if (clock->votes[i].is_sent && clock->votes[i].apart >= least)
			clock->votes[kept++] = clock->votes[i];
	}
	clock->vote_count = kept;
	take_agreeing(matcher, true);
	qsort(clock->samples, clock->count, sizeof(clock->samples[0]), compare_sample_times);
}
