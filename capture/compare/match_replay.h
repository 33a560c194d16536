/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATCH_REPLAY_H
#define MATCH_REPLAY_H

/* What an event means for the later events that send its data: it is their earlier transmission. */

#include "match_state.h"

/* Returns 0 or -ENOMEM. */
int replay_drop(struct matcher *matcher, struct flow *flow, uint32_t event);

/* The same of a retransmission, sent or attempted. */
void replay_sent(struct matcher *matcher, const struct flow *flow, uint32_t event);

#endif
