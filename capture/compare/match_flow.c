// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "match_flow.h"

#define END_WORDS 5 /* an address and a port */

void flows_release(struct flow_list *list)
{
	hash_table_release(&list->table);
	free(list->flows);
}

static void put_end(uint32_t *words, const uint8_t *address, uint16_t port)
{
	memcpy(words, address, 16);
	words[4] = port;
}

/* Both directions have the same hash: the ends enter it in an order of their own. */
static uint32_t hash_of(const struct flow_list *list, const uint8_t *saddr, uint16_t sport,
			const uint8_t *daddr, uint16_t dport)
{
	int order = memcmp(saddr, daddr, 16);
	bool swap = order > 0 || (!order && sport > dport);
	uint32_t words[2 * END_WORDS];

	put_end(words + (swap ? END_WORDS : 0), saddr, sport);
	put_end(words + (swap ? 0 : END_WORDS), daddr, dport);
	return match_hash_words(&list->hash, words, 2 * END_WORDS);
}

bool flow_has_end(const struct flow *flow, int end, const uint8_t *address, uint16_t port)
{
	return flow->ports[end] == port && memcmp(flow->addresses[end], address, 16) == 0;
}

static bool is_flow(const struct flow *flow, const struct packet *packet, uint8_t *side)
{
	if (flow->family != packet->family)
		return false;
	*side = !flow_has_end(flow, 0, packet->saddr, packet->sport);
	return flow_has_end(flow, *side, packet->saddr, packet->sport) &&
	       flow_has_end(flow, !*side, packet->daddr, packet->dport);
}

/* Returns the slot of the packet's flow, or the free slot for it. */
static uint32_t *find_slot(const struct flow_list *list, const struct packet *packet, uint8_t *side)
{
	uint32_t hash = hash_of(list, packet->saddr, packet->sport, packet->daddr, packet->dport);
	uint32_t *slot = hash_table_first(&list->table, hash);

	while (*slot && !is_flow(&list->flows[*slot - 1], packet, side))
		slot = hash_table_next(&list->table, slot);
	return slot;
}

struct flow *flows_find(const struct flow_list *list, const struct packet *packet, uint8_t *side)
{
	uint32_t number = list->count ? *find_slot(list, packet, side) : 0;

	return number ? &list->flows[number - 1] : NULL;
}

static int grow(struct flow_list *list)
{
	uint32_t capacity = list->capacity ? list->capacity * 2 : 64;
	struct flow *flows = reallocarray(list->flows, capacity, sizeof(*flows));

	if (!flows)
		return -ENOMEM;
	list->flows = flows;
	if (!list->capacity)
		match_hash_init(&list->hash);
	if (hash_table_resize(&list->table, capacity))
		return -ENOMEM;
	list->capacity = capacity;
	for (uint32_t i = 0; i < list->count; i++) {
		const struct flow *flow = &flows[i];
		uint32_t *slot = hash_table_first(&list->table,
						  hash_of(list, flow->addresses[0], flow->ports[0],
							  flow->addresses[1], flow->ports[1]));

		while (*slot)
			slot = hash_table_next(&list->table, slot);
		*slot = i + 1;
	}
	return 0;
}

uint32_t flows_add(struct flow_list *list, const struct packet *packet, uint8_t *side)
{
	struct flow *flow;
	uint32_t *slot;

	if (list->count == list->capacity && grow(list))
		return FLOW_NONE;
	slot = find_slot(list, packet, side);
	if (*slot)
		return *slot - 1;
	flow = &list->flows[list->count];
	*flow = (struct flow){ .family = (uint8_t)packet->family };
	memcpy(flow->addresses[0], packet->saddr, 16);
	memcpy(flow->addresses[1], packet->daddr, 16);
	flow->ports[0] = packet->sport;
	flow->ports[1] = packet->dport;
	*side = 0;
	flow->joined = list->count;
	*slot = ++list->count;
	return list->count - 1;
}

void flows_forget_events(struct flow_list *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		struct flow *flow = &list->flows[i];

		flow->first = flow->count = flow->next = 0;
		flow->run_count[0] = flow->run_count[1] = 0;
		flow->needs_connections = false;
		flow->longest = 0;
	}
}
