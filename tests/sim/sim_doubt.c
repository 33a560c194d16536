// SPDX-License-Identifier: GPL-2.0-or-later
#include "sim_clock.h"
#include "sim_inquiry.h"

/* Returns up to where data is acknowledged that was so up to `to`; a block need not come again. */
static uint32_t acknowledged_to(const struct segment *answer, uint32_t to)
{
	if (before(to, answer->ack))
		to = answer->ack;
	for (uint32_t i = answer->has_dsack; i < answer->sack_count; i++) {
		if (!before(to, answer->sack[i].start) && before(to, answer->sack[i].end))
			to = answer->sack[i].end;
	}
	return to;
}

/*
 * RFC 7323: the first acknowledgement after the event has an older timestamp, but the receiver was
 * waiting for other data, whose timestamp that may be.
 */
static bool has_older_echo(const struct inquiry *inquiry, const struct segment *answer,
			   bool has_ack, uint32_t previous_ack)
{
	const struct segment *segment = inquiry->segment;

	return inquiry->world->situation.timestamps && !(answer->flags & TCP_RST) &&
	       acknowledges(answer, segment->seq, segment_end(segment)) &&
	       before(answer->tsecr, segment->tsval) &&
	       (!has_ack || before(previous_ack, segment_end(segment)));
}

/* Whether it is the event's packet, or a part of it. */
static bool is_own(const struct inquiry *inquiry, uint32_t observation)
{
	const struct world *world = inquiry->world;
	uint32_t segment = world->observations[observation].segment;

	return segment == inquiry->event->segment ||
	       world->segments[segment].parent == inquiry->event->segment;
}

/* When the event's packet was sent, as far as the frames of a tap say: no later than its event. */
static int64_t find_sent_time(const struct inquiry *inquiry, uint8_t tap)
{
	const struct observation *all = inquiry->world->observations;
	int64_t time = inquiry->event->time;

	for (uint32_t i = 0; i < inquiry->world->observation_count; i++) {
		if (all[i].tap == tap && all[i].time < time && is_own(inquiry, i) &&
		    is_captured(inquiry, i))
			time = all[i].time;
	}
	return time;
}

static const char *find_doubt_in_frames(const struct inquiry *inquiry)
{
	const struct world *world = inquiry->world;
	const int64_t sent[] = { find_sent_time(inquiry, 0), find_sent_time(inquiry, 1) };
	uint32_t first = inquiry->segment->seq, end = segment_end(inquiry->segment), to = first;
	bool has_ack = false;
	uint32_t ack = 0;

	for (uint32_t i = 0; i < world->observation_count; i++) {
		const struct segment *answer = &world->segments[world->observations[i].segment];

		if (answer->side != PEER || answer->connection != inquiry->segment->connection ||
		    answer->fate == FATE_DROPPED || !(answer->flags & TCP_ACK) ||
		    !is_captured(inquiry, i))
			continue;
		if (world->observations[i].time <= sent[world->observations[i].tap])
			to = acknowledged_to(answer, to);
		else if (has_older_echo(inquiry, answer, has_ack, ack))
			return "its acknowledgement has an older timestamp";
		else if (acknowledges(answer, first, end))
			break;
		if (!has_ack || before(ack, answer->ack))
			ack = answer->ack;
		has_ack = true;
	}
	return before(first, to) && before(to, end)
		       ? "its first bytes are acknowledged, but not all"
		       : NULL;
}

/*
 * Its own frame is in no file, and no event says why; an equal one before the event may be its own,
 * or that of the transmission before.
 */
static bool has_frame_of_either(const struct inquiry *inquiry)
{
	const struct world *world = inquiry->world;
	const struct segment *segment = inquiry->segment;
	bool found = false;

	if (segment->fate == FATE_DROPPED && !world->events[segment->drop].forgotten)
		return false;
	for (uint32_t i = 0; i < world->observation_count; i++) {
		int64_t before_it = inquiry->event->time - world->observations[i].time;

		if (!is_captured(inquiry, i))
			continue;
		if (is_own(inquiry, i))
			return false;
		found |= before_it >= 0 && before_it < 2 * MS &&
			 is_equal(world, segment, &world->segments[world->observations[i].segment]);
	}
	return found;
}

/*
 * Its parts, which have no IP ID, were on the wire within microseconds after equal ones: without a
 * whole packet that the capture has twice, these may be copies at another device.
 */
static bool has_equal_parts(const struct inquiry *inquiry)
{
	const struct world *world = inquiry->world;

	for (uint32_t i = 0; world->situation.ipv6 && i < world->observation_count; i++) {
		const struct observation *part = &world->observations[i];
		const struct segment *sent = &world->segments[part->segment];

		if (sent->parent != inquiry->event->segment || !is_captured(inquiry, i))
			continue;
		for (uint32_t j = 0; j < i; j++) {
			const struct observation *other = &world->observations[j];

			if (part->time - other->time < 50 * US && is_captured(inquiry, j) &&
			    other->segment != part->segment &&
			    is_equal(world, sent, &world->segments[other->segment]))
				return true;
		}
	}
	return false;
}

/* Transmissions of its first byte before it which left the host, as far as the files say. */
static uint32_t count_left(const struct inquiry *inquiry)
{
	const struct world *world = inquiry->world;
	const struct segment *segment = inquiry->segment;
	uint32_t count = 0, dropped = 0;
	int64_t first = inquiry->event->time;

	for (uint32_t i = 0; i < inquiry->event->segment; i++) {
		const struct segment *other = &world->segments[i];

		if (other->connection != segment->connection || other->side != OURS ||
		    other->parent != NONE || before(segment->seq, other->seq) ||
		    !before(segment->seq, segment_end(other)))
			continue;
		first = other->sent < first ? other->sent : first;
		if (other->fate == FATE_DROPPED)
			dropped++;
		else
			count++;
	}
	/* TCP sends once more without an event what was dropped the first time. */
	return count + (dropped && !is_covered(inquiry, first, inquiry->event->time));
}

/*
 * This host dropped an acknowledgement, which came so near to the event that it may answer that, or
 * which may be of an earlier transmission than the last.
 */
static bool has_doubtful_answer(const struct inquiry *inquiry)
{
	const struct world *world = inquiry->world;
	const struct segment *segment = inquiry->segment;
	bool has_several = count_left(inquiry) > 1;

	for (uint32_t i = 0; i < world->segment_count; i++) {
		const struct segment *answer = &world->segments[i];

		if (answer->side == PEER && answer->connection == segment->connection &&
		    answer->fate == FATE_DROPPED && answer->fate_time < segment->sent + 200 * US &&
		    acknowledges(answer, segment->seq, segment_end(segment)) &&
		    (has_several || answer->fate_time > segment->sent))
			return true;
	}
	return false;
}

/* A packet without IP ID that was dropped at the same time is equal to it. */
static bool has_equal_drop(const struct inquiry *inquiry)
{
	const struct world *world = inquiry->world;
	const struct segment *segment = inquiry->segment;

	for (uint32_t i = 0; i < world->event_count && !segment->ip_id; i++) {
		const struct host_event *drop = &world->events[i];
		const struct segment *other = &world->segments[drop->segment];
		int64_t apart = drop->time - inquiry->event->time;

		if (drop->kind == EVENT_DROP && other->connection == segment->connection &&
		    other->side == OURS && other->seq == segment->seq &&
		    other->payload_len == segment->payload_len && other->tsval == segment->tsval &&
		    other->ack == segment->ack && apart < 50 * US && apart > -50 * US)
			return true;
	}
	return false;
}

/* A transmission of its data whose event is not in the file, and a DSACK that may be of it. */
static bool has_unknown_duplicate(const struct inquiry *inquiry)
{
	const struct world *world = inquiry->world;
	bool is_resent = false, is_reported = false;

	for (uint32_t i = 0; i < world->event_count; i++) {
		const struct host_event *event = &world->events[i];
		const struct segment *other = &world->segments[event->segment];

		is_resent |= event->forgotten && event->kind != EVENT_DROP &&
			     other->connection == inquiry->segment->connection &&
			     before(other->seq, segment_end(inquiry->segment)) &&
			     before(inquiry->segment->seq, segment_end(other));
	}
	for (uint32_t i = 0; is_resent && i < world->segment_count; i++) {
		const struct segment *answer = &world->segments[i];

		is_reported |= answer->side == PEER &&
			       answer->connection == inquiry->segment->connection &&
			       reports_duplicate(inquiry, answer);
	}
	return is_reported;
}

const char *find_doubt(const struct inquiry *inquiry)
{
	const char *doubt = find_doubt_in_frames(inquiry);

	if (doubt)
		return doubt;
	if (has_doubtful_answer(inquiry))
		return "a dropped acknowledgement may answer another transmission";
	if (has_frame_of_either(inquiry))
		return "a frame is of it, or of the transmission before it";
	if (has_equal_parts(inquiry))
		return "its parts are equal to those of the transmission before it";
	if (has_equal_drop(inquiry))
		return "a drop may be of it, or of the transmission before it";
	if (has_shared_duplicate(inquiry))
		return "a DSACK may be of it, or of another transmission";
	return has_unknown_duplicate(inquiry) ? "a DSACK may be of a transmission without an event"
					      : NULL;
}
