// SPDX-License-Identifier: GPL-2.0-or-later
#include "sim_claim.h"
#include "sim_clock.h"

#define EQUAL_NS (1 * MS)
#define SLACK	 (100 * US) /* by which the program may be wrong about a clock */
#define JUST_NS	 (50 * US)  /* "just after" */

/* What the event has of its packet may be less than the packet had. */
static bool looks_equal(const struct claim *claim, const struct segment *other)
{
	const struct segment *own = claim->inquiry.segment;

	if (!claim->inquiry.event->synthesized)
		return is_equal(claim->inquiry.world, own, other);
	return own->connection == other->connection && own->side == other->side &&
	       own->seq == other->seq && own->payload_len == other->payload_len &&
	       own->flags == other->flags;
}

const char *claim_equal_frame(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;
	const struct wire *wire = &claim->recording->wires[claim->wire];

	for (uint32_t i = 0; i < world->observation_count; i++) {
		int64_t apart = world->observations[i].time - claim->inquiry.event->time;

		if (wire->has[i] && apart < EQUAL_NS + SLACK && apart > -EQUAL_NS - SLACK &&
		    looks_equal(claim, &world->segments[world->observations[i].segment]))
			return NULL;
	}
	return "no frame near it is equal";
}

/* Whether another transmission before the event looks like its packet. */
static bool has_equal_before(const struct claim *claim)
{
	for (uint32_t i = 0; i < claim->inquiry.event->segment; i++) {
		if (looks_equal(claim, &claim->inquiry.world->segments[i]))
			return true;
	}
	return false;
}

/* Whether the segment is the event's packet, or an earlier one that is equal. */
static bool is_either(const struct claim *claim, uint32_t segment)
{
	return segment == claim->inquiry.event->segment ||
	       (segment < claim->inquiry.event->segment &&
		looks_equal(claim, &claim->inquiry.world->segments[segment]));
}

const char *claim_either_frame(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;

	if (claim->observation == NONE ||
	    !is_either(claim, world->observations[claim->observation].segment))
		return "the frame is of another packet";
	return NULL;
}

const char *claim_either_drop(const struct claim *claim)
{
	const struct host_event *drop = &claim->inquiry.world->events[claim->other];

	if (!has_equal_before(claim))
		return "its earlier transmissions are not equal to it";
	/* A third one may be equal, too. */
	if (drop->kind != EVENT_DROP ||
	    !looks_equal(claim, &claim->inquiry.world->segments[drop->segment]))
		return "the event is not a drop of either";
	return NULL;
}

/* Whether the event says that this host dropped an acknowledgement of its data, without an ID. */
static bool is_dropped_ack(const struct claim *claim, const struct host_event *drop)
{
	const struct segment *own = claim->inquiry.segment;
	const struct segment *ack = &claim->inquiry.world->segments[drop->segment];

	return drop->kind == EVENT_DROP && !ack->ip_id && ack->side == PEER &&
	       ack->connection == own->connection && acknowledges(ack, own->seq, segment_end(own));
}

/* Whether a capture has such a packet before the event. */
static bool came_before(const struct claim *claim, const struct segment *ack)
{
	const struct world *world = claim->inquiry.world;

	for (uint32_t i = 0; i < world->observation_count; i++) {
		if (is_captured(&claim->inquiry, i) &&
		    world->observations[i].time <= claim->inquiry.event->time + SLACK &&
		    is_equal(world, ack, &world->segments[world->observations[i].segment]))
			return true;
	}
	return false;
}

const char *claim_dropped_acks(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;

	for (uint32_t i = 0; i < claim->recording->event_count; i++) {
		const struct host_event *drop = &world->events[claim->recording->order[i]];

		if (is_dropped_ack(claim, drop) &&
		    came_before(claim, &world->segments[drop->segment]))
			return NULL;
	}
	return "this host dropped no acknowledgement of it that came before";
}

/* Whether the segment was sent just before it, and looks like a part of its packet. */
static bool is_like_part(const struct claim *claim, const struct segment *part)
{
	const struct segment *own = claim->inquiry.segment;

	return claim_shares_data(claim, part) && part->ack == own->ack &&
	       part->tsval == own->tsval &&
	       (claim->inquiry.world->situation.ipv6 || part->ip_id == own->ip_id) &&
	       part->sent <= own->sent && own->sent - part->sent < JUST_NS + SLACK;
}

const char *claim_equal_parts(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;

	for (uint32_t i = 0; i < world->observation_count; i++) {
		if (world->observations[i].segment != claim->inquiry.event->segment ||
		    !is_captured(&claim->inquiry, i))
			continue;
		for (uint32_t j = 0; j < claim->inquiry.event->segment; j++) {
			if (is_like_part(claim, &world->segments[j]))
				return NULL;
		}
		return "no equal part of it was sent just before it";
	}
	return "it is in no capture as a whole";
}

const char *claim_part_twice(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;

	for (uint32_t i = 0; i < world->segment_count; i++) {
		if (is_like_part(claim, &world->segments[i]) &&
		    world->segments[i].seq == claim->inquiry.segment->seq)
			return NULL;
	}
	return "nothing that begins as it does was sent just before it";
}
