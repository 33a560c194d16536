// SPDX-License-Identifier: GPL-2.0-or-later
#include "sim_inquiry.h"

bool is_captured(const struct inquiry *inquiry, uint32_t observation)
{
	for (uint32_t i = 0; i < inquiry->wire_count; i++) {
		if (inquiry->wires[i].has[observation])
			return true;
	}
	return false;
}

bool acknowledges(const struct segment *answer, uint32_t start, uint32_t end)
{
	if (!(answer->flags & TCP_ACK))
		return false;
	if (!before(answer->ack, end))
		return true;
	for (uint32_t i = answer->has_dsack; i < answer->sack_count; i++) {
		if (!before(start, answer->sack[i].start) && !before(answer->sack[i].end, end))
			return true;
	}
	return false;
}

struct proof {
	uint32_t duplicates, acknowledged, answered, echoes, transmissions;
	uint32_t start, end; /* of what the duplicates are of */
};

/* Those that this host did not drop, as far as the file of the events says. */
static uint32_t count_transmissions(const struct inquiry *inquiry)
{
	const struct world *world = inquiry->world;
	uint32_t count = 0;

	for (uint32_t i = 0; i < world->segment_count; i++) {
		const struct segment *other = &world->segments[i];
		bool dropped = other->fate == FATE_DROPPED && other->drop != NONE &&
			       !world->events[other->drop].forgotten;

		count += other->connection == inquiry->segment->connection && other->side == OURS &&
			 other->parent == NONE && other->segs && !dropped &&
			 before(other->seq, segment_end(inquiry->segment)) &&
			 before(inquiry->segment->seq, segment_end(other));
	}
	return count;
}

bool reports_duplicate(const struct inquiry *inquiry, const struct segment *answer)
{
	return answer->has_dsack && before(answer->sack[0].start, segment_end(inquiry->segment)) &&
	       before(inquiry->segment->seq, answer->sack[0].end);
}

/*
 * RFC 3522: the first answer after the event echoes an older transmission, and the receiver was
 * waiting for this very data, so that it has not kept the timestamp of other data. A reset has no
 * timestamp.
 */
static bool echoes_earlier(const struct inquiry *inquiry, const struct segment *answer,
			   uint32_t previous_ack)
{
	return inquiry->world->situation.timestamps && !(answer->flags & TCP_RST) &&
	       before(answer->tsecr, inquiry->segment->tsval) &&
	       !before(previous_ack, inquiry->segment->seq);
}

/* A file of two taps, or two files, have a packet twice. */
static bool was_seen_before(const struct inquiry *inquiry, uint32_t observation)
{
	const struct observation *all = inquiry->world->observations;

	for (uint32_t i = 0; i < observation; i++) {
		if (all[i].segment == all[observation].segment && is_captured(inquiry, i))
			return true;
	}
	return false;
}

static void add_duplicate(struct proof *proof, const struct segment *answer)
{
	const struct block *block = &answer->sack[0];

	if (!proof->duplicates || before(block->start, proof->start))
		proof->start = block->start;
	if (!proof->duplicates || before(proof->end, block->end))
		proof->end = block->end;
	proof->duplicates++;
}

static struct proof find_proof(const struct inquiry *inquiry)
{
	const struct world *world = inquiry->world;
	const struct segment *segment = inquiry->segment;
	struct proof proof = { .transmissions = count_transmissions(inquiry) };
	uint32_t ack = world->segments[0].seq;
	bool has_ack = false;

	for (uint32_t i = 0; i < world->observation_count; i++) {
		const struct segment *answer = &world->segments[world->observations[i].segment];
		bool later = world->observations[i].time > segment->sent;

		if (answer->side != PEER || answer->connection != segment->connection ||
		    answer->fate == FATE_DROPPED || !(answer->flags & TCP_ACK) ||
		    !is_captured(inquiry, i))
			continue;
		if (acknowledges(answer, segment->seq, segment_end(segment))) {
			proof.acknowledged += !later;
			proof.answered += later && !before(answer->ack, segment_end(segment));
			proof.echoes += later && has_ack && before(ack, segment_end(segment)) &&
					echoes_earlier(inquiry, answer, ack);
		}
		if (later && reports_duplicate(inquiry, answer) && !was_seen_before(inquiry, i))
			add_duplicate(&proof, answer);
		if (!has_ack || before(ack, answer->ack))
			ack = answer->ack;
		has_ack = true;
	}
	return proof;
}

/*
 * A DSACK says that one copy was one too many, not which: all but one must be accounted for. If all
 * but one were dropped here, the acknowledgement answers that one.
 */
bool has_proof(const struct inquiry *inquiry)
{
	struct proof proof = find_proof(inquiry);

	/* Those of some bytes say nothing of the others. */
	if (before(inquiry->segment->seq, proof.start) ||
	    before(proof.end, segment_end(inquiry->segment)))
		proof.duplicates = 0;
	return proof.acknowledged || proof.echoes ||
	       ((proof.duplicates || proof.answered) &&
		proof.duplicates + 1 >= proof.transmissions);
}

bool has_shared_duplicate(const struct inquiry *inquiry)
{
	struct proof proof = find_proof(inquiry);

	return proof.duplicates && proof.duplicates + 1 < proof.transmissions;
}
