// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "sim_tcp.h"

/* Puts the range first, joined with those that it touches. Returns whether all of it was there. */
static bool add_range(struct tcp *tcp, struct block range)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < tcp->range_count; i++) {
		struct block old = tcp->ranges[i];

		if (before(range.start, old.start) || before(old.end, range.end))
			continue;
		/* RFC 2883, section 4: the second block contains the duplicate. */
		memmove(&tcp->ranges[1], &tcp->ranges[0], i * sizeof(old));
		tcp->ranges[0] = old;
		return true;
	}
	for (uint32_t i = 0; i < tcp->range_count; i++) {
		struct block old = tcp->ranges[i];

		if (before(old.end, range.start) || before(range.end, old.start)) {
			if (kept < RANGES_MAX - 1)
				tcp->ranges[kept++] = old;
			continue;
		}
		if (before(old.start, range.start))
			range.start = old.start;
		if (before(range.end, old.end))
			range.end = old.end;
	}
	memmove(&tcp->ranges[1], &tcp->ranges[0], kept * sizeof(range));
	tcp->ranges[0] = range;
	tcp->range_count = kept + 1;
	return false;
}

/* Takes the data that are in order now. */
static void advance(struct tcp *tcp)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (uint32_t i = 0; i < tcp->range_count; i++) {
			struct block range = tcp->ranges[i];

			if (before(tcp->rcv_nxt, range.start))
				continue;
			if (before(tcp->rcv_nxt, range.end))
				tcp->rcv_nxt = range.end;
			tcp->range_count--;
			memmove(&tcp->ranges[i], &tcp->ranges[i + 1],
				(tcp->range_count - i) * sizeof(range));
			moved = true;
			break;
		}
	}
}

static void note_duplicate(struct tcp *tcp, uint32_t start, uint32_t end)
{
	tcp->has_dsack = tcp->connection->dsack && start != end;
	tcp->dsack = (struct block){ start, end };
}

void tcp_take_ranges(const struct tcp *tcp, struct segment *segment)
{
	segment->sack_count = 0;
	segment->has_dsack = tcp->has_dsack;
	if (tcp->has_dsack)
		segment->sack[segment->sack_count++] = tcp->dsack;
	if (!tcp->connection->sack)
		return;
	for (uint32_t i = 0; i < tcp->range_count && segment->sack_count < SACK_MAX; i++)
		segment->sack[segment->sack_count++] = tcp->ranges[i];
}

const char *tcp_take_data(struct world *world, struct tcp *tcp, const struct segment *segment)
{
	uint32_t start = segment->seq, end = segment_end(segment);
	bool in_order;

	if (!before(tcp->rcv_nxt, end)) {
		note_duplicate(tcp, start, end);
		tcp->quick_acks = 4;
		tcp_send_ack(world, tcp);
		return "TCP_OLD_DATA";
	}
	if (segment->flags & TCP_FIN)
		tcp->fin_received = true;
	in_order = !before(tcp->rcv_nxt, start);
	if (in_order && before(start, tcp->rcv_nxt))
		note_duplicate(tcp, start, tcp->rcv_nxt);
	if (!in_order && add_range(tcp, (struct block){ start, end })) {
		note_duplicate(tcp, start, end);
		tcp_send_ack(world, tcp);
		return "TCP_OFOMERGE";
	}
	if (!in_order) {
		tcp_send_ack(world, tcp);
		return NULL;
	}
	in_order = tcp->range_count == 0;
	tcp->rcv_nxt = end;
	advance(tcp);
	/* A hole was filled: say so at once (RFC 5681, section 4.2). */
	if (!in_order || tcp->has_dsack || segment->flags & TCP_FIN ||
	    segment->payload_len > tcp->connection->mss)
		tcp_send_ack(world, tcp);
	else
		tcp_ack_later(world, tcp);
	return NULL;
}
