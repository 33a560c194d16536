// SPDX-License-Identifier: GPL-2.0-or-later
#include "sim.h"
#include "situation_world.h"

/* One place or several where packets are lost. */
static void draw_losses(struct random *random, struct situation *situation)
{
	uint32_t often = (uint32_t)random_in(random, 1, 6) * PERCENT;

	situation->lost_out = draw(random, 60) ? often : 0;
	situation->lost_in = draw(random, 40) ? often : 0;
	situation->dropped_output = draw(random, 30) ? often : 0;
	situation->dropped_queue = draw(random, 20) ? often / 2 : 0;
	situation->dropped_late = draw(random, 30) ? often : 0;
	situation->dropped_driver = draw(random, 15) ? often : 0;
	situation->dropped_input = draw(random, 40) ? often : 0;
	situation->dropped_burst = draw(random, 15) ? often / 4 : 0;
	situation->reordered = draw(random, 15) ? 2 * PERCENT : 0;
	situation->stalls = draw(random, 15) ? PERCENT / 2 : 0;
	situation->locked = draw(random, 20) ? PERCENT / 2 : 0;
}

void situation_draw_world(struct random *random, struct situation *situation)
{
	static const int64_t delays[] = { 10 * US, 40 * US, 300 * US, 5 * MS, 20 * MS, 60 * MS };

	situation->connections = (uint32_t)random_in(random, 1, 4);
	situation->ipv6 = draw(random, 40);
	situation->timestamps = draw(random, 85);
	situation->sack = draw(random, 90);
	situation->dsack = draw(random, 90);
	situation->report_probes = draw(random, 25);
	situation->delay = delays[random_in(random, 0, 5)];
	situation->jitter = situation->delay / (draw(random, 50) ? 20 : 2);
	situation->gso_segs = draw(random, 50) ? 1 : (uint32_t)random_in(random, 2, 44);
	situation->network_splits = draw(random, 60);
	situation->hops = 1;
	draw_losses(random, situation);
}

void situation_draw_wires(struct random *random, struct situation *situation)
{
	situation->epoch = SITUATION_EPOCH;
	situation->wire_count = 1;
	for (uint32_t i = 0; i < WIRES_MAX; i++) {
		situation->wires[i] = (struct wire_plan){
			.taps = TAP_INNER,
			.format = draw(random, 50) ? FORMAT_PCAP_US : FORMAT_PCAPNG_NS,
			.snaplen = 262144,
		};
	}
}
