// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "match_apart.h"
#include "match_clock.h"
#include "match_differences.h"
#include "match_votes.h"
#include "match_time.h"

#define LOOK_MAX      16    /* events that are examined for a sample */
#define COPY_NS	      20000 /* to the same packet at another device */
#define SLACK_NS      50000 /* less than that is no offset, but the way through the kernel */
#define SURE_NS	      20000 /* by which no frame is after its drop */
#define TIGHT_NS      20000 /* by which most retransmissions are as long on their way */
#define FEW	      3	    /* samples that are used without worse ones */
#define RANKS	      3
#define RANK_ALONE    1 /* up to that rank, no other frame is equal */
#define BINS	      8
#define BIN_MIN	      4	     /* samples in a bin */
#define DRIFT_MAX     500000 /* ppb */
#define DRIFT_LEAST   30000  /* ns over all samples */
#define DRIFT_CROSSED 10000  /* the same where something is surely drifting */
#define DRIFT_DROPS   100000 /* the same where nothing but drops shows it */

void clock_begin(struct matcher *matcher)
{
	struct clock *clock = &matcher->clock;

	for (size_t i = 0; i < matcher->count && clock->host_count < HOSTS_MAX; i++) {
		const struct match_event *event = &matcher->events[i];

		if (is_retransmission(event) && event->netns && !is_host(matcher, event->netns))
			clock->hosts[clock->host_count++] = event->netns;
	}
	stamp_begin(matcher);
}

static bool is_measurable(const struct match_event *event)
{
	return event->has_tcp && !event->failed && event->kind != EVENT_TLP && !event->before_tap &&
	       !event->packet.synthesized;
}

static bool has_mark(const struct match_event *event)
{
	return segment_has_id(&event->packet) || event->packet.has_timestamps;
}

/*
 * Whether its packet can be recognized. Without a mark, what is sent again is equal, and a capture
 * behind a forwarding namespace has it once: only packets to a host are taken.
 */
static bool is_recognized(const struct matcher *matcher, const struct match_event *event)
{
	return has_mark(event) || (event->kind == EVENT_DROP && event->direction == EVENT_IN &&
				   is_host(matcher, event->netns));
}

/* A second frame of the event: at another device, or another packet that is equal. */
static void take_another(struct clock_sample *sample, const struct segment_info *frame,
			 int64_t apart)
{
	if (sample->has_id || llabs(time_apart(frame->time, sample->time)) < COPY_NS)
		return;
	sample->is_ambiguous = true;
	if (llabs(apart) < llabs(sample->apart)) {
		sample->apart = apart;
		sample->time = frame->time;
	}
}

static void take(struct matcher *matcher, uint32_t index, const struct segment_info *frame,
		 bool is_ambiguous)
{
	struct match_event *event = &matcher->events[index];
	struct clock *clock = &matcher->clock;
	int64_t apart = time_apart(frame->time, event->packet.time);

	if (event->sample) {
		take_another(&clock->samples[event->sample - 1], frame, apart);
		return;
	}
	if (clock->count == SAMPLES_MAX)
		return;
	clock->samples[clock->count] = (struct clock_sample){
		.apart = apart,
		.time = frame->time,
		.event = index,
		.is_sent = event->kind != EVENT_DROP,
		.has_id = segment_has_id(&event->packet),
		.has_mark = has_mark(event),
		.is_ambiguous = is_ambiguous,
	};
	event->sample = (uint16_t)++clock->count;
}

void clock_sample(struct matcher *matcher, struct event_range range,
		  const struct segment_info *frame)
{
	uint32_t first = NONE;
	bool is_ambiguous = false;

	for (uint32_t i = 0; i < range.count && i < LOOK_MAX; i++) {
		const struct match_event *event = &matcher->events[range.events[i]];

		if (!is_measurable(event) || same_packet(&event->packet, frame) == SAME_NOT)
			continue;
		if (!has_mark(event)) /* it may turn out that others are equal to all */
			votes_add(&matcher->clock, event, range.events[i], frame);
		if (!is_recognized(matcher, event))
			continue;
		if (first == NONE)
			first = range.events[i];
		else
			is_ambiguous = true;
	}
	if (first != NONE)
		take(matcher, first, frame, is_ambiguous);
}

/*
 * How sure it is that the frame is the event's packet: 0 with an IP ID, 1 with timestamps, 2
 * without either, but alone, or with timestamps and one of several; RANKS: nothing is sure.
 */
static int rank_of(const struct clock_sample *sample)
{
	return sample->is_ambiguous ? 2 + !sample->has_mark
				    : 1 - sample->has_id + !sample->has_mark;
}

/* The samples that are used: the surest ones, if there are some. */
static int choose_rank(const struct clock *clock)
{
	size_t counts[RANKS] = { 0 };

	for (size_t i = 0; i < clock->count; i++) {
		for (int rank = rank_of(&clock->samples[i]); rank < RANKS; rank++)
			counts[rank]++;
	}
	for (int rank = 0; rank < RANKS; rank++) {
		if (counts[rank] >= FEW)
			return rank;
	}
	return counts[0] ? 0 : counts[1] ? 1 : RANKS;
}

static int64_t drifted(const struct match_offset *offset, int64_t time)
{
	return (int64_t)((double)time_apart(time, offset->at) * (double)offset->drift_ppb / 1e9);
}

static void collect(const struct clock_sample *samples, size_t count,
		    const struct match_offset *drift, struct two_bounds *bounds)
{
	bounds->sent.count = bounds->drops.count = 0;
	for (size_t i = 0; i < count; i++) {
		const struct clock_sample *sample = &samples[i];
		struct differences *to = sample->is_sent ? &bounds->sent : &bounds->drops;

		to->list[to->count++] = time_move(sample->apart, -drifted(drift, sample->time));
	}
	differences_sort(&bounds->sent);
	differences_sort(&bounds->drops);
}

struct bin {
	int64_t offset, time;
};

/* Bins of samples, less the drift that is known. */
static size_t fill_bins(const struct clock_sample *samples, size_t sample_count,
			const struct match_offset *drift, struct two_bounds *bounds,
			struct bin *bins)
{
	size_t count = sample_count / BIN_MIN < BINS ? sample_count / BIN_MIN : BINS;

	for (size_t i = 0; i < count; i++) {
		size_t from = sample_count * i / count, end = sample_count * (i + 1) / count;

		collect(samples + from, end - from, drift, bounds);
		bins[i].offset = apart_estimate(bounds);
		bins[i].time = samples[from + (end - from) / 2].time;
	}
	return count;
}

/* The median of the slopes between all bins (Theil-Sen), in ppb. */
static int64_t slope_of(const struct bin *bins, size_t bin_count)
{
	int64_t slopes[BINS * BINS];
	size_t count = 0;

	for (size_t i = 0; i < bin_count; i++) {
		for (size_t j = i + 1; j < bin_count; j++) {
			double ns = (double)time_apart(bins[j].time, bins[i].time);
			double by = (double)time_apart(bins[j].offset, bins[i].offset);

			if (ns > 0 && by / ns < 1e-3 && by / ns > -1e-3)
				slopes[count++] = (int64_t)(by / ns * 1e9);
		}
	}
	if (!count || count < bin_count)
		return 0;
	differences_sort_list(slopes, count);
	return slopes[count / 2];
}

/* Bins on no line have another reason than a drift: a queue. */
static bool is_line(const struct bin *bins, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (llabs(time_apart(bins[i].offset, bins[0].offset)) > SLACK_NS)
			return false;
	}
	return true;
}

/* Returns whether the samples, which are in the order of time, show one. */
static bool find_drift(const struct clock_sample *samples, size_t sample_count,
		       struct two_bounds *bounds, int64_t least, struct match_offset *offset)
{
	struct bin bins[BINS];
	size_t count = fill_bins(samples, sample_count, offset, bounds, bins);

	if (count < FEW)
		return false;
	offset->at = bins[0].time;
	for (int i = 0; i < 2; i++) { /* a drift spreads the samples of a bin, too */
		offset->drift_ppb += slope_of(bins, count);
		fill_bins(samples, sample_count, offset, bounds, bins);
	}
	if (llabs(drifted(offset, bins[count - 1].time)) < least ||
	    llabs(offset->drift_ppb) > DRIFT_MAX || !is_line(bins, count))
		offset->drift_ppb = 0;
	return offset->drift_ppb;
}

static int compare_kinds(const void *a, const void *b)
{
	const struct clock_sample *x = a, *y = b;

	if (x->is_sent != y->is_sent)
		return x->is_sent ? -1 : 1;
	return (x->time > y->time) - (x->time < y->time);
}

/*
 * The same of the retransmissions alone: a burst of late drops is on no line. Packets that are
 * equal to others make lines, too, but these vary by more than the way through the kernel.
 */
static void find_drift_of_sent(struct clock *clock, struct two_bounds *bounds, int64_t least,
			       struct match_offset *offset)
{
	size_t sent = 0;

	qsort(clock->samples, clock->count, sizeof(clock->samples[0]), compare_kinds);
	while (sent < clock->count && clock->samples[sent].is_sent)
		sent++;
	if (!find_drift(clock->samples, sent, bounds, least, offset))
		return;
	collect(clock->samples, sent, offset, bounds);
	if (time_apart(differences_nine_tenths(&bounds->sent), differences_least(&bounds->sent)) >
	    TIGHT_NS)
		offset->drift_ppb = 0;
}

/* Keeps the samples up to that rank. */
static void keep_surest(struct clock *clock, int rank)
{
	size_t kept = 0;

	for (size_t i = 0; i < clock->count; i++) {
		if (rank_of(&clock->samples[i]) <= rank && rank < RANKS)
			clock->samples[kept++] = clock->samples[i];
	}
	clock->count = kept;
}

static int64_t median_of(const struct clock *clock, struct two_bounds *bounds)
{
	struct differences *all = &bounds->sent;

	all->count = clock->count;
	for (size_t i = 0; i < clock->count; i++)
		all->list[i] = clock->samples[i].apart;
	differences_sort_list(all->list, all->count);
	return all->list[all->count / 2];
}

/* By which a clock may have drifted from the first sample to the last one. */
static int64_t drift_most(const struct clock *clock)
{
	int64_t first = clock->samples[0].time, last = first;

	for (size_t i = 1; i < clock->count; i++) {
		int64_t time = clock->samples[i].time;

		first = time < first ? time : first;
		last = time > last ? time : last;
	}
	return time_apart(last, first) / (1000000000 / DRIFT_MAX);
}

/*
 * Drops alone that are all late are no drift, unless they are on a line that is long: what makes
 * them late varies.
 */
static void find_drift_of_drops(struct clock *clock, struct two_bounds *bounds,
				struct match_offset *offset)
{
	if (!find_drift(clock->samples, clock->count, bounds, DRIFT_DROPS, offset))
		return;
	collect(clock->samples, clock->count, offset, bounds);
	if (time_apart(differences_nine_tenths(&bounds->drops), differences_least(&bounds->drops)) >
	    SLACK_NS)
		offset->drift_ppb = 0;
}

static void find_any_drift(struct clock *clock, struct two_bounds *bounds, int rank,
			   struct match_offset *offset)
{
	int64_t least = rank <= RANK_ALONE && apart_are_crossed(bounds) ? DRIFT_CROSSED
									: DRIFT_LEAST;

	if (!bounds->sent.count && differences_greatest(&bounds->drops) <= SURE_NS) {
		if (rank <= RANK_ALONE)
			find_drift_of_drops(clock, bounds, offset);
		return;
	}
	if (!find_drift(clock->samples, clock->count, bounds, least, offset))
		find_drift_of_sent(clock, bounds, least, offset);
}

static void decide(struct matcher *matcher, struct two_bounds *bounds, int rank,
		   struct match_offset *offset)
{
	struct clock *clock = &matcher->clock;
	int64_t bound, estimated;
	bool has_votes = false, is_sure;

	offset->median_ns = median_of(clock, bounds);
	collect(clock->samples, clock->count, offset, bounds);
	if (!bounds->sent.count && clock->vote_count) {
		votes_take_sent(matcher, time_move(differences_greatest(&bounds->drops),
						   -SLACK_NS - drift_most(clock)));
		collect(clock->samples, clock->count, offset, bounds);
		has_votes = bounds->sent.count;
	}
	find_any_drift(clock, bounds, rank, offset);
	collect(clock->samples, clock->count, offset, bounds);
	if (has_votes && !offset->drift_ppb)
		apart_forget_impossible(bounds);
	is_sure = rank <= RANK_ALONE && apart_drops_agree(bounds);
	bounds->drops.is_sure = is_sure && !bounds->sent.count;
	bound = bounds->sent.count ? stamp_bound(matcher->stamps, differences_least(&bounds->sent))
				   : 0;
	if (offset->drift_ppb || apart_is_certain(clock, bounds, rank == 0, bound)) {
		bounds->drops.is_sure = is_sure;
		offset->ns = apart_estimate(bounds);
	}
	estimated = offset->ns;
	if (estimated && !offset->drift_ppb)
		offset->ns = stamp_without_queue(bounds, estimated, bound);
	offset->within_ns = offset->ns == estimated ? 0 : STAMP_NS;
	if (llabs(offset->ns) < SLACK_NS && !offset->drift_ppb)
		offset->ns = 0;
	offset->by_drops = offset->ns && !bounds->sent.count;
}

struct match_offset clock_offset(struct matcher *matcher)
{
	struct clock *clock = &matcher->clock;
	struct match_offset offset = { .within_ns = INT64_MAX / 2 };
	struct two_bounds *bounds = &clock->scratch;
	int rank;

	for (size_t i = 0; i < clock->count; i++)
		matcher->events[clock->samples[i].event].sample = 0;
	rank = choose_rank(clock);
	keep_surest(clock, rank);
	if (!clock->count && clock->vote_count)
		votes_take(matcher);
	offset.matches = clock->count;
	if (clock->copies.packets)
		offset.copies = (clock->copies.copies + clock->copies.packets / 2) /
				clock->copies.packets;
	clock->copies = (struct copy_count){ 0 };
	if (clock->count)
		decide(matcher, bounds, rank, &offset);
	clock->count = clock->vote_count = 0;
	return offset;
}

int64_t clock_convert(const struct match_offset *offset, int64_t time)
{
	int64_t ns = time_move(offset->ns, drifted(offset, time));

	return time_move(time, ns > -INT64_MAX ? -ns : INT64_MAX);
}
