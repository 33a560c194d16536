// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "match_apart.h"
#include "match_differences.h"
#include "match_stamp.h"
#include "match_time.h"

#define SENT_AFTER_NS 5000	/* usually, from a frame to the event of its retransmission */
#define DROP_AFTER_NS 3000	/* usually, from a frame to the event of its drop */
#define SLACK_NS      50000	/* less than that is no offset, but the way through the kernel */
#define SURE_NS	      20000	/* by which no frame is after its drop */
#define CONSTANT_NS   250000	/* an offset that all samples have; a queue varies */
#define QUEUE_MAX_NS  200000000 /* more than that is no queue and no late drop */
#define LATE_NS	      1000000	/* as late as that, drops are not all by the same */
#define CROSSED_NS    10000	/* by more, drops are not after all retransmissions by one clock */
#define FEW	      3		/* samples that are enough to be used without worse ones */
#define MANY	      12	/* samples that are enough for a small offset */
#define MOMENT_NS     1000000	/* drops that are nearer to each other waited for the same */

/* Whether all differences are more than that by as good as the same: a queue varies. */
static bool is_constant(const struct differences *differences)
{
	int64_t away = llabs(differences->list[differences->count / 2]);

	return differences->count >= (away > CONSTANT_NS ? FEW : MANY) &&
	       time_apart(differences_greatest(differences), differences_least(differences)) <
		       SLACK_NS;
}

/*
 * Whether most drops are at the bound that causality gives, and that bound is not zero: drops that
 * are late have no least delay, but those of one moment have waited for the same.
 */
static bool is_dense(const struct clock *clock, const struct differences *drops)
{
	int64_t low = differences_greatest(drops);
	size_t near = differences_count_between(drops, time_move(low, -SLACK_NS), INT64_MAX);
	size_t moments = 0, last = 0;

	for (size_t i = 0; i < clock->count; i++) {
		if (clock->samples[i].is_sent ||
		    (moments && llabs(time_apart(clock->samples[i].time,
						 clock->samples[last].time)) < MOMENT_NS))
			continue;
		last = i;
		moments++;
	}
	return drops->count >= (llabs(low) > CONSTANT_NS ? FEW : MANY) && moments >= FEW &&
	       near * 2 > drops->count;
}

/* Whether most differences are those of one clock, without a queue or another packet in them. */
static bool is_mostly_zero(const struct differences *differences)
{
	return differences->count >= FEW &&
	       differences_count_between(differences, -SLACK_NS, SLACK_NS) * 2 > differences->count;
}

/* Whether more than one in 20 drops that are sure would be older than its frame. */
static bool excludes_zero(const struct differences *drops)
{
	return drops->is_sure && drops->list[drops->count - 1 - drops->count / 20] > SURE_NS;
}

/*
 * Drops say only that the offset is not less: that many are late by the same, less than a
 * millisecond, is no clock unless the retransmissions are not zero either.
 */
static bool zero_is_far(const struct two_bounds *bounds)
{
	return (bounds->sent.count && differences_least(&bounds->sent) < -SLACK_NS / 2) ||
	       differences_greatest(&bounds->drops) < -LATE_NS;
}

bool apart_is_certain(const struct clock *clock, const struct two_bounds *bounds, bool has_ids,
		      int64_t bound)
{
	const struct differences *sent = &bounds->sent, *drops = &bounds->drops;

	if (!has_ids && is_mostly_zero(sent->count ? sent : drops) && !excludes_zero(drops))
		return false;
	if (drops->count &&
	    (differences_greatest(drops) > SURE_NS || differences_greatest(drops) < -QUEUE_MAX_NS ||
	     (differences_greatest(drops) < -SLACK_NS && zero_is_far(bounds) &&
	      is_dense(clock, drops))))
		return true;
	if (!sent->count)
		return false;
	if (differences_nine_tenths(sent) < -SLACK_NS || bound > QUEUE_MAX_NS ||
	    (bound < -QUEUE_MAX_NS && !is_mostly_zero(sent)))
		return true;
	if (differences_least(sent) < -SLACK_NS)
		return drops->count &&
		       differences_greatest(drops) < differences_least(sent) + SLACK_NS;
	if (drops->count && (differences_greatest(drops) > -SLACK_NS || sent->count < MANY))
		return false;
	return differences_least(sent) > SLACK_NS && is_constant(sent) &&
	       time_apart(differences_least(sent), bound) <= STAMP_NS;
}

void apart_forget_impossible(struct two_bounds *bounds)
{
	struct differences *sent = &bounds->sent;
	int64_t least;
	size_t first = 0;

	if (!bounds->drops.count)
		return;
	least = time_move(differences_greatest(&bounds->drops), -SURE_NS);
	while (first < sent->count && sent->list[first] < least)
		first++;
	if (first == sent->count)
		return;
	sent->count -= first;
	memmove(sent->list, &sent->list[first], sent->count * sizeof(sent->list[0]));
}

bool apart_drops_agree(const struct two_bounds *bounds)
{
	const struct differences *drops = &bounds->drops;
	int64_t last = drops->count ? drops->list[drops->count - 1] : 0;

	return drops->count && time_apart(last, differences_greatest(drops)) < LATE_NS &&
	       (!bounds->sent.count || last < time_move(differences_least(&bounds->sent), SURE_NS));
}

bool apart_are_crossed(const struct two_bounds *bounds)
{
	int64_t crossed = 0;

	if (bounds->drops.count && bounds->sent.count)
		crossed = time_apart(differences_greatest(&bounds->drops),
				     differences_least(&bounds->sent));
	return crossed > CROSSED_NS && crossed < SLACK_NS;
}

int64_t apart_estimate(const struct two_bounds *bounds)
{
	const struct differences *sent = &bounds->sent, *drops = &bounds->drops;
	int64_t low, high;
	bool sent_is_nearer;

	if (!drops->count)
		return time_move(differences_least(sent), SENT_AFTER_NS);
	low = differences_greatest(drops);
	if (!sent->count)
		return time_move(low, DROP_AFTER_NS);
	high = differences_least(sent);
	if (apart_are_crossed(bounds))
		return time_move(high, time_apart(low, high) / 2 + DROP_AFTER_NS);
	sent_is_nearer = differences_count_between(sent, high, time_move(high, SLACK_NS)) >=
			 differences_count_between(drops, time_move(low, -SLACK_NS), low);
	return sent_is_nearer ? time_move(high, SENT_AFTER_NS) : time_move(low, DROP_AFTER_NS);
}
