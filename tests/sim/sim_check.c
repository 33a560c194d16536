// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "sim_check.h"
#include "sim_tcp.h"

/*
 * Whether the segment, or for a part the whole that it is cut from, passed a tap before that time.
 */
static bool was_seen(const struct world *world, uint32_t segment, int64_t time)
{
	for (uint32_t i = 0; i < world->observation_count; i++) {
		if (world->observations[i].segment == segment &&
		    world->observations[i].time <= time)
			return true;
	}
	return false;
}

/* Drops before the wire are on no tap, all others are, before they are dropped. */
static const char *check_drop(const struct world *world, const struct host_event *drop)
{
	const struct segment *segment = &world->segments[drop->segment];
	bool seen = was_seen(world, drop->segment, drop->time);
	bool driver = strcmp(drop->reason, "FULL_RING") == 0;

	if (segment->side != OURS && drop->direction == EVENT_OUT)
		return "a received packet is dropped on its way out";
	if (seen != (drop->direction == EVENT_IN || driver || drop->hop))
		return seen ? "a drop before the tap is on it"
			    : "a drop after the tap is not on it";
	if (drop->time < segment->sent)
		return "a packet is dropped before it is sent";
	return NULL;
}

/* A retransmitted segment was sent before, and TCP has no acknowledgement of it. */
static const char *check_sent(const struct world *world, const struct host_event *event)
{
	const struct segment *again = &world->segments[event->segment];
	bool before_it = false;

	for (uint32_t i = 0; i < world->segment_count; i++) {
		const struct segment *other = &world->segments[i];

		if (other->connection != again->connection)
			continue;
		if (other->side == PEER && other->fate == FATE_ARRIVED && other->flags & TCP_ACK &&
		    other->fate_time < again->sent && !before(other->ack, segment_end(again)) &&
		    world->connections[other->connection].ends[OURS].state == TCP_OPEN &&
		    other->drop == NONE)
			return "data is sent again though TCP has its acknowledgement";
		before_it |= i < event->segment && other->side == OURS &&
			     !before(again->seq, other->seq) &&
			     before(again->seq, segment_end(other));
	}
	return before_it ? NULL : "data is sent again that was not sent before";
}

/* An end acknowledges only what the other has sent. */
static const char *check_ack(const struct world *world, const struct segment *segment)
{
	const struct connection *connection = &world->connections[segment->connection];
	const struct tcp *other = &connection->ends[!segment->side];

	if (segment->flags & TCP_ACK && before(other->snd_nxt, segment->ack))
		return "an acknowledgement of what was not sent";
	if (segment->fate == FATE_DROPPED && segment->drop == NONE)
		return "a dropped packet without an event";
	return NULL;
}

static const char *check_event(const struct world *world, const struct host_event *event)
{
	if (event->kind == EVENT_DROP)
		return check_drop(world, event);
	if (event->kind == EVENT_RESET || event->new_data)
		return NULL;
	return check_sent(world, event);
}

bool world_check(const struct world *world)
{
	const char *wrong = NULL;
	uint32_t i;

	for (i = 0; !wrong && i < world->event_count; i++)
		wrong = check_event(world, &world->events[i]);
	if (wrong)
		fprintf(stderr, "the simulated world is wrong: event %u: %s\n", i - 1, wrong);
	for (i = 0; !wrong && i < world->segment_count; i++) {
		wrong = check_ack(world, &world->segments[i]);
		if (wrong)
			fprintf(stderr, "the simulated world is wrong: segment %u: %s\n", i, wrong);
	}
	return !wrong;
}
