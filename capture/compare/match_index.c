// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "match_types.h"

static uint64_t mix(uint64_t value)
{
	value *= 0x9e3779b97f4a7c15;
	return value ^ value >> 32;
}

static uint64_t hash_end(const uint8_t *address, uint16_t port)
{
	uint64_t halves[2];

	memcpy(halves, address, sizeof(halves));
	return mix(halves[0] + mix(halves[1] + port + 1));
}

/* The same for both directions. */
static uint64_t hash_flow(const struct packet *packet)
{
	return mix(hash_end(packet->saddr, packet->sport) +
		   hash_end(packet->daddr, packet->dport)) |
	       1;
}

static bool is_end(const struct flow *flow, int end, const uint8_t *address, uint16_t port)
{
	return flow->ports[end] == port && memcmp(flow->addresses[end], address, 16) == 0;
}

static bool is_flow(const struct flow *flow, const struct packet *packet, uint8_t *side)
{
	if (flow->family != packet->family)
		return false;
	*side = !is_end(flow, 0, packet->saddr, packet->sport);
	return is_end(flow, *side, packet->saddr, packet->sport) &&
	       is_end(flow, !*side, packet->daddr, packet->dport);
}

/* The slot of the packet's flow, or the free one where it belongs. */
static uint64_t *find_slot(const struct matcher *matcher, const struct packet *packet,
			   uint64_t hash, uint8_t *side)
{
	uint32_t at = (uint32_t)(hash >> 32) & matcher->flow_mask;
	uint32_t tag = (uint32_t)hash;

	for (;; at = (at + 1) & matcher->flow_mask) {
		uint64_t entry = matcher->flow_table[at];

		if (!entry)
			return &matcher->flow_table[at];
		if ((uint32_t)(entry >> 32) == tag &&
		    is_flow(&matcher->flows[(uint32_t)entry - 1], packet, side))
			return &matcher->flow_table[at];
	}
}

struct flow *index_find_flow(struct matcher *matcher, const struct packet *packet, uint8_t *side)
{
	uint64_t entry;

	if (!matcher->flow_count)
		return NULL;
	entry = *find_slot(matcher, packet, hash_flow(packet), side);
	return entry ? &matcher->flows[(uint32_t)entry - 1] : NULL;
}

static struct packet packet_of_flow(const struct flow *flow)
{
	struct packet packet = { .sport = flow->ports[0], .dport = flow->ports[1] };

	memcpy(packet.saddr, flow->addresses[0], 16);
	memcpy(packet.daddr, flow->addresses[1], 16);
	packet.family = flow->family;
	return packet;
}

static int grow_flows(struct matcher *matcher)
{
	uint32_t capacity = matcher->flow_capacity ? matcher->flow_capacity * 2 : 64;
	struct flow *flows = realloc(matcher->flows, capacity * sizeof(*flows));
	uint64_t *table;

	if (!flows)
		return -ENOMEM;
	matcher->flows = flows;
	table = calloc(capacity * 4, sizeof(*table));
	if (!table)
		return -ENOMEM;
	free(matcher->flow_table);
	matcher->flow_table = table;
	matcher->flow_mask = capacity * 4 - 1;
	matcher->flow_capacity = capacity;
	for (uint32_t i = 0; i < matcher->flow_count; i++) {
		struct packet packet = packet_of_flow(&flows[i]);
		uint64_t hash = hash_flow(&packet);
		uint8_t side;

		*find_slot(matcher, &packet, hash, &side) = hash << 32 | (i + 1);
	}
	return 0;
}

uint32_t index_add_flow(struct matcher *matcher, const struct packet *packet, uint8_t *side)
{
	uint64_t hash = hash_flow(packet), *slot;
	struct flow *flow;

	if (matcher->flow_count == matcher->flow_capacity && grow_flows(matcher))
		return NONE;
	slot = find_slot(matcher, packet, hash, side);
	if (*slot)
		return (uint32_t)*slot - 1;
	flow = &matcher->flows[matcher->flow_count];
	*flow = (struct flow){ .family = packet->family };
	memcpy(flow->addresses[0], packet->saddr, 16);
	memcpy(flow->addresses[1], packet->daddr, 16);
	flow->ports[0] = packet->sport;
	flow->ports[1] = packet->dport;
	*side = 0;
	*slot = hash << 32 | (matcher->flow_count + 1);
	return matcher->flow_count++;
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_time(const void *a, const void *b, void *context)
{
	const struct match_event *x = (struct match_event *)context + *(const uint32_t *)a;
	const struct match_event *y = (struct match_event *)context + *(const uint32_t *)b;
	int order = compare(x->flow, y->flow);

	if (!order)
		order = (x->packet.time > y->packet.time) - (x->packet.time < y->packet.time);
	return order ? order : compare(x->number, y->number);
}

/* Where in its connection a segment stands. */
static int compare_place(const struct match_event *x, const struct match_event *y)
{
	int order = compare(x->flow, y->flow);

	if (!order)
		order = compare(x->packet.side, y->packet.side);
	return order ? order : compare(x->packet.seq, y->packet.seq);
}

static int compare_seq(const void *a, const void *b, void *context)
{
	const struct match_event *x = (struct match_event *)context + *(const uint32_t *)a;
	const struct match_event *y = (struct match_event *)context + *(const uint32_t *)b;
	int order = compare_place(x, y);

	return order ? order : compare_time(a, b, context);
}

static uint8_t class_of(const struct match_event *event)
{
	return event->kind == EVENT_DROP ? CLASS_DROP : CLASS_SENT;
}

static int compare_key(const void *a, const void *b, void *context)
{
	const struct match_event *x = (struct match_event *)context + *(const uint32_t *)a;
	const struct match_event *y = (struct match_event *)context + *(const uint32_t *)b;
	int order = compare_place(x, y);

	if (!order)
		order = compare(x->packet.ack, y->packet.ack);
	if (!order)
		order = compare(class_of(x), class_of(y));
	return order ? order : compare_time(a, b, context);
}

static uint64_t hash_exact(uint32_t flow, const struct segment_info *packet)
{
	return mix(((uint64_t)packet->seq << 32 | packet->ack) +
		   mix(flow * 2ULL + packet->side + 1)) |
	       1;
}

static bool is_exact_run(const struct exact_run *run, uint32_t flow,
			 const struct segment_info *packet)
{
	return run->flow == flow && run->seq == packet->seq && run->ack == packet->ack &&
	       run->side == packet->side;
}

const struct exact_run *index_find_exact(const struct matcher *matcher, uint32_t flow,
					 const struct segment_info *packet)
{
	uint64_t hash = hash_exact(flow, packet), entry;
	uint32_t at = (uint32_t)(hash >> 32) & matcher->exact_mask;

	for (; (entry = matcher->exact_table[at]); at = (at + 1) & matcher->exact_mask) {
		const struct exact_run *run = &matcher->exact_runs[(uint32_t)entry - 1];

		if (entry >> 32 == (uint32_t)hash && is_exact_run(run, flow, packet))
			return run;
	}
	return NULL;
}

static struct exact_run *add_exact_run(struct matcher *matcher, const struct match_event *event)
{
	const struct segment_info *packet = &event->packet;
	uint64_t hash = hash_exact(event->flow, packet);
	uint32_t at = (uint32_t)(hash >> 32) & matcher->exact_mask;
	struct exact_run *run = &matcher->exact_runs[matcher->exact_run_count++];

	*run = (struct exact_run){
		.flow = event->flow,
		.seq = packet->seq,
		.ack = packet->ack,
		.side = packet->side,
	};
	while (matcher->exact_table[at])
		at = (at + 1) & matcher->exact_mask;
	matcher->exact_table[at] = hash << 32 | matcher->exact_run_count;
	return run;
}

static void build_exact(struct matcher *matcher, uint32_t count)
{
	struct exact_run *run = NULL;

	for (uint32_t i = 0; i < count; i++) {
		const struct match_event *event = &matcher->events[matcher->by_key[i]];
		struct range *range;

		if (!run || !is_exact_run(run, event->flow, &event->packet))
			run = add_exact_run(matcher, event);
		range = &run->classes[class_of(event)];
		if (!range->count++)
			range->first = i;
	}
}

static void build_runs(struct matcher *matcher, uint32_t count)
{
	struct seq_run *run = NULL;
	const struct match_event *last = NULL;

	for (uint32_t i = 0; i < count; i++) {
		const struct match_event *event = &matcher->events[matcher->by_seq[i]];
		struct flow *flow = &matcher->flows[event->flow];
		uint8_t side = event->packet.side;

		if (!last || last->flow != event->flow || last->packet.side != side ||
		    last->packet.seq != event->packet.seq) {
			run = &matcher->runs[matcher->run_count];
			*run = (struct seq_run){ .seq = event->packet.seq, .first = i };
			if (!flow->run_count[side]++)
				flow->first_run[side] = matcher->run_count;
			matcher->run_count++;
		}
		run->count++;
		last = event;
	}
}

static void build_flows(struct matcher *matcher, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct flow *flow = &matcher->flows[matcher->events[matcher->by_time[i]].flow];

		if (!flow->count++)
			flow->first = i;
	}
}

/* Retransmissions have an earlier transmission; dropped data may have come in other segments. */
static bool is_in_runs(const struct match_event *event)
{
	return is_sent_again(event) ||
	       (event->kind == EVENT_DROP && event->direction != EVENT_OUT &&
		event->packet.end != event->packet.seq);
}

int index_build(struct matcher *matcher)
{
	uint32_t count = 0, in_runs = 0, size = 4;

	while (size < matcher->count * 2)
		size *= 2;
	matcher->exact_mask = size - 1;
	matcher->exact_table = calloc(size, sizeof(*matcher->exact_table));
	matcher->by_time = calloc(matcher->count + 1, sizeof(*matcher->by_time));
	matcher->by_seq = calloc(matcher->count + 1, sizeof(*matcher->by_seq));
	matcher->by_key = calloc(matcher->count + 1, sizeof(*matcher->by_key));
	matcher->runs = calloc(matcher->count + 1, sizeof(*matcher->runs));
	matcher->exact_runs = calloc(matcher->count + 1, sizeof(*matcher->exact_runs));
	if (!matcher->exact_table || !matcher->by_time || !matcher->by_seq || !matcher->by_key ||
	    !matcher->runs || !matcher->exact_runs)
		return -ENOMEM;
	for (uint32_t i = 0; i < matcher->count; i++) {
		if (!matcher->events[i].has_tcp)
			continue;
		matcher->by_time[count] = matcher->by_key[count] = i;
		count++;
		if (is_in_runs(&matcher->events[i]))
			matcher->by_seq[in_runs++] = i;
	}
	qsort_r(matcher->by_time, count, sizeof(uint32_t), compare_time, matcher->events);
	qsort_r(matcher->by_key, count, sizeof(uint32_t), compare_key, matcher->events);
	qsort_r(matcher->by_seq, in_runs, sizeof(uint32_t), compare_seq, matcher->events);
	build_flows(matcher, count);
	build_exact(matcher, count);
	build_runs(matcher, in_runs);
	return 0;
}

/* The first of the direction's runs that does not begin before seq. */
static uint32_t lower_bound(const struct seq_run *runs, uint32_t count, uint32_t seq)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (runs[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void index_each_run(struct matcher *matcher, const struct flow *flow, uint8_t side, uint32_t seq,
		    uint32_t span,
		    void (*visit)(struct matcher *matcher, struct seq_run *run, void *context),
		    void *context)
{
	struct seq_run *runs = matcher->runs + flow->first_run[side];
	uint32_t count = flow->run_count[side];
	uint32_t at = count ? lower_bound(runs, count, seq) : 0;

	/* The numbers are a circle: behind the highest one comes the lowest. */
	for (uint32_t i = 0; i < count; i++, at++) {
		if (at == count)
			at = 0;
		if (runs[at].seq - seq >= span)
			return;
		visit(matcher, &runs[at], context);
	}
}
