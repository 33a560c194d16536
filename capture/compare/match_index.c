// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match_index.h"
#include "match_time.h"

/*
 * What one frame may cost. The largest segment that Linux builds (BIG TCP, 512 KiB) has the first
 * bytes of some 1,000 retransmissions of 536 bytes in it.
 */
#define WALK_RUNS_MAX 1024

#define PROBE_SENT_NS 10000000 /* at most, from the event of a probe to that of its packet */
#define PROBE_EVENTS  4	       /* after a probe, of which one is its retransmission */

/* The events that are equal in flow, side, seq and ack. */
struct exact_run {
	uint32_t flow_side; /* 2 * flow + side */
	uint32_t seq, ack;
	uint32_t first; /* in by_key: those that were sent, after them the drops */
	uint32_t sent_count, drop_count;
};

void index_release(struct match_index *index)
{
	hash_table_release(&index->exact_table);
	free(index->by_time);
	free(index->by_seq);
	free(index->by_key);
	free(index->runs);
	free(index->exact_runs);
	*index = (struct match_index){ 0 };
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
	return order ? order : compare(x->packet.number, y->packet.number);
}

/* By direction and sequence number. */
static int compare_first_byte(const struct match_event *x, const struct match_event *y)
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
	int order = compare_first_byte(x, y);

	return order ? order : compare_time(a, b, context);
}

static int compare_key(const void *a, const void *b, void *context)
{
	const struct match_event *x = (struct match_event *)context + *(const uint32_t *)a;
	const struct match_event *y = (struct match_event *)context + *(const uint32_t *)b;
	int order = compare_first_byte(x, y);

	if (!order)
		order = compare(x->packet.ack, y->packet.ack);
	if (!order)
		order = compare(x->kind == EVENT_DROP, y->kind == EVENT_DROP);
	return order ? order : compare_time(a, b, context);
}

static struct exact_run key_of(uint32_t flow, const struct segment_info *segment)
{
	return (struct exact_run){
		.flow_side = flow * 2 + segment->side,
		.seq = segment->seq,
		.ack = segment->ack,
	};
}

static bool same_key(const struct exact_run *a, const struct exact_run *b)
{
	return a->flow_side == b->flow_side && a->seq == b->seq && a->ack == b->ack;
}

/* Returns the slot of the run with this key, or the free slot for it. */
static uint32_t *find_slot(const struct match_index *index, const struct exact_run *key)
{
	const uint32_t words[] = { key->flow_side, key->seq, key->ack };
	uint32_t hash = match_hash_words(&index->hash, words, 3);
	uint32_t *slot = hash_table_first(&index->exact_table, hash);

	while (*slot && !same_key(&index->exact_runs[*slot - 1], key))
		slot = hash_table_next(&index->exact_table, slot);
	return slot;
}

struct exact_match index_find_exact(const struct match_index *index, const struct flow *flow,
				    const struct segment_info *segment)
{
	struct exact_run key = key_of((uint32_t)(flow - index->flows->flows), segment);
	uint32_t number = *find_slot(index, &key);
	const struct exact_run *run = number ? &index->exact_runs[number - 1] : &key;
	const uint32_t *events = index->by_key + run->first;

	return (struct exact_match){ { events, run->sent_count },
				     { events + run->sent_count, run->drop_count } };
}

static void build_exact(struct match_index *index, const struct match_event *events, uint32_t count)
{
	struct exact_run *run = NULL;

	for (uint32_t i = 0; i < count; i++) {
		const struct match_event *event = &events[index->by_key[i]];
		struct exact_run key = key_of(event->flow, &event->packet);

		if (!run || !same_key(run, &key)) {
			run = &index->exact_runs[index->exact_count];
			*run = key;
			run->first = i;
			*find_slot(index, &key) = ++index->exact_count;
		}
		if (event->kind == EVENT_DROP)
			run->drop_count++;
		else
			run->sent_count++;
	}
}

static void build_runs(struct match_index *index, const struct match_event *events, uint32_t count)
{
	struct seq_run *run = NULL;
	const struct match_event *last = NULL;

	for (uint32_t i = 0; i < count; i++) {
		const struct match_event *event = &events[index->by_seq[i]];
		struct flow *flow = &index->flows->flows[event->flow];
		uint8_t side = event->packet.side;

		if (!last || compare_first_byte(last, event)) {
			run = &index->runs[index->run_count];
			*run = (struct seq_run){ .seq = event->packet.seq, .first = i };
			if (!flow->run_count[side]++)
				flow->first_run[side] = index->run_count;
			index->run_count++;
		}
		run->count++;
		last = event;
	}
}

/*
 * Retransmissions have an earlier transmission; dropped data may have come in other segments, and
 * in another connection. A flood has only SYNs that were dropped, each in a flow of its own, and no
 * connection is kept for them.
 */
static bool is_in_runs(const struct match_event *event)
{
	return is_retransmission(event) ||
	       (event->kind == EVENT_DROP && event->direction != EVENT_OUT &&
		event->packet.payload_len);
}

static void build_flows(struct match_index *index, const struct match_event *events, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct match_event *event = &events[index->by_time[i]];
		struct flow *flow = &index->flows->flows[event->flow];

		if (!flow->count++)
			flow->first = i;
		flow->needs_connections |= is_in_runs(event);
		if (is_retransmission(event) && event->packet.payload_len > flow->longest)
			flow->longest = event->packet.payload_len;
	}
}

static int allocate(struct match_index *index, size_t count)
{
	index->by_time = calloc(count + 1, sizeof(*index->by_time));
	index->by_seq = calloc(count + 1, sizeof(*index->by_seq));
	index->by_key = calloc(count + 1, sizeof(*index->by_key));
	index->runs = calloc(count + 1, sizeof(*index->runs));
	index->exact_runs = calloc(count + 1, sizeof(*index->exact_runs));
	if (!index->by_time || !index->by_seq || !index->by_key || !index->runs ||
	    !index->exact_runs)
		return -ENOMEM;
	return hash_table_resize(&index->exact_table, (uint32_t)count);
}

/* The kernel reports the probe, then sends it, which is a retransmission: one transmission. */
static bool is_sent_by(const struct match_event *probe, const struct match_event *sent)
{
	return probe->kind == EVENT_TLP && sent->kind == EVENT_RETRANSMIT && sent->probe &&
	       !compare_first_byte(probe, sent) && probe->netns == sent->netns &&
	       time_apart(sent->packet.time, probe->packet.time) < PROBE_SENT_NS;
}

/* Returns the retransmission by the probe at that place; a drop of it may be reported before it. */
static uint32_t find_sent_by(const struct match_index *index, const struct match_event *events,
			     uint32_t at, uint32_t count)
{
	const struct match_event *probe = &events[index->by_seq[at]];

	for (uint32_t i = at + 1; probe->kind == EVENT_TLP && i < count && i <= at + PROBE_EVENTS;
	     i++) {
		const struct match_event *event = &events[index->by_seq[i]];

		if (is_sent_by(probe, event))
			return index->by_seq[i];
		if (event->kind != EVENT_DROP)
			break;
	}
	return NONE;
}

/* Takes the probes that a retransmission has sent out of by_seq; returns the number of the rest. */
static uint32_t join_probes(struct match_index *index, struct match_event *events, uint32_t count)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t event = index->by_seq[i];
		uint32_t next = find_sent_by(index, events, i, count);

		if (next != NONE) {
			events[event].is_joined = true;
			events[event].sent_as = next;
			continue;
		}
		events[event].tx = kept;
		index->by_seq[kept++] = event;
	}
	return kept;
}

int index_build(struct match_index *index, struct flow_list *flows, struct match_event *events,
		size_t count)
{
	void *context = events;
	uint32_t with_tcp = 0, in_runs = 0;

	index->flows = flows;
	match_hash_init(&index->hash);
	if (allocate(index, count))
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		events[i].tx = NONE;
		events[i].is_joined = false;
		if (!events[i].has_tcp)
			continue;
		index->by_time[with_tcp] = index->by_key[with_tcp] = i;
		with_tcp++;
		if (is_in_runs(&events[i]))
			index->by_seq[in_runs++] = i;
	}
	qsort_r(index->by_time, with_tcp, sizeof(uint32_t), compare_time, context);
	qsort_r(index->by_key, with_tcp, sizeof(uint32_t), compare_key, context);
	qsort_r(index->by_seq, in_runs, sizeof(uint32_t), compare_seq, context);
	in_runs = index->tx_count = join_probes(index, events, in_runs);
	build_flows(index, events, with_tcp);
	build_exact(index, events, with_tcp);
	build_runs(index, events, in_runs);
	return 0;
}

struct event_range index_run_events(const struct match_index *index, const struct seq_run *run)
{
	return (struct event_range){ index->by_seq + run->first, run->count };
}

uint32_t index_count_before(const struct match_event *events, struct event_range range,
			    int64_t time)
{
	uint32_t low = 0, high = range.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (events[range.events[middle]].packet.time < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
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

struct run_walk index_walk_runs(const struct match_index *index, const struct flow *flow,
				uint8_t side, uint32_t seq, uint32_t span)
{
	struct seq_run *runs = index->runs + flow->first_run[side];
	uint32_t count = flow->run_count[side];

	return (struct run_walk){
		.runs = runs,
		.count = count,
		.at = lower_bound(runs, count, seq),
		.seq = seq,
		.span = span,
	};
}

struct seq_run *run_walk_next(struct run_walk *walk)
{
	struct seq_run *run;

	if (walk->visited == walk->count)
		return NULL;
	if (walk->at == walk->count) /* numbers wrap: the lowest one comes after the highest */
		walk->at = 0;
	run = &walk->runs[walk->at];
	if (run->seq - walk->seq >= walk->span)
		return NULL;
	walk->stopped = walk->visited == WALK_RUNS_MAX;
	if (walk->stopped)
		return NULL;
	walk->visited++;
	walk->at++;
	return run;
}
