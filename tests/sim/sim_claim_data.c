// SPDX-License-Identifier: GPL-2.0-or-later
#include "sim_claim.h"

#define SLACK	(100 * US) /* by which the program may be wrong about a clock */
#define NEAR_NS (20 * US)
#define LONG_NS (99 * MS)

bool claim_is_of(const struct claim *claim, uint32_t observation, uint32_t segment)
{
	const struct world *world = claim->inquiry.world;
	uint32_t seen = world->observations[observation].segment;

	return seen == segment || seen == world->segments[segment].parent ||
	       world->segments[seen].parent == segment;
}

static bool is_own_part(const struct claim *claim, const struct segment *other)
{
	uint32_t own = claim->inquiry.event->segment;

	return other == claim->inquiry.segment || other->parent == own;
}

bool claim_shares_data(const struct claim *claim, const struct segment *other)
{
	const struct segment *own = claim->inquiry.segment;

	return other->side == OURS && other->connection == own->connection &&
	       !is_own_part(claim, other) && before(other->seq, segment_end(own)) &&
	       before(own->seq, segment_end(other));
}

/* The frame's packet, if it is an acknowledgement by the other end; NULL. */
static const struct segment *find_ack(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;
	const struct segment *ack;

	if (claim->observation == NONE)
		return NULL;
	ack = &world->segments[world->observations[claim->observation].segment];
	return ack->side == PEER && ack->connection == claim->inquiry.segment->connection &&
			       ack->flags & TCP_ACK
		       ? ack
		       : NULL;
}

static const char *find_not_all_acked(const struct claim *claim)
{
	const struct segment *own = claim->inquiry.segment, *ack = find_ack(claim);

	return ack && acknowledges(ack, own->seq, segment_end(own))
		       ? NULL
		       : "the frame does not acknowledge it";
}

const char *claim_new_data(const struct claim *claim)
{
	return claim->inquiry.event->new_data ? NULL : "its data was sent before";
}

const char *claim_reset(const struct claim *claim)
{
	return claim->inquiry.event->kind == EVENT_RESET ? NULL : "it is no reset";
}

/* Whether the event is the drop of an earlier transmission of its data. */
static bool is_earlier_drop(const struct claim *claim, const struct host_event *drop)
{
	return drop->kind == EVENT_DROP && drop->time <= claim->inquiry.event->time + SLACK &&
	       claim_shares_data(claim, &claim->inquiry.world->segments[drop->segment]);
}

const char *claim_perhaps_resent(const struct claim *claim)
{
	const struct host_event *drop = &claim->inquiry.world->events[claim->other];

	if (!is_earlier_drop(claim, drop))
		return "the event is no drop of it";
	return is_covered(&claim->inquiry, drop->time, claim->inquiry.event->time)
		       ? "a whole capture has all that was sent since"
		       : NULL;
}

const char *claim_acked_part(const struct claim *claim)
{
	const struct segment *own = claim->inquiry.segment, *ack = find_ack(claim);

	if (!ack || !acknowledges(ack, own->seq, own->seq + 1))
		return "the frame does not acknowledge its first bytes";
	return acknowledges(ack, own->seq, segment_end(own)) ? "the frame acknowledges all of it"
							     : NULL;
}

/* The DSACK of its data in the frame of a capture, which came after it; NULL: there is none. */
static const struct block *find_dsack(const struct claim *claim, uint32_t observation)
{
	const struct world *world = claim->inquiry.world;
	const struct segment *ack = &world->segments[world->observations[observation].segment];

	return ack->side == PEER && ack->connection == claim->inquiry.segment->connection &&
			       is_captured(&claim->inquiry, observation) &&
			       world->observations[observation].time >
				       claim->inquiry.segment->sent &&
			       reports_duplicate(&claim->inquiry, ack)
		       ? &ack->sack[0]
		       : NULL;
}

static bool is_transmission(const struct claim *claim, const struct host_event *event)
{
	return event->kind != EVENT_DROP && event->kind != EVENT_RESET &&
	       claim_shares_data(claim, &claim->inquiry.world->segments[event->segment]);
}

const char *claim_dsack_of_lost(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;
	bool is_reported = false;

	for (uint32_t i = 0; i < world->observation_count; i++)
		is_reported |= find_dsack(claim, i) != NULL;
	if (!is_reported)
		return "no DSACK reports it";
	for (uint32_t i = 0; i < world->event_count; i++) {
		if (world->events[i].forgotten && is_transmission(claim, &world->events[i]) &&
		    world->events[i].time > claim->inquiry.event->time)
			return NULL;
	}
	return "no event of a later transmission was lost";
}

/* Whether another retransmission has data of the block. */
static bool is_of_others(const struct claim *claim, const struct block *block)
{
	const struct world *world = claim->inquiry.world;

	for (uint32_t i = 0; i < claim->recording->event_count; i++) {
		const struct host_event *event = &world->events[claim->recording->order[i]];
		const struct segment *sent = &world->segments[event->segment];

		if (event->retransmit && event != claim->inquiry.event &&
		    sent->connection == claim->inquiry.segment->connection &&
		    before(sent->seq, block->end) && before(block->start, segment_end(sent)))
			return true;
	}
	return false;
}

const char *claim_dsacks_of_others(const struct claim *claim)
{
	const char *untrue = "no DSACK reports it";

	for (uint32_t i = 0; i < claim->inquiry.world->observation_count; i++) {
		const struct block *block = find_dsack(claim, i);

		if (block && is_of_others(claim, block))
			return NULL;
		if (block)
			untrue = "no other retransmission has that data";
	}
	return untrue;
}

const char *claim_older_echo(const struct claim *claim)
{
	const struct segment *ack = find_ack(claim);
	const char *untrue = find_not_all_acked(claim);

	if (untrue)
		return untrue;
	if (!claim->inquiry.world->situation.timestamps ||
	    !before(ack->tsecr, claim->inquiry.segment->tsval))
		return "the frame has no older timestamp";
	return NULL;
}

const char *claim_parts_dropped(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;
	const struct segment *own = claim->inquiry.segment;
	const char *untrue = "this host dropped no part of it";

	for (uint32_t i = 0; i < claim->recording->event_count; i++) {
		const struct host_event *drop = &world->events[claim->recording->order[i]];

		if (!is_earlier_drop(claim, drop) ||
		    !before(own->seq, world->segments[drop->segment].seq))
			continue;
		if (!is_covered(&claim->inquiry, drop->time, claim->inquiry.event->time))
			return NULL;
		untrue = "a whole capture has all that was sent since";
	}
	return untrue;
}

const char *claim_many_parts(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;
	uint32_t count = 0;

	for (uint32_t i = 0; i < claim->recording->event_count; i++) {
		const struct host_event *drop = &world->events[claim->recording->order[i]];

		count += is_earlier_drop(claim, drop) &&
			 before(claim->inquiry.segment->seq, world->segments[drop->segment].seq);
	}
	return count > 2 ? NULL : "this host did not drop as many parts of it";
}

const char *claim_unseen(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;
	const struct host_event *sent = &world->events[claim->other];

	if (!is_transmission(claim, sent) || sent->time > claim->inquiry.event->time)
		return "the event did not send it";
	for (uint32_t i = 0; i < world->observation_count; i++) {
		if (is_captured(&claim->inquiry, i) && claim_is_of(claim, i, sent->segment))
			return "the packet of the event is in a capture";
	}
	return NULL;
}

const char *claim_acked_in_gap(const struct claim *claim)
{
	const char *untrue = find_not_all_acked(claim);

	if (untrue)
		return untrue;
	if (claim->inquiry.segment->fate != FATE_DROPPED && !claim->inquiry.event->err)
		return "it left this host";
	return is_covered(&claim->inquiry, claim->inquiry.event->time,
			  claim->inquiry.world->observations[claim->observation].time)
		       ? "a whole capture has all that was sent before that"
		       : NULL;
}

/* Transmissions of its data before it. */
static uint32_t count_transmissions(const struct claim *claim)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < claim->inquiry.event->segment; i++) {
		const struct segment *other = &claim->inquiry.world->segments[i];

		count += other->parent == NONE && claim_shares_data(claim, other);
	}
	return count;
}

/* Whether a capture shows that its data was sent no more than once before. */
static bool was_sent_once(const struct claim *claim)
{
	uint32_t earlier = find_previous(&claim->inquiry);

	return count_transmissions(claim) < 2 && earlier != NONE &&
	       is_covered(&claim->inquiry, claim->inquiry.world->segments[earlier].sent,
			  claim->inquiry.event->time);
}

/* With one transmission before, the acknowledgement came when the event's was on its way. */
const char *claim_dropped_ack(const struct claim *claim)
{
	const struct segment *own = claim->inquiry.segment;
	const struct host_event *drop = &claim->inquiry.world->events[claim->other];
	const struct segment *ack = &claim->inquiry.world->segments[drop->segment];

	if (drop->kind != EVENT_DROP || ack->side != PEER || ack->connection != own->connection ||
	    !acknowledges(ack, own->seq, segment_end(own)))
		return "the event dropped no acknowledgement of it";
	return was_sent_once(claim) && drop->time <= own->sent - SLACK
		       ? "it was sent only once before"
		       : NULL;
}

const char *claim_order_unknown(const struct claim *claim)
{
	const struct world *world = claim->inquiry.world;
	const struct host_event *drop = &world->events[claim->other];
	const struct wire *wire = &claim->recording->wires[claim->wire];
	int64_t apart;

	if (!is_earlier_drop(claim, drop))
		return "the event is no drop of it";
	if (claim->observation == NONE ||
	    !claim_shares_data(claim,
			       &world->segments[world->observations[claim->observation].segment]))
		return "the frame did not send it";
	if (!wire->plan->offset && !wire->plan->drift_ppm)
		return "the clocks are the same";
	apart = drop->time - world->observations[claim->observation].time;
	return apart < NEAR_NS + SLACK && apart > -NEAR_NS - SLACK ? NULL : "they are not near";
}

/* Whether an event between these times is not in the file. */
static bool has_lost_event(const struct claim *claim, int64_t from, int64_t until)
{
	const struct world *world = claim->inquiry.world;

	for (uint32_t i = 0; i < world->event_count; i++) {
		if (world->events[i].forgotten && world->events[i].time >= from &&
		    world->events[i].time <= until)
			return true;
	}
	return false;
}

const char *claim_ack_drop_lost(const struct claim *claim)
{
	const struct segment *own = claim->inquiry.segment, *ack = find_ack(claim);
	int64_t came;

	if (!ack || !acknowledges(ack, own->seq, segment_end(own)))
		return "the frame does not acknowledge it";
	came = claim->inquiry.world->observations[claim->observation].time;
	if (came > claim->inquiry.event->time - LONG_NS)
		return "the frame is not long before it";
	return has_lost_event(claim, came, claim->inquiry.event->time)
		       ? NULL
		       : "no event was lost since that frame";
}

const char *claim_rest_lost(const struct claim *claim)
{
	const struct host_event *drop = &claim->inquiry.world->events[claim->other];

	if (!is_earlier_drop(claim, drop))
		return "the event is no drop of a part of it";
	return has_lost_event(claim, drop->time, claim->inquiry.event->time)
		       ? NULL
		       : "no event was lost since that drop";
}
