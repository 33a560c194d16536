/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SITUATION_WORLD_H
#define SITUATION_WORLD_H

/* What the seed draws before a situation changes it: hosts, network, losses; one plain capture. */

#include "situation.h"

#define SITUATION_EPOCH 1795757264627217373LL
#define PERCENT		10000U /* in parts per million */

static inline bool draw(struct random *random, uint32_t percent)
{
	return random_ppm(random, percent * PERCENT);
}

void situation_draw_world(struct random *random, struct situation *situation);
void situation_draw_wires(struct random *random, struct situation *situation);

#endif
