/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_APART_H
#define MATCH_APART_H

/*
 * What the differences between the times of frames and of their events say of two clocks, which are
 * the same where that is possible. All differences are sorted.
 */

#include "match_state.h"

/*
 * Whether no queue and no late drop explains the differences: the clocks are not the same. has_ids:
 * IP IDs say that the frames are the events' packets; bound: by the timestamps, match_stamp.h.
 */
bool apart_is_certain(const struct clock *clock, const struct two_bounds *bounds, bool has_ids,
		      int64_t bound);

/* Removes the retransmissions that causality excludes: a frame of a drop was later than theirs. */
void apart_forget_impossible(struct two_bounds *bounds);

/*
 * Whether the greatest difference of the drops is one of them: not far from all others, and not
 * more than that of any retransmission.
 */
bool apart_drops_agree(const struct two_bounds *bounds);

/*
 * Whether drops exclude what retransmissions say, and these exclude the drops, by little: as the
 * clocks are apart at one time, they are not at another.
 */
bool apart_are_crossed(const struct two_bounds *bounds);

/*
 * Returns the bound that more samples are near to: neither a queue nor a late drop is in many of
 * these. Between bounds that are crossed it is the middle.
 */
int64_t apart_estimate(const struct two_bounds *bounds);

#endif
