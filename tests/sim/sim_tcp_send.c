// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "sim_tcp.h"

#define RTO_MIN	     (200 * MS)
#define RTO_MAX	     (120 * SECOND)
#define TRY_AGAIN    (500 * MS) /* TCP_RESOURCE_PROBE_INTERVAL, include/net/tcp.h */
#define TIMEOUTS_MAX 6
#define WINDOW	     200000 /* bytes that the receiver takes */

static void fire(struct world *world, void *object, uint64_t id);

static void start_timer(struct world *world, struct tcp *tcp, enum timer_kind kind, int64_t after)
{
	tcp->timer = kind;
	world_at(world, world->now + after, fire, tcp, ++tcp->timer_id);
}

static int64_t timeout_of(const struct tcp *tcp)
{
	int64_t rto = tcp->rto;

	for (uint32_t i = 0; i < tcp->timeouts && rto < RTO_MAX; i++)
		rto *= 2;
	return rto;
}

/* RFC 8985, section 7.2; without SACK there are no probes. */
static bool may_probe(const struct tcp *tcp)
{
	return tcp->connection->sack && tcp->state == TCP_OPEN && tcp->ca == CA_OPEN &&
	       !tcp->probed && tcp->srtt;
}

void tcp_arm(struct world *world, struct tcp *tcp)
{
	int64_t probe = 2 * tcp->srtt + (tcp->sent_count == 1 ? RTO_MIN : 2 * MS);

	tcp->timer = TIMER_NONE;
	tcp->timer_id++;
	if (!tcp->sent_count)
		return;
	if (may_probe(tcp) && probe < timeout_of(tcp))
		start_timer(world, tcp, TIMER_PROBE, probe);
	else
		start_timer(world, tcp, TIMER_RTO, timeout_of(tcp));
}

static uint32_t in_flight(const struct tcp *tcp)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < tcp->sent_count; i++) {
		const struct sent *sent = &tcp->sent[i];

		count += !sent->sacked && (!sent->lost || sent->retransmitted);
	}
	return count;
}

static void remember(struct world *world, struct tcp *tcp, uint32_t seq, uint32_t end,
		     uint8_t flags, uint32_t segment)
{
	tcp->sent = sim_grow(tcp->sent, tcp->sent_count, &tcp->sent_capacity, sizeof(*tcp->sent));
	tcp->sent[tcp->sent_count++] = (struct sent){
		.seq = seq,
		.end = end,
		.flags = flags,
		.time = world->now,
		.segment = segment,
	};
}

void tcp_send_syn(struct world *world, struct tcp *tcp)
{
	uint8_t flags = tcp->state == TCP_SYN_SENT ? TCP_SYN : TCP_SYN | TCP_ACK;
	struct segment segment = tcp_segment(world, tcp, tcp->iss, flags);
	uint32_t index;

	tcp->snd_nxt = tcp->write_seq = tcp->iss + 1;
	/* A SYN that could not be sent counts as sent (tcp_connect). */
	tcp_send(world, tcp, &segment, &index);
	remember(world, tcp, tcp->iss, tcp->iss + 1, flags, index);
	tcp_arm(world, tcp);
}

/* The next packet of new data, of so many segments at most. Returns its length, FIN included. */
static uint32_t next_packet(struct world *world, const struct tcp *tcp, uint32_t segments,
			    struct segment *segment)
{
	uint32_t bytes = tcp->write_seq - tcp->snd_nxt, mss = tcp->connection->mss;
	uint32_t most = world->situation.gso_segs < segments ? world->situation.gso_segs : segments;
	bool last = bytes <= most * mss;

	if (!last)
		bytes = most * mss;
	*segment = tcp_segment(world, (struct tcp *)tcp, tcp->snd_nxt, TCP_ACK);
	segment->payload_len = bytes;
	segment->segs = (uint16_t)(bytes ? (bytes + mss - 1) / mss : 1);
	if (last)
		segment->flags |= TCP_PSH;
	if (last && tcp->closing && !tcp->fin_sent) {
		segment->flags |= TCP_FIN;
		return bytes + 1;
	}
	return bytes;
}

static void remember_packet(struct world *world, struct tcp *tcp, const struct segment *segment,
			    uint32_t index)
{
	uint32_t end = segment_end(segment), mss = tcp->connection->mss;

	for (uint32_t seq = segment->seq; seq != end;) {
		uint32_t left = end - seq,
			 part = left <= mss + !!(segment->flags & TCP_FIN) ? left : mss;

		remember(world, tcp, seq, seq + part,
			 seq + part == end ? segment->flags & (TCP_FIN | TCP_PSH) : 0, index);
		seq += part;
	}
	tcp->snd_nxt = end;
	if (segment->flags & TCP_FIN)
		tcp->fin_sent = true;
}

/* Sends one packet of new data. Returns false if there is none, or it could not be sent. */
static bool send_new(struct world *world, struct tcp *tcp, uint32_t room)
{
	struct segment segment;
	uint32_t length = next_packet(world, tcp, room, &segment), index;

	if (!length || tcp->snd_nxt - tcp->snd_una + length > WINDOW)
		return false;
	/* A segment that could not be sent is tried again later, without an event. */
	if (tcp_send(world, tcp, &segment, &index)) {
		if (!tcp->sent_count)
			start_timer(world, tcp, TIMER_UNSENT, TRY_AGAIN);
		return false;
	}
	remember_packet(world, tcp, &segment, index);
	return true;
}

void tcp_push(struct world *world, struct tcp *tcp)
{
	uint32_t flying;
	bool sent = false;

	if (tcp->state != TCP_OPEN)
		return;
	while ((flying = in_flight(tcp)) < tcp->cwnd && send_new(world, tcp, tcp->cwnd - flying))
		sent = true;
	if (sent)
		tcp_arm(world, tcp);
}

static void report_retransmission(struct world *world, const struct tcp *tcp, uint32_t index,
				  const char *kind, const char *err)
{
	bool synack = tcp->state == TCP_SYN_RECEIVED;
	struct host_event event = {
		.kind = synack ? EVENT_SYNACK : EVENT_RETRANSMIT,
		.direction = EVENT_OUT,
		.segment = index,
		.synthesized = synack || err,
		.retransmit = synack ? "synack" : kind,
		.err = err,
	};

	if (tcp->side == OURS)
		world_report(world, world->busy_until - 1 * US, &event);
}

const char *tcp_retransmit(struct world *world, struct tcp *tcp, uint32_t first, uint32_t most,
			   const char *kind)
{
	struct sent *sent = &tcp->sent[first];
	uint32_t count = 1, index;
	struct segment segment;
	const char *err;

	if (!world->segments[sent->segment].left)
		return "EBUSY"; /* skb_still_in_host_queue() */
	while (count < most && count < world->situation.gso_segs &&
	       first + count < tcp->sent_count && sent[count].lost && !sent[count].sacked &&
	       !sent[count].retransmitted &&
	       sent[count].seq - sent->seq == count * tcp->connection->mss &&
	       world->segments[sent[count].segment].left)
		count++;
	segment = tcp_segment(world, tcp, sent->seq,
			      sent->flags & TCP_SYN ? sent->flags
						    : sent[count - 1].flags | TCP_ACK);
	segment.payload_len = sent[count - 1].end - sent->seq - !!(segment.flags & TCP_SYN) -
			      !!(segment.flags & TCP_FIN);
	segment.segs = (uint16_t)count;
	err = tcp_send(world, tcp, &segment, &index);
	report_retransmission(world, tcp, index, kind, err);
	for (uint32_t i = 0; i < count; i++) {
		sent[i].ever_retransmitted = true;
		if (err)
			continue;
		sent[i].retransmitted = true;
		sent[i].segment = index;
		sent[i].time = world->now;
	}
	return err;
}

void tcp_retransmit_lost(struct world *world, struct tcp *tcp)
{
	const char *kind = tcp->ca == CA_LOSS ? "rto" : "fast";

	for (uint32_t i = 0; i < tcp->sent_count; i++) {
		uint32_t flying = in_flight(tcp);

		if (!tcp->sent[i].lost || tcp->sent[i].sacked || tcp->sent[i].retransmitted)
			continue;
		if (flying >= tcp->cwnd)
			return;
		if (tcp_retransmit(world, tcp, i, tcp->cwnd - flying, kind))
			return;
	}
}

static void time_out(struct world *world, struct tcp *tcp)
{
	const char *kind = tcp->state == TCP_SYN_SENT ? "syn" : "rto";

	if (tcp->timeouts >= TIMEOUTS_MAX) {
		tcp->state = TCP_DEAD;
		return;
	}
	if (tcp->ca != CA_LOSS) {
		tcp->ssthresh = tcp->cwnd / 2 > 2 ? tcp->cwnd / 2 : 2;
		tcp->high_seq = tcp->snd_nxt;
	}
	for (uint32_t i = 0; i < tcp->sent_count; i++) {
		tcp->sent[i].lost = !tcp->sent[i].sacked;
		tcp->sent[i].retransmitted = false;
	}
	if (tcp->state == TCP_OPEN)
		tcp->ca = CA_LOSS;
	tcp->cwnd = 1;
	/* A local failure does not back off (tcp_retransmit_timer). */
	if (tcp_retransmit(world, tcp, 0, 1, kind)) {
		start_timer(world, tcp, TIMER_RTO, TRY_AGAIN < tcp->rto ? TRY_AGAIN : tcp->rto);
		return;
	}
	tcp->timeouts++;
	start_timer(world, tcp, TIMER_RTO, timeout_of(tcp));
}

static void report_probe(struct world *world, const struct tcp *tcp, uint32_t seq, uint32_t end,
			 bool new_data)
{
	struct segment probe = tcp_segment(world, (struct tcp *)tcp, seq, TCP_ACK);
	struct host_event event = {
		.kind = EVENT_TLP,
		.direction = EVENT_OUT,
		.synthesized = true,
		.new_data = new_data,
	};

	if (tcp->side != OURS || !world->situation.report_probes)
		return;
	/* A packet of the event only: it is in the log, but is not sent. */
	probe.payload_len = end - seq;
	probe.fate = FATE_SPLIT;
	probe.segs = 0;
	event.segment = world_add_segment(world, &probe);
	world_report(world, world->now, &event);
}

static void probe(struct world *world, struct tcp *tcp)
{
	uint32_t last = tcp->sent_count - 1;
	uint32_t unsent = tcp->write_seq - tcp->snd_nxt, mss = tcp->connection->mss;

	tcp->probed = true;
	while (last > 0 && tcp->sent[last].sacked)
		last--;
	if (unsent && tcp->snd_nxt - tcp->snd_una + unsent < WINDOW) {
		report_probe(world, tcp, tcp->snd_nxt, tcp->snd_nxt + (unsent < mss ? unsent : mss),
			     true);
		send_new(world, tcp, 1);
	} else if (world->segments[tcp->sent[last].segment].left) {
		if (!(tcp->sent[last].flags & TCP_FIN))
			report_probe(world, tcp, tcp->sent[last].seq, tcp->sent[last].end, false);
		tcp_retransmit(world, tcp, last, 1, "tlp");
		tcp->sent[last].retransmitted = false;
	}
	start_timer(world, tcp, TIMER_RTO, timeout_of(tcp));
}

static void fire(struct world *world, void *object, uint64_t id)
{
	struct tcp *tcp = object;
	enum timer_kind kind = tcp->timer;

	if (kind == TIMER_NONE || tcp->timer_id != id || tcp->state == TCP_DEAD)
		return;
	if (tcp->side == OURS && world->now < world->busy_until) {
		world_at(world, world->busy_until, fire, tcp, id);
		return;
	}
	tcp->timer = TIMER_NONE;
	if (kind == TIMER_UNSENT)
		tcp_push(world, tcp);
	else if (tcp->sent_count && kind == TIMER_PROBE)
		probe(world, tcp);
	else if (tcp->sent_count)
		time_out(world, tcp);
}
