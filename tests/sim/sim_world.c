// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_tcp.h"

#define LIFETIME     (30 * SECOND)
#define SEGMENTS_MAX 6000 /* a connection that cannot end need not fill the disk */

struct timer {
	int64_t time;
	uint64_t order; /* timers of one time fire in the order in which they were added */
	timer_fn call;
	void *object;
	uint64_t argument;
};

void *sim_grow(void *array, uint32_t count, uint32_t *capacity, size_t size)
{
	if (count < *capacity)
		return array;
	*capacity = *capacity ? *capacity * 2 : 64;
	array = reallocarray(array, *capacity, size);
	if (!array) {
		fputs("out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return array;
}

static bool is_earlier(const struct timer *a, const struct timer *b)
{
	return a->time != b->time ? a->time < b->time : a->order < b->order;
}

void world_at(struct world *world, int64_t time, timer_fn call, void *object, uint64_t argument)
{
	uint32_t capacity = (uint32_t)world->timer_capacity;
	size_t at = world->timer_count;
	struct timer timer = { time, world->timers_added++, call, object, argument };

	world->timers = sim_grow(world->timers, (uint32_t)at, &capacity, sizeof(timer));
	world->timer_capacity = capacity;
	world->timer_count++;
	for (; at > 0 && is_earlier(&timer, &world->timers[(at - 1) / 2]); at = (at - 1) / 2)
		world->timers[at] = world->timers[(at - 1) / 2];
	world->timers[at] = timer;
}

static struct timer take_first(struct world *world)
{
	struct timer first = world->timers[0], last = world->timers[--world->timer_count];
	size_t at = 0, child;

	while ((child = at * 2 + 1) < world->timer_count) {
		if (child + 1 < world->timer_count &&
		    is_earlier(&world->timers[child + 1], &world->timers[child]))
			child++;
		if (!is_earlier(&world->timers[child], &last))
			break;
		world->timers[at] = world->timers[child];
		at = child;
	}
	world->timers[at] = last;
	return first;
}

uint32_t world_add_segment(struct world *world, const struct segment *segment)
{
	world->segments = sim_grow(world->segments, world->segment_count, &world->segment_capacity,
				   sizeof(*segment));
	world->segments[world->segment_count] = *segment;
	return world->segment_count++;
}

uint32_t world_split(struct world *world, uint32_t segment, uint32_t mss, uint32_t *count)
{
	struct segment whole = world->segments[segment], part = whole;
	uint32_t first = world->segment_count;

	part.parent = segment;
	part.segs = 1;
	for (uint32_t at = 0; at < whole.payload_len; at += mss) {
		bool last = at + mss >= whole.payload_len;

		part.seq = whole.seq + at;
		part.payload_len = last ? whole.payload_len - at : mss;
		part.flags = last ? whole.flags : whole.flags & ~(TCP_FIN | TCP_PSH);
		part.ip_id = (uint16_t)(whole.ip_id + at / mss);
		world_add_segment(world, &part);
	}
	*count = world->segment_count - first;
	world->segments[segment].fate = FATE_SPLIT;
	world->segments[segment].parts = *count;
	return first;
}

void world_see(struct world *world, uint32_t segment, uint8_t tap, bool outbound)
{
	world->observations = sim_grow(world->observations, world->observation_count,
				       &world->observation_capacity, sizeof(*world->observations));
	world->observations[world->observation_count++] = (struct observation){
		.time = world->now,
		.segment = segment,
		.tap = tap,
		.outbound = outbound,
	};
}

uint32_t world_report(struct world *world, int64_t time, const struct host_event *event)
{
	world->events = sim_grow(world->events, world->event_count, &world->event_capacity,
				 sizeof(*event));
	world->events[world->event_count] = *event;
	world->events[world->event_count].time = time;
	world->events[world->event_count].forgotten = random_ppm(&world->random,
								 world->situation.forgotten);
	return world->event_count++;
}

void world_drop(struct world *world, int64_t time, const struct host_event *event)
{
	struct host_event drop = *event;
	struct segment *segment = &world->segments[event->segment];

	drop.kind = EVENT_DROP;
	segment->drop = world_report(world, time, &drop);
	segment->fate = FATE_DROPPED;
	segment->fate_time = time;
	segment->left = true;
}

static void draw_writes(struct world *world, struct tcp *tcp, uint32_t count, uint32_t most,
			int64_t pause)
{
	for (tcp->write_count = 0; tcp->write_count < count; tcp->write_count++) {
		tcp->writes[tcp->write_count].after = random_in(&world->random, 0, pause);
		tcp->writes[tcp->write_count].bytes = (uint32_t)random_in(&world->random, 1, most);
	}
}

/* Bulk in one direction, requests and answers, or a trickle. */
static void draw_application(struct world *world, struct connection *connection)
{
	struct random *random = &world->random;
	struct tcp *busy = &connection->ends[random_ppm(random, 700000) ? OURS : PEER];
	struct tcp *other = &connection->ends[!busy->side];

	switch (random_in(random, 0, 2)) {
	case 0:
		draw_writes(world, busy, (uint32_t)random_in(random, 1, 4), 90000, 200 * MS);
		draw_writes(world, other, (uint32_t)random_in(random, 0, 2), 500, 300 * MS);
		break;
	case 1:
		draw_writes(world, busy, (uint32_t)random_in(random, 2, 8), 8000, 400 * MS);
		draw_writes(world, other, (uint32_t)random_in(random, 2, 8), 8000, 400 * MS);
		break;
	default:
		draw_writes(world, busy, (uint32_t)random_in(random, 3, 20), 300, 250 * MS);
		draw_writes(world, other, (uint32_t)random_in(random, 0, 6), 300, 500 * MS);
	}
	busy->closes_first = true;
	busy->aborts = random_ppm(random, 50000);
}

static void draw_end(struct world *world, struct connection *connection, enum side side)
{
	struct tcp *tcp = &connection->ends[side];
	struct random *random = &world->random;

	tcp->connection = connection;
	tcp->side = side;
	tcp->iss = (uint32_t)random_next(random);
	if (random_ppm(random, 200000)) /* soon to wrap */
		tcp->iss = UINT32_MAX - (uint32_t)random_in(random, 0, 30000);
	tcp->snd_una = tcp->snd_nxt = tcp->write_seq = tcp->iss;
	tcp->cwnd = 10;
	tcp->ssthresh = UINT32_MAX;
	tcp->rto = SECOND;
	tcp->ip_id = (uint16_t)random_next(random);
	tcp->clock_base = (uint32_t)random_next(random);
	tcp->quick_acks = (uint32_t)random_in(random, 0, 16);
}

static void add_connection(struct world *world, uint32_t index)
{
	struct connection *connection = &world->connections[index];
	const struct situation *situation = &world->situation;
	struct random *random = &world->random;
	int64_t start = situation->same_ports ? index * 6 * SECOND : 0;

	connection->index = index;
	connection->ipv6 = situation->ipv6;
	connection->timestamps = situation->timestamps;
	connection->sack = situation->sack;
	connection->dsack = situation->sack && situation->dsack;
	connection->client_is_ours = random_ppm(random, 750000);
	connection->mss = (situation->ipv6 ? 1440 : 1460) - (situation->timestamps ? 12 : 0);
	connection->ports[OURS] =
		(uint16_t)(40000 +
			   (situation->same_ports || situation->same_addresses ? 0 : index));
	connection->ports[PEER] = 443;
	connection->nat_port = (uint16_t)(connection->ports[OURS] + 9000);
	draw_end(world, connection, OURS);
	draw_end(world, connection, PEER);
	if (situation->same_ports && index)
		connection->client_is_ours = world->connections[0].client_is_ours;
	draw_application(world, connection);
	world_at(world, start + random_in(random, 1, 300 * MS), tcp_connect, connection, 0);
}

void world_run(struct world *world, uint64_t seed, const struct situation *situation)
{
	*world = (struct world){ .random = { seed ^ 0x5eed }, .situation = *situation };
	world->connection_count = situation->connections;
	world->connections = calloc(situation->connections, sizeof(*world->connections));
	if (!world->connections)
		abort();
	for (uint32_t i = 0; i < situation->connections; i++)
		add_connection(world, i);
	while (world->timer_count && world->segment_count < SEGMENTS_MAX) {
		struct timer timer = take_first(world);

		if (timer.time > LIFETIME)
			break;
		world->now = timer.time;
		timer.call(world, timer.object, timer.argument);
	}
}

void world_free(struct world *world)
{
	for (uint32_t i = 0; i < world->connection_count; i++) {
		free(world->connections[i].ends[OURS].sent);
		free(world->connections[i].ends[PEER].sent);
	}
	free(world->connections);
	free(world->timers);
	free(world->segments);
	free(world->observations);
	free(world->events);
	*world = (struct world){ 0 };
}
