// SPDX-License-Identifier: GPL-2.0-or-later
#include "sim.h"
#include "situation_easy.h"
#include "situation_world.h"

/* One cause alone, and nothing that makes it hard to see: as in tests/live/scenarios/compare-*. */
static void easy(struct random *random, struct situation *situation)
{
	situation->lost_out = situation->lost_in = situation->reordered = situation->stalls = 0;
	situation->dropped_output = situation->dropped_queue = situation->dropped_late = 0;
	situation->dropped_driver = situation->dropped_input = situation->dropped_burst = 0;
	situation->locked = 0;
	situation->ipv6 = draw(random, 30);
	situation->timestamps = situation->sack = situation->dsack = true;
	situation->delay = random_in(random, 3, 40) * MS;
	situation->jitter = situation->delay / 20;
	situation->gso_segs = 1;
	situation->report_probes = false;
}

void only_loss(struct random *random, struct situation *situation)
{
	easy(random, situation);
	situation->lost_out = 3 * PERCENT;
}

void only_ack_loss(struct random *random, struct situation *situation)
{
	easy(random, situation);
	situation->lost_in = 10 * PERCENT;
}

void only_output_drop(struct random *random, struct situation *situation)
{
	easy(random, situation);
	situation->dropped_output = 3 * PERCENT;
}

void only_late_drop(struct random *random, struct situation *situation)
{
	easy(random, situation);
	situation->dropped_late = 3 * PERCENT;
}

void only_input_drop(struct random *random, struct situation *situation)
{
	easy(random, situation);
	situation->dropped_input = 5 * PERCENT;
}

void only_stalls(struct random *random, struct situation *situation)
{
	easy(random, situation);
	situation->stalls = 1 * PERCENT;
}
