// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "sim_tcp.h"

#define DELAYED_ACK (40 * MS)

static uint32_t clock_of(const struct world *world, const struct tcp *tcp)
{
	return tcp->clock_base + (uint32_t)(world->now / MS);
}

static uint32_t sack_room(const struct tcp *tcp)
{
	return tcp->connection->timestamps ? 3 : 4;
}

struct segment tcp_segment(struct world *world, struct tcp *tcp, uint32_t seq, uint8_t flags)
{
	struct segment segment = {
		.connection = tcp->connection->index,
		.side = tcp->side,
		.flags = flags,
		.seq = seq,
		.segs = 1,
		.window = (uint16_t)(flags & TCP_SYN ? 64240 : 500 + (tcp->rcv_nxt >> 14) % 13),
		.sent = world->now,
		.parent = NONE,
		.drop = NONE,
	};

	if (flags & TCP_ACK)
		segment.ack = tcp->rcv_nxt;
	if (tcp->connection->timestamps && !(flags & TCP_RST)) {
		segment.tsval = clock_of(world, tcp);
		segment.tsecr = flags & TCP_ACK ? tcp->ts_recent : 0;
	}
	return segment;
}

const char *tcp_send(struct world *world, struct tcp *tcp, const struct segment *segment,
		     uint32_t *index)
{
	struct segment sent = *segment;

	/* Linux gives a SYN-ACK the ID 0, and what the socket sends one after the other. */
	if ((sent.flags & (TCP_SYN | TCP_ACK)) != (TCP_SYN | TCP_ACK) && !tcp->connection->ipv6) {
		sent.ip_id = tcp->ip_id;
		tcp->ip_id = (uint16_t)(tcp->ip_id + sent.segs);
	}
	if (sent.flags & TCP_ACK) {
		tcp->rcv_wup = tcp->rcv_nxt;
		tcp->ack_pending = false;
		tcp->ack_timer_id++;
	}
	*index = world_add_segment(world, &sent);
	if (tcp->side == OURS)
		return host_output(world, *index);
	world->segments[*index].left = true;
	network_send(world, *index);
	return NULL;
}

void tcp_send_ack(struct world *world, struct tcp *tcp)
{
	struct segment segment = tcp_segment(world, tcp, tcp->snd_nxt, TCP_ACK);
	uint32_t index;

	tcp_take_ranges(tcp, &segment);
	if (segment.sack_count > sack_room(tcp))
		segment.sack_count = (uint8_t)sack_room(tcp);
	tcp->has_dsack = false;
	tcp_send(world, tcp, &segment, &index);
}

static void delayed_ack(struct world *world, void *object, uint64_t id)
{
	struct tcp *tcp = object;

	if (tcp->ack_pending && tcp->ack_timer_id == id)
		tcp_send_ack(world, tcp);
}

void tcp_ack_later(struct world *world, struct tcp *tcp)
{
	if (tcp->ack_pending || tcp->quick_acks) {
		tcp->quick_acks -= !!tcp->quick_acks;
		tcp_send_ack(world, tcp);
		return;
	}
	tcp->ack_pending = true;
	world_at(world, world->now + DELAYED_ACK, delayed_ack, tcp, ++tcp->ack_timer_id);
}

static void send_reset(struct world *world, struct tcp *tcp)
{
	struct segment segment = tcp_segment(world, tcp, tcp->snd_nxt, TCP_RST | TCP_ACK);
	struct host_event reset = {
		.kind = EVENT_RESET,
		.direction = EVENT_OUT,
		.synthesized = true,
		.reason = "TCP_ABORT_ON_CLOSE",
	};

	tcp->state = TCP_DEAD;
	tcp->timer = TIMER_NONE;
	tcp_send(world, tcp, &segment, &reset.segment);
	if (tcp->side == OURS && world->situation.report_probes)
		world_report(world, world->busy_until, &reset);
}

static void application(struct world *world, void *object, uint64_t unused)
{
	struct tcp *tcp = object;
	(void)unused;

	if (tcp->state != TCP_OPEN)
		return;
	if (tcp->next_write < tcp->write_count) {
		tcp->write_seq += tcp->writes[tcp->next_write++].bytes;
		tcp_push(world, tcp);
	} else if (tcp->aborts) {
		send_reset(world, tcp);
		return;
	} else if (tcp->closes_first || tcp->fin_received) {
		tcp->closing = true;
		tcp_push(world, tcp);
		return;
	} else {
		/* Waits for the other end to close. */
		world_at(world, world->now + 50 * MS, application, tcp, 0);
		return;
	}
	world_at(world,
		 world->now + (tcp->next_write < tcp->write_count
				       ? tcp->writes[tcp->next_write].after
				       : random_in(&world->random, 0, 300 * MS)),
		 application, tcp, 0);
}

static void established(struct world *world, struct tcp *tcp)
{
	tcp->state = TCP_OPEN;
	world_at(world, world->now + (tcp->write_count ? tcp->writes[0].after : 0) + 5 * US,
		 application, tcp, 0);
}

void tcp_connect(struct world *world, void *object, uint64_t unused)
{
	struct connection *connection = object;
	struct tcp *client = &connection->ends[connection->client_is_ours ? OURS : PEER];
	(void)unused;

	client->state = TCP_SYN_SENT;
	tcp_send_syn(world, client);
}

static void take_isn(struct tcp *tcp, const struct segment *segment)
{
	tcp->rcv_nxt = tcp->rcv_wup = segment->seq + 1;
	tcp->ts_recent = segment->tsval;
}

static void receive_syn(struct world *world, struct tcp *tcp, const struct segment *segment)
{
	if (tcp->state == TCP_CLOSED && !(segment->flags & TCP_ACK)) {
		take_isn(tcp, segment);
		tcp->state = TCP_SYN_RECEIVED;
		tcp_send_syn(world, tcp);
	} else if (tcp->state == TCP_SYN_RECEIVED && !(segment->flags & TCP_ACK)) {
		/* The SYN once more: so is the SYN-ACK. */
		tcp->sent[0].retransmitted = false;
		tcp->sent[0].lost = true;
		tcp_retransmit(world, tcp, 0, 1, "synack");
	} else if (tcp->state == TCP_SYN_SENT && segment->flags & TCP_ACK &&
		   segment->ack == tcp->iss + 1) {
		take_isn(tcp, segment);
		tcp_acknowledged(world, tcp, segment);
		tcp_send_ack(world, tcp);
		established(world, tcp);
	} else if (tcp->state == TCP_OPEN) {
		tcp_send_ack(world, tcp);
	}
}

/* RFC 7323: a segment whose timestamp is older than the last one in order is refused. */
static bool is_too_old(const struct tcp *tcp, const struct segment *segment)
{
	return tcp->connection->timestamps && before(segment->tsval, tcp->ts_recent);
}

static void drop_received(struct world *world, struct tcp *tcp, uint32_t index, const char *reason,
			  const char *at, bool processed)
{
	struct host_event drop = {
		.direction = EVENT_IN,
		.segment = index,
		.reason = reason,
		.at = at,
	};
	int64_t busy;

	if (tcp->side != OURS)
		return;
	busy = world->busy_until > world->now ? world->busy_until : world->now + 2 * US;
	world->busy_until = busy;
	if (!processed) {
		world_drop(world, busy, &drop);
		return;
	}
	drop.kind = EVENT_DROP;
	world->segments[index].drop = world_report(world, busy, &drop);
}

static void receive_open(struct world *world, struct tcp *tcp, uint32_t index)
{
	struct segment segment = world->segments[index];
	const char *dropped = NULL;

	if (is_too_old(tcp, &segment)) {
		drop_received(world, tcp, index, "TCP_RFC7323_PAWS", "tcp_validate_incoming+0x2f1",
			      false);
		if (segment_end(&segment) != segment.seq) {
			tcp_take_data(world, tcp, &segment);
			tcp_send_ack(world, tcp);
		}
		return;
	}
	if (tcp->connection->timestamps && !before(tcp->rcv_wup, segment.seq))
		tcp->ts_recent = segment.tsval;
	tcp_acknowledged(world, tcp, &segment);
	if (tcp->state == TCP_SYN_RECEIVED && tcp->snd_una == tcp->iss + 1)
		established(world, tcp);
	if (segment_end(&segment) != segment.seq && tcp->state == TCP_OPEN)
		dropped = tcp_take_data(world, tcp, &segment);
	if (dropped)
		drop_received(world, tcp, index, dropped, "tcp_data_queue+0x1c7", true);
}

void tcp_receive(struct world *world, struct tcp *tcp, uint32_t index)
{
	struct segment *segment = &world->segments[index];

	segment->fate = FATE_ARRIVED;
	segment->fate_time = world->now;
	if (tcp->state == TCP_DEAD)
		return;
	if (segment->flags & TCP_RST) {
		tcp->state = TCP_DEAD;
		tcp->timer = TIMER_NONE;
	} else if (segment->flags & TCP_SYN) {
		struct segment copy = *segment;

		receive_syn(world, tcp, &copy);
	} else if (tcp->state == TCP_OPEN || tcp->state == TCP_SYN_RECEIVED) {
		receive_open(world, tcp, index);
	}
}
