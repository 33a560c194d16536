/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SITUATION_EASY_H
#define SITUATION_EASY_H

/*
 * One cause alone, and nothing that makes it hard to see, as in tests/live/scenarios/compare-*.
 * Each changes what the seed has drawn.
 */

#include "situation.h"

void only_loss(struct random *random, struct situation *situation);
void only_ack_loss(struct random *random, struct situation *situation);
void only_output_drop(struct random *random, struct situation *situation);
void only_late_drop(struct random *random, struct situation *situation);
void only_input_drop(struct random *random, struct situation *situation);
void only_stalls(struct random *random, struct situation *situation);

#endif
