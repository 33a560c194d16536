// SPDX-License-Identifier: GPL-2.0-or-later
#include "match_answer.h"
#include "match_assign.h"
#include "match_evidence.h"
#include "match_sack.h"
#include "match_time.h"

#define LATE_NS	  100000 /* by which an event may be older than what it was sent after */
#define LOOK_BACK 64	 /* retransmissions that are examined for one that left */

/* When the packet of a drop came, as far as a capture shows it. */
static int64_t came_at(const struct matcher *matcher, uint32_t drop)
{
	const struct evidence *evidence = evidence_of(matcher, drop);

	return is_matched(evidence) ? evidence->matched.time : matcher->events[drop].packet.time;
}

/* The same if it may be another frame, which is equal. */
static int64_t latest_at(const struct matcher *matcher, uint32_t drop, int64_t came)
{
	const struct segment_info *packet = &matcher->events[drop].packet;

	return segment_has_id(packet) || packet->time < came ? came : packet->time;
}

bool answer_prev_is_resent(const struct decision *decision)
{
	uint32_t sent = decision->links->prev_sent;
	const struct evidence *evidence = sent != NONE ? evidence_of(decision->matcher, sent)
						       : NULL;

	return evidence && is_matched(evidence) &&
	       decision->tx->prev_tx.time >= evidence->matched.time;
}

bool answer_was_acked_before(const struct decision *decision)
{
	return decision->tx->acked.time <= decision->event->packet.time;
}

bool answer_of_part_was_dropped(const struct decision *decision)
{
	const struct tx_evidence *tx = decision->tx;

	return tx->ack_drop != NONE && tx->ack_drop_of_part &&
	       decision->matcher->events[tx->ack_drop].packet.time <=
		       decision->event->packet.time &&
	       came_at(decision->matcher, tx->ack_drop) > tx->prev_tx.time &&
	       !answer_prev_is_resent(decision);
}

/* The last retransmission before this one that left this host; NONE. */
static uint32_t find_sent(const struct decision *decision)
{
	const struct matcher *matcher = decision->matcher;
	uint32_t sent = decision->links->prev_sent;

	for (int i = 0; i < LOOK_BACK && sent != NONE; i++) {
		if (!was_stopped(matcher, matcher->merged, sent))
			return sent;
		sent = links_of(matcher, sent)->prev_sent;
	}
	return NONE;
}

/* The timestamp of the previous transmission, which is that retransmission. */
static bool has_tsval(const struct decision *decision, uint32_t sent, uint32_t *tsval)
{
	const struct tx_evidence *tx = decision->tx;
	const struct segment_info *packet = &decision->matcher->events[sent].packet;
	bool is_seen = answer_prev_is_resent(decision) && tx->prev_tx_has_tsval;

	*tsval = is_seen ? tx->prev_tx_tsval : packet->tsval;
	return is_seen || packet->has_timestamps;
}

static bool is_frame(struct frame_ref a, struct frame_ref b)
{
	return a.frame == b.frame && a.wire == b.wire;
}

/*
 * Whether the transmission before that retransmission did not get far: a drop's packet, or none.
 * One that is also before the previous retransmission is left to that one.
 */
static bool is_prev_dropped(const struct decision *decision, uint32_t sent)
{
	const struct matcher *matcher = decision->matcher;
	uint32_t drop = links_of(matcher, sent)->prev_drop;
	uint32_t prev = links_of(matcher, sent)->prev_sent;
	struct frame_ref prev_tx = tx_evidence_of(matcher, sent)->prev_tx;

	if (!prev_tx.frame || (drop != NONE && decision_is_packet_of(decision, drop, prev_tx)))
		return true;
	if (prev == NONE)
		return false;
	drop = links_of(matcher, prev)->packet_drop;
	return (drop != NONE && decision_is_packet_of(decision, drop, prev_tx)) ||
	       is_frame(prev_tx, tx_evidence_of(matcher, prev)->prev_tx);
}

/*
 * Whether no transmission before that retransmission left this host: those of other events were
 * stopped, and the first one was dropped, after which the capture has all.
 */
static bool is_first_to_leave(const struct decision *decision, uint32_t sent)
{
	const struct matcher *matcher = decision->matcher;

	for (int i = 0; i < LOOK_BACK && is_prev_dropped(decision, sent); i++) {
		const struct tx_links *links = links_of(matcher, sent);

		if (links->prev_sent == NONE)
			return links->prev_drop != NONE && !matcher->has_lost &&
			       decision_is_covered_since(
				       decision, matcher->events[links->prev_drop].packet.time);
		sent = links->prev_sent;
		if (!was_stopped(matcher, matcher->merged, sent))
			return false;
	}
	return false;
}

enum whose {
	OF_PREVIOUS,
	OF_EARLIER,
	OF_EITHER
};

/* Whether the one before that retransmission was sent within the same tick of the timestamps. */
static bool has_equal_tsval(const struct decision *decision, uint32_t sent, uint32_t tsval)
{
	const struct tx_evidence *tx = tx_evidence_of(decision->matcher, sent);

	return tx->prev_tx.frame && tx->prev_tx_has_tsval && tx->prev_tx_tsval == tsval;
}

/*
 * Returns the last drop of an ACK of all its data before the retransmission, after its previous
 * transmission, for which fits is true; NONE.
 */
static uint32_t find_drop(const struct decision *decision,
			  bool (*fits)(const struct segment_info *ack, uint32_t value),
			  uint32_t value)
{
	const struct matcher *matcher = decision->matcher;
	const struct match_event *event = decision->event;
	const struct match_event *known = &matcher->events[decision->tx->ack_drop];
	const struct flow *flow = &matcher->flows.flows[event->flow];
	const struct event_range all = { &matcher->index.by_time[flow->first], flow->count };
	uint32_t at = index_count_before(matcher->events, all, event->packet.time);

	for (int i = 0; i < LOOK_BACK && at; i++) {
		uint32_t index = all.events[--at];
		const struct match_event *drop = &matcher->events[index];

		if (drop->packet.time <= decision->tx->prev_tx.time)
			return NONE;
		if (drop->kind == EVENT_DROP && !drop->ack_taken && drop->netns == known->netns &&
		    drop->packet.side != event->packet.side && drop->packet.flags & TCP_ACK &&
		    !before32(drop->packet.ack, segment_end(&event->packet)) &&
		    fits(&drop->packet, value))
			return index;
	}
	return NONE;
}

static bool has_ack(const struct segment_info *ack, uint32_t number)
{
	return ack->ack == number;
}

static bool has_older_echo(const struct segment_info *ack, uint32_t tsval)
{
	return ack->has_timestamps && before32(ack->tsecr, tsval);
}

uint32_t answer_find_earlier(const struct decision *decision)
{
	return find_drop(decision, has_ack,
			 decision->matcher->events[decision->tx->ack_drop].packet.ack);
}

/*
 * Whether the data had come before that retransmission, so that an ACK of it after that need not be
 * the answer: any packet makes the receiver acknowledge it again.
 */
static bool had_come_before(const struct decision *decision, uint32_t sent)
{
	const struct tx_evidence *tx = tx_evidence_of(decision->matcher, sent);

	return is_acked(tx) || (tx->ack_drop != NONE && !tx->ack_drop_of_part &&
				tx->ack_drop != decision->tx->ack_drop);
}

/*
 * Which transmission the dropped ACK answers, by its timestamp. A receiver keeps the timestamp of
 * data below its ACK, unless it has a later one (RFC 7323); a SACK block does not change it, nor
 * does another SYN. What was sent once has only one answer.
 */
static enum whose whose_by_echo(const struct decision *decision, uint32_t sent, int64_t came)
{
	const struct matcher *matcher = decision->matcher;
	const struct segment_info *ack = &matcher->events[decision->tx->ack_drop].packet;
	uint32_t tsval;

	if (came < time_move(matcher->events[sent].packet.time, -LATE_NS))
		return OF_EARLIER;
	if (decision->event->packet.flags & TCP_SYN || !ack->has_timestamps ||
	    !has_tsval(decision, sent, &tsval))
		return OF_EITHER;
	if (ack->tsecr == tsval && has_equal_tsval(decision, sent, tsval))
		return OF_EITHER;
	if (!before32(ack->tsecr, tsval)) /* another one may have answered an earlier one before */
		return find_drop(decision, has_older_echo, tsval) == NONE ? OF_PREVIOUS : OF_EITHER;
	return before32(ack->ack, segment_end(&decision->event->packet)) ? OF_EITHER : OF_EARLIER;
}

/* The same, by all that is known of the transmissions before. */
static enum whose whose_answer(const struct decision *decision, int64_t came)
{
	const struct matcher *matcher = decision->matcher;
	uint32_t sent = find_sent(decision);
	enum whose whose;

	if (sent == NONE || is_first_to_leave(decision, sent))
		return OF_PREVIOUS;
	whose = whose_by_echo(decision, sent, came);
	return whose == OF_PREVIOUS && had_come_before(decision, sent) &&
			       !sack_drop_reports(matcher, decision->tx->ack_drop,
						  &decision->event->packet)
		       ? OF_EITHER
		       : whose;
}

/* Whether the dropped ACK was sent before this retransmission arrived, by its timestamp. */
static bool echoes_earlier(const struct decision *decision)
{
	const struct segment_info *ack = &decision->matcher->events[decision->tx->ack_drop].packet;
	const struct segment_info *packet = &decision->event->packet;

	return ack->has_timestamps && packet->has_timestamps &&
	       !before32(ack->ack, segment_end(packet)) && before32(ack->tsecr, packet->tsval);
}

enum answer answer_of_previous(const struct decision *decision)
{
	const struct tx_evidence *tx = decision->tx;
	int64_t now = decision->event->packet.time, came, latest;
	enum whose whose;
	bool is_seen;

	if (tx->ack_drop == NONE || tx->ack_drop_of_part)
		return ANSWER_NONE;
	came = came_at(decision->matcher, tx->ack_drop);
	latest = latest_at(decision->matcher, tx->ack_drop, came);
	is_seen = is_matched(evidence_of(decision->matcher, tx->ack_drop));
	if (came > time_move(now, is_seen ? LATE_NS : 0) ||
	    (tx->prev_tx.frame && latest <= tx->prev_tx.time) ||
	    (is_acked(tx) && tx->acked.time > came && answer_was_acked_before(decision)))
		return ANSWER_NONE;
	if (came > now && !echoes_earlier(decision))
		return ANSWER_DOUBTFUL;
	if (decision->matcher->events[tx->ack_drop].packet.time > now)
		return ANSWER_LATE;
	if (tx->prev_tx.frame && came <= tx->prev_tx.time)
		return ANSWER_DOUBTFUL;
	whose = whose_answer(decision, came);
	if (whose == OF_EITHER)
		return ANSWER_DOUBTFUL;
	return whose == OF_PREVIOUS ? ANSWER_DROPPED : ANSWER_NONE;
}
