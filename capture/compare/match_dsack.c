// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_assign.h"
#include "match_dsack.h"
#include "match_time.h"

#define SEGMENT_MAX   65535	/* of a retransmission that begins before a DSACK's block */
#define COPY_NS	      20000	/* to the same packet at another device */
#define LOOK_BACK     64	/* events of one first byte, for the one that a DSACK reports */
#define LOOK_AHEAD_NS 100000000 /* by which an event may be later than its frame */
#define DSACKS_KEPT   16

struct dsack {
	uint32_t start, end;
	struct frame_ref frame;
	bool has_echo; /* it may be that of the duplicate */
	uint32_t echo;
	uint32_t tsval;
	uint16_t ip_id; /* 0 with IPv6 */
	uint32_t copies;
};

struct dsack_list {
	uint32_t added;
	struct dsack last[DSACKS_KEPT];
};

void dsack_list_free(struct dsack_list *list)
{
	free(list);
}

/* Whether the event has a DSACK of the same data: that of other data is of another part of it. */
static bool is_again(const struct tx_evidence *tx, const struct dsack *dsack)
{
	return tx->dsack.frame && before32(dsack->start, tx->dsack_end) &&
	       before32(tx->dsack_start, dsack->end);
}

static void report(struct tx_evidence *tx, const struct dsack *dsack)
{
	bool is_first = !tx->dsack.frame;

	if (is_first || before32(dsack->start, tx->dsack_start))
		tx->dsack_start = dsack->start;
	if (is_first || before32(tx->dsack_end, dsack->end))
		tx->dsack_end = dsack->end;
	if (is_first)
		tx->dsack = dsack->frame;
}

/*
 * A DSACK that is given to another event is of a part of this one, too: several of them may be of
 * all of it.
 */
static void note_part(struct matcher *matcher, uint32_t index, const struct dsack *dsack)
{
	const struct segment_info *packet = &matcher->events[index].packet;
	struct tx_evidence *tx = tx_of(matcher, index);

	if (tx->dsack.frame)
		return;
	if (tx->dsack_start == tx->dsack_end)
		tx->dsack_start = tx->dsack_end = dsack->start;
	if (before32(dsack->start, tx->dsack_start))
		tx->dsack_start = dsack->start;
	if (before32(tx->dsack_end, dsack->end))
		tx->dsack_end = dsack->end;
	tx->dsack_unsure |= !before32(packet->seq, tx->dsack_start) &&
			    !before32(tx->dsack_end, segment_end(packet));
}

/*
 * Another transmission of the data, whose event was lost, is between the event and the DSACK, which
 * reports that one, the event's or both.
 */
static bool is_of_lost(const struct matcher *matcher, uint32_t index, const struct dsack *dsack)
{
	const struct segment_info *packet = &matcher->events[index].packet;
	const struct tx_evidence *tx = tx_of(matcher, index);

	return matcher->has_lost && matcher->events[index].kind != EVENT_TLP &&
	       (tx->part_tx_lost ||
		(tx->next_tx.frame && tx->next_tx_lost && tx->next_tx.time < dsack->frame.time)) &&
	       before32(packet->seq, dsack->end) && before32(dsack->start, segment_end(packet));
}

/*
 * RFC 7323: a receiver keeps the timestamp of data below its ACK, unless it has a later one. So the
 * echo is not older than the transmission that comes as a duplicate. exactly: it is the same, and
 * the event has all data of the block.
 */
static bool fits_echo(const struct matcher *matcher, uint32_t index, const struct dsack *dsack,
		      bool exactly)
{
	struct segment_info packet = matcher->events[index].packet;

	if (!packet.has_timestamps && is_matched(&matcher->current[index]))
		packet = matched_segment(matcher, index);
	if (!dsack->has_echo || !packet.has_timestamps)
		return !exactly;
	if (!exactly)
		return !before32(dsack->echo, packet.tsval);
	return dsack->echo == packet.tsval && !before32(dsack->start, packet.seq) &&
	       !before32(segment_end(&packet), dsack->end);
}

static bool is_reported(const struct matcher *matcher, uint32_t index, uint32_t connection,
			const struct dsack *dsack)
{
	const struct match_event *event = &matcher->events[index];
	const struct evidence *evidence = &matcher->current[index];

	return is_retransmission(event) && event->has_snapshot &&
	       !was_stopped(matcher, matcher->current, index) &&
	       evidence->connection == connection && !is_again(tx_of(matcher, index), dsack) &&
	       sent_at(matcher, index) < dsack->frame.time &&
	       before32(event->packet.seq, dsack->end) &&
	       before32(dsack->start, segment_end(&event->packet));
}

/*
 * Returns the last event of the run that the DSACK may report; NONE: there is none. If the echo
 * fits none, it is that of an earlier transmission that came late: the last one was not needed.
 */
static uint32_t find_reported(struct matcher *matcher, const struct seq_run *run,
			      uint32_t connection, const struct dsack *dsack, bool exactly)
{
	struct event_range events = index_run_events(&matcher->index, run);
	int64_t latest = time_move(dsack->frame.time, LOOK_AHEAD_NS);
	uint32_t end = index_count_before(matcher->events, events, latest), last = NONE;
	bool is_lost = false;

	for (uint32_t i = 0; i < end && i < LOOK_BACK; i++) {
		uint32_t index = events.events[end - 1 - i];

		if (!exactly && is_of_lost(matcher, index, dsack)) {
			tx_of(matcher, index)->dsack_doubtful = true;
			is_lost = true;
		}
		if (is_lost || !is_reported(matcher, index, connection, dsack))
			continue;
		if (fits_echo(matcher, index, dsack, exactly))
			return index;
		if (last == NONE && !exactly)
			last = index;
	}
	return last;
}

static bool is_within(const struct matcher *matcher, uint32_t index, const struct dsack *dsack)
{
	const struct segment_info *packet = &matcher->events[index].packet;

	return !before32(packet->seq, dsack->start) && !before32(dsack->end, segment_end(packet));
}

static bool is_later(const struct matcher *matcher, uint32_t index, uint32_t other)
{
	return matcher->events[index].packet.time > matcher->events[other].packet.time;
}

/*
 * The DSACK is given to that event of the run, which has a part of its data. What did not leave
 * before that, and is more of it, has perhaps an earlier transmission that it reports.
 */
static void note_stopped(struct matcher *matcher, const struct seq_run *run, uint32_t index,
			 uint32_t connection, const struct dsack *dsack)
{
	struct event_range events = index_run_events(&matcher->index, run);
	uint32_t end = index_count_before(matcher->events, events,
					  matcher->events[index].packet.time);

	for (uint32_t i = 0; i < end && i < LOOK_BACK; i++) {
		uint32_t before = events.events[end - 1 - i];

		if (is_retransmission(&matcher->events[before]) &&
		    matcher->current[before].connection == connection &&
		    was_stopped(matcher, matcher->current, before) &&
		    is_within(matcher, before, dsack) &&
		    before32(segment_end(&matcher->events[index].packet),
			     segment_end(&matcher->events[before].packet)))
			tx_of(matcher, before)->dsack_unsure = true;
	}
}

/*
 * Two copies of the data arrived: the last retransmission of it was not needed. The block may be of
 * a segment that was sent again in parts: then these are several retransmissions. Returns whether
 * there was one.
 */
static bool attribute(struct matcher *matcher, const struct sack_frame *from,
		      const struct dsack *dsack, bool exactly)
{
	struct run_walk walk = index_walk_runs(&matcher->index, from->flow, !from->frame->side,
					       dsack->start - SEGMENT_MAX,
					       dsack->end - dsack->start + SEGMENT_MAX);
	const struct seq_run *run;
	uint32_t last = NONE;

	while ((run = run_walk_next(&walk))) {
		uint32_t index = find_reported(matcher, run, from->connection, dsack, exactly);

		if (index == NONE)
			continue;
		note_stopped(matcher, run, index, from->connection, dsack);
		if (last != NONE && !is_within(matcher, index, dsack)) {
			bool replaces = !is_within(matcher, last, dsack) &&
					is_later(matcher, index, last);

			note_part(matcher, replaces ? last : index, dsack);
			last = replaces ? index : last;
			continue;
		}
		if (last != NONE && !is_within(matcher, last, dsack) &&
		    is_later(matcher, last, index)) {
			note_part(matcher, index, dsack);
			continue;
		}
		if (last != NONE && is_within(matcher, last, dsack)) {
			if (before32(matcher->events[index].packet.seq,
				     segment_end(&matcher->events[last].packet))) {
				last = is_later(matcher, index, last) ? index : last;
				continue;
			}
			report(tx_of(matcher, last), dsack);
		} else if (last != NONE) {
			note_part(matcher, last, dsack);
		}
		last = index;
	}
	if (walk.stopped)
		wire_add_missing(current_wire(matcher), 1, WIRE_TOO_MANY);
	if (last != NONE)
		report(tx_of(matcher, last), dsack);
	return last != NONE;
}

/*
 * A further frame with the DSACK, at another device, reports nothing new. Without an IP ID it may
 * be another DSACK: each has as many copies as the capture has devices.
 */
static bool is_known(const struct matcher *matcher, struct dsack_list *list,
		     const struct dsack *dsack)
{
	uint32_t count = list->added < DSACKS_KEPT ? list->added : DSACKS_KEPT;

	for (uint32_t i = 0; i < count; i++) {
		struct dsack *last = &list->last[i];

		if (last->ip_id == dsack->ip_id && last->tsval == dsack->tsval &&
		    last->end == dsack->end && last->start == dsack->start &&
		    last->frame.wire == dsack->frame.wire &&
		    time_apart(dsack->frame.time, last->frame.time) < COPY_NS &&
		    (last->ip_id || last->copies < current_wire(matcher)->offset.copies)) {
			last->copies++;
			return true;
		}
	}
	return false;
}

int dsack_add(struct matcher *matcher, const struct sack_frame *from, uint32_t start, uint32_t end)
{
	const struct dsack dsack = {
		.start = start,
		.end = end,
		.frame = frame_ref(from->frame),
		.has_echo = from->frame->has_timestamps && !before32(from->frame->ack, end),
		.echo = from->frame->tsecr,
		.tsval = from->frame->tsval,
		.ip_id = from->frame->ip_id,
	};
	struct dsack_list *list = *from->dsacks;

	if (!list)
		list = *from->dsacks = calloc(1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	if (is_known(matcher, list, &dsack))
		return 0;
	if (!(dsack.has_echo && attribute(matcher, from, &dsack, true)))
		attribute(matcher, from, &dsack, false);
	list->last[list->added++ % DSACKS_KEPT] = dsack;
	return 0;
}
