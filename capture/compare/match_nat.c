// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "match_nat.h"

#define LOOK_MAX 16 /* events with one hash that are examined for a packet */

void nat_release(struct nat *nat)
{
	hash_table_release(&nat->table);
	nat->table = (struct hash_table){ 0 };
}

/* All that a translation leaves as it is. */
static uint32_t hash_of(const struct nat *nat, const struct segment_info *packet)
{
	const uint32_t words[] = {
		packet->seq,   packet->ack,   packet->payload_len,
		packet->tsval, packet->tsecr, packet->has_ip_id ? packet->ip_id : 0,
	};

	return match_hash_words(&nat->hash, words, sizeof(words) / sizeof(words[0]));
}

/* Whether another packet with the same numbers is the same packet. */
static bool is_distinct(const struct segment_info *packet)
{
	return !packet->synthesized && !packet->cut &&
	       ((packet->has_ip_id && packet->ip_id) || packet->has_timestamps ||
		packet->flags & TCP_ACK);
}

int nat_begin(struct matcher *matcher)
{
	struct nat *nat = &matcher->nat;

	match_hash_init(&nat->hash);
	if (hash_table_resize(&nat->table, (uint32_t)matcher->count))
		return -ENOMEM;
	for (uint32_t i = 0; i < matcher->count; i++) {
		const struct match_event *event = &matcher->events[i];
		uint32_t *slot;
		int looked = 0;

		if (!event->has_tcp || !is_distinct(&event->packet))
			continue;
		slot = hash_table_first(&nat->table, hash_of(nat, &event->packet));
		while (*slot && ++looked < LOOK_MAX)
			slot = hash_table_next(&nat->table, slot);
		if (!*slot)
			*slot = i + 1;
	}
	return 0;
}

/* Whether one end of the event's packet is that of the frame, and the other one is not. */
static bool is_translated(const struct matcher *matcher, const struct match_event *event,
			  const struct packet *frame)
{
	const struct flow *flow = &matcher->flows.flows[event->flow];
	uint8_t side = event->packet.side;

	return flow->family == frame->family &&
	       flow_has_end(flow, side, frame->saddr, frame->sport) !=
		       flow_has_end(flow, !side, frame->daddr, frame->dport);
}

/* Returns the first flow that this one is joined with; *side is changed to that of the flow. */
static uint32_t first_of(const struct flow_list *list, uint32_t flow, uint8_t *side)
{
	while (list->flows[flow].joined != flow) {
		struct flow *from = &list->flows[flow];
		const struct flow *to = &list->flows[from->joined];

		*side ^= from->reversed;
		flow = from->joined;
		from->reversed ^= to->reversed; /* a shorter way for the next one */
		from->joined = to->joined;
	}
	return flow;
}

/* Joins two flows; the sides are those that sent one packet in each of them. */
static void join(struct matcher *matcher, uint32_t a, uint8_t side_a, uint32_t b, uint8_t side_b)
{
	uint32_t first_a = first_of(&matcher->flows, a, &side_a);
	uint32_t first_b = first_of(&matcher->flows, b, &side_b);
	uint32_t first = first_a < first_b ? first_a : first_b;
	struct flow *later = &matcher->flows.flows[first_a < first_b ? first_b : first_a];

	if (first_a == first_b)
		return;
	later->joined = first;
	later->reversed = side_a != side_b;
	matcher->nat.has_news = true;
}

int nat_learn(struct matcher *matcher, const struct segment_info *segment,
	      const struct packet *packet, uint32_t *found)
{
	struct nat *nat = &matcher->nat;
	uint32_t *slot, flow;
	uint8_t side = 0;

	*found = NONE;
	if (!nat->table.slots || !is_distinct(segment))
		return 0;
	slot = hash_table_first(&nat->table, hash_of(nat, segment));
	for (int i = 0; *slot && i < LOOK_MAX; i++, slot = hash_table_next(&nat->table, slot)) {
		const struct match_event *event = &matcher->events[*slot - 1];

		if (same_packet(&event->packet, segment) == SAME_NOT ||
		    !is_translated(matcher, event, packet))
			continue;
		flow = flows_add(&matcher->flows, packet, &side);
		if (flow == FLOW_NONE)
			return -ENOMEM;
		join(matcher, flow, side, event->flow, event->packet.side);
		*found = *slot - 1;
		return 0;
	}
	return 0;
}

int nat_apply(struct matcher *matcher)
{
	struct nat *nat = &matcher->nat;

	nat_release(nat);
	if (!nat->has_news)
		return 0;
	nat->has_news = false;
	for (size_t i = 0; i < matcher->count; i++) {
		struct match_event *event = &matcher->events[i];
		uint8_t side = event->packet.side;

		if (!event->has_tcp)
			continue;
		event->flow = first_of(&matcher->flows, event->flow, &side);
		event->packet.side = side & 1;
	}
	nat->is_applied = true;
	index_release(&matcher->index);
	flows_forget_events(&matcher->flows);
	return index_build(&matcher->index, &matcher->flows, matcher->events, matcher->count);
}

struct flow *nat_find_flow(const struct matcher *matcher, const struct packet *packet,
			   uint8_t *side)
{
	struct flow *flow = flows_find(&matcher->flows, packet, side);

	if (!flow || !matcher->nat.is_applied)
		return flow;
	return &matcher->flows.flows[first_of(&matcher->flows,
					      (uint32_t)(flow - matcher->flows.flows), side)];
}
