// SPDX-License-Identifier: GPL-2.0-or-later
#include "sim_tcp.h"

/* Losses, delays and reordering between the hosts, and what segments a GSO packet becomes. */

static void arrive(struct world *world, void *unused, uint64_t argument)
{
	const struct segment *segment = &world->segments[argument];
	(void)unused;

	if (segment->side == PEER)
		host_input(world, (uint32_t)argument);
	else
		tcp_receive(world, &world->connections[segment->connection].ends[PEER],
			    (uint32_t)argument);
}

/* For some time the network delays packets to the watched host. */
static int64_t stall(struct world *world, int64_t time)
{
	if (world->now >= world->stall_until &&
	    random_ppm(&world->random, world->situation.stalls)) {
		world->stall_from = world->now;
		world->stall_until = world->now + random_in(&world->random, 150, 900) * MS;
	}
	return time < world->stall_until && world->now >= world->stall_from ? world->stall_until
									    : time;
}

static void send_one(struct world *world, uint32_t index)
{
	struct segment *segment = &world->segments[index];
	const struct situation *situation = &world->situation;
	bool out = segment->side == OURS;
	int64_t time = world->now + situation->delay +
		       random_in(&world->random, 0, situation->jitter);

	if (random_ppm(&world->random, out ? situation->lost_out : situation->lost_in)) {
		segment->fate = FATE_LOST;
		segment->fate_time = world->now;
		return;
	}
	if (!out)
		time = stall(world, time);
	if (random_ppm(&world->random, situation->reordered)) {
		world_at(world, time + random_in(&world->random, 0, 4 * situation->delay + 2 * MS),
			 arrive, NULL, index);
		return;
	}
	if (time <= world->arrival[segment->side])
		time = world->arrival[segment->side] + random_in(&world->random, 1, 8) * US;
	world->arrival[segment->side] = time;
	world_at(world, time, arrive, NULL, index);
}

void network_send(struct world *world, uint32_t index)
{
	const struct segment *segment = &world->segments[index];
	uint32_t count = 1;

	if (segment->segs > 1 && world->situation.network_splits) {
		index = world_split(world, index, world->connections[segment->connection].mss,
				    &count);
		for (uint32_t i = 0; i < count; i++)
			world->segments[index + i].left = true;
	}
	for (uint32_t i = 0; i < count; i++)
		send_one(world, index + i);
}
