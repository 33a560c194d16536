// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "match_types.h"
#include "report/names.h"

#define SAMPLES_ENOUGH 100
#define SAME_CLOCK_NS  250000 /* what lies between a packet's frame and its event anyway */
#define LATER_NS       1000000
#define LOOK_AT	       16

struct matcher *matcher_new(uint64_t window_ns)
{
	struct matcher *matcher = calloc(1, sizeof(*matcher));

	if (matcher)
		matcher->window = (int64_t)window_ns;
	return matcher;
}

void matcher_free(struct matcher *matcher)
{
	if (!matcher)
		return;
	connections_forget(matcher);
	for (size_t i = 0; i < matcher->count; i++)
		free(matcher->events[i].label);
	free(matcher->events);
	free(matcher->flows);
	free(matcher->flow_table);
	free(matcher->by_time);
	free(matcher->by_seq);
	free(matcher->by_key);
	free(matcher->runs);
	free(matcher->exact_runs);
	free(matcher->exact_table);
	free(matcher->wires);
	free(matcher);
}

struct segment_info segment_info_of(const struct packet *packet, int64_t time, uint8_t side)
{
	return (struct segment_info){
		.time = time,
		.seq = packet->seq,
		.end = packet->seq + packet->payload_len + !!(packet->flags & TCP_SYN) +
		       !!(packet->flags & TCP_FIN),
		.ack = packet->flags & TCP_ACK ? packet->ack : 0,
		.payload_len = packet->payload_len,
		.tsval = packet->tsval,
		.tsecr = packet->tsecr,
		.ip_id = packet->ip_id,
		.window = packet->window,
		.flags = packet->flags,
		.side = side,
		.has_ip_id = packet->family == AF_INET,
		.has_timestamps = packet->has_tsval,
		.cut = packet->cut,
	};
}

static enum event_kind kind_of(const struct drop_report *report)
{
	const char *name = report_text(report, KEY_event);
	enum event_kind kind = 0;

	while (kind < EVENT_KIND_COUNT && (!name || strcmp(name, event_kind_name(kind)) != 0))
		kind++;
	return kind;
}

static enum event_direction direction_of(const struct drop_report *report)
{
	const char *dir = report_text(report, KEY_dir);

	if (dir)
		return strcmp(dir, "in") == 0 ? EVENT_IN : EVENT_OUT;
	if (report->has_direction)
		return report->inbound ? EVENT_IN : EVENT_OUT;
	return EVENT_DIR_UNKNOWN;
}

static bool text_is(const struct drop_report *report, enum key key, const char *wanted)
{
	const char *text = report_text(report, key);

	return text && strcmp(text, wanted) == 0;
}

/* "NETFILTER_DROP at nft_do_chain+0x3b8"; NULL if neither is known. */
static char *label_of(const struct drop_report *report)
{
	const char *reason = report_text(report, KEY_reason), *at = report_text(report, KEY_at);
	struct strbuf label = { 0 };

	if (reason)
		strbuf_add(&label, reason);
	else if (report->values[KEY_reason_code].present)
		strbuf_addf(&label, "reason %llu",
			    (unsigned long long)report_number(report, KEY_reason_code));
	if (at)
		strbuf_addf(&label, "%sat %s", label.length ? " " : "", at);
	return label.data;
}

int matcher_add_event(struct matcher *matcher, const struct drop_report *report, uint64_t number)
{
	const struct packet *packet = &report->packet;
	struct match_event *event;
	uint8_t side = 0;

	if (matcher->count == matcher->capacity) {
		size_t capacity = matcher->capacity ? matcher->capacity * 2 : 64;
		struct match_event *grown = realloc(matcher->events,
						    capacity * sizeof(*matcher->events));

		if (!grown)
			return -ENOMEM;
		matcher->events = grown;
		matcher->capacity = capacity;
	}
	event = &matcher->events[matcher->count];
	*event = (struct match_event){
		.number = number,
		.kind = kind_of(report),
		.direction = direction_of(report),
		.netns = (uint32_t)report_number(report, KEY_netns),
		.lost = report_number(report, KEY_lost),
		.failed = report->values[KEY_err].present,
		.timeout = text_is(report, KEY_kind, "rto"),
		.drop_before = NONE,
		.own_drop = NONE,
		.now.ack_drop = NONE,
		.all.ack_drop = NONE,
	};
	event->has_tcp = packet->tcp_at && event->kind != EVENT_KIND_COUNT;
	if (event->has_tcp)
		event->flow = index_add_flow(matcher, packet, &side);
	if (event->flow == NONE)
		return -ENOMEM;
	event->packet = segment_info_of(packet, (int64_t)report->timestamp_ns, side);
	event->packet.synthesized = text_is(report, KEY_hdr, "synthesized");
	event->label = label_of(report);
	matcher->count++;
	return 0;
}

size_t matcher_events(const struct matcher *matcher)
{
	return matcher->count;
}

/* Whether its packet can be told from every other one. */
static bool is_measurable(const struct match_event *event)
{
	const struct segment_info *packet = &event->packet;

	return event->has_tcp && !event->failed && event->kind != EVENT_TLP &&
	       !packet->synthesized &&
	       ((packet->has_ip_id && packet->ip_id) || packet->has_timestamps);
}

int matcher_begin(struct matcher *matcher)
{
	for (size_t i = 0; i < matcher->count; i++)
		matcher->measurable += is_measurable(&matcher->events[i]);
	return index_build(matcher);
}

/* Of several frames that may be the event's, the nearest by the clocks as they are. */
static void take_sample(struct matcher *matcher, struct match_event *event, int64_t apart)
{
	int64_t *samples = matcher->samples;

	if (!event->sample && matcher->sample_count < SAMPLES_MAX) {
		samples[matcher->sample_count] = apart;
		event->sample = (uint32_t)++matcher->sample_count;
	} else if (event->sample && llabs(apart) < llabs(samples[event->sample - 1])) {
		samples[event->sample - 1] = apart;
	}
}

static void measure_range(struct matcher *matcher, const struct range *range,
			  const struct segment_info *frame)
{
	for (uint32_t i = 0; i < range->count && i < LOOK_AT; i++) {
		struct match_event *event = &matcher->events[matcher->by_key[range->first + i]];

		if (!is_measurable(event) || same_packet(&event->packet, frame) != SAME_SURELY)
			continue;
		matcher->last_sample = frame->time;
		take_sample(matcher, event, frame->time - event->packet.time);
		return;
	}
}

bool matcher_measure(struct matcher *matcher, const struct match_frame *frame)
{
	const struct exact_run *run;
	struct segment_info sighting;
	const struct flow *flow;
	uint8_t side;

	if (matcher->sample_count >= SAMPLES_ENOUGH)
		return true;
	/* One more second, for a frame that is nearer. */
	if (matcher->sample_count == matcher->measurable &&
	    (int64_t)frame->timestamp_ns > matcher->last_sample + 1000000000)
		return true;
	flow = frame->packet->tcp_at ? index_find_flow(matcher, frame->packet, &side) : NULL;
	if (!flow)
		return false;
	sighting = segment_info_of(frame->packet, (int64_t)frame->timestamp_ns, side);
	run = index_find_exact(matcher, (uint32_t)(flow - matcher->flows), &sighting);
	for (int class = 0; run && class < CLASS_COUNT; class ++)
		measure_range(matcher, &run->classes[class], &sighting);
	return false;
}

static int compare_samples(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

struct match_offset matcher_offset(struct matcher *matcher)
{
	struct match_offset offset = { .matches = matcher->sample_count };

	if (offset.matches) {
		qsort(matcher->samples, offset.matches, sizeof(int64_t), compare_samples);
		offset.median_ns = matcher->samples[offset.matches / 2];
		if (llabs(offset.median_ns) > SAME_CLOCK_NS)
			offset.ns = offset.median_ns;
	}
	for (size_t i = 0; i < matcher->count; i++)
		matcher->events[i].sample = 0;
	matcher->sample_count = 0;
	matcher->last_sample = 0;
	return offset;
}

int matcher_begin_wire(struct matcher *matcher, const char *name, int64_t offset_ns)
{
	struct wire *wires = realloc(matcher->wires,
				     (matcher->wire_count + 1) * sizeof(*matcher->wires));

	if (!wires)
		return -ENOMEM;
	matcher->wires = wires;
	wires[matcher->wire_count++] = (struct wire){ .name = name, .offset = offset_ns };
	for (uint32_t i = 0; i < matcher->flow_count; i++)
		matcher->flows[i].next = 0;
	for (uint32_t i = 0; i < matcher->run_count; i++)
		matcher->runs[i].cursor = 0;
	return 0;
}

void matcher_add_missing(struct matcher *matcher, uint64_t count, const char *why)
{
	struct wire *wire = &matcher->wires[matcher->wire_count - 1];

	if (count && !wire->missing)
		wire->why_missing = why;
	wire->missing += count;
}

static bool is_later(const struct frame_ref *a, const struct frame_ref *b, int64_t by)
{
	return a->seen && (!b->seen || a->time > b->time + by);
}

/* What was sent before an event, but not after the one before it, was sent before that one too. */
static void inherit(struct matcher *matcher, const struct seq_run *run)
{
	for (uint32_t i = 1; i < run->count; i++) {
		const uint32_t *members = &matcher->by_seq[run->first];
		const struct match_event *elder = &matcher->events[members[i - 1]];
		struct match_event *event = &matcher->events[members[i]];

		if (!event->connection || elder->connection != event->connection)
			continue;
		if (is_later(&elder->now.attempt, &event->now.attempt, 0)) {
			event->now.attempt = elder->now.attempt;
			event->now.attempt_tsval = elder->now.attempt_tsval;
			event->now.attempt_has_tsval = elder->now.attempt_has_tsval;
		}
		if (elder->drop_before != NONE && event->drop_before == NONE)
			event->drop_before = elder->drop_before;
	}
}

/*
 * A wire that has the packet itself knows its connection best; of one that has neither, none is
 * known.
 */
static int worth(const struct evidence *evidence)
{
	return evidence->own.seen ? 2 : evidence->attempt.seen;
}

static void keep_first(struct frame_ref *kept, const struct frame_ref *seen)
{
	if (!kept->seen)
		*kept = *seen;
}

static void merge(struct evidence *all, const struct evidence *now)
{
	if (worth(now) > worth(all)) {
		*all = *now;
		return;
	}
	if (!worth(now) || worth(now) < worth(all))
		return;
	if (is_later(&now->attempt, &all->attempt, LATER_NS)) {
		all->attempt = now->attempt;
		all->attempt_tsval = now->attempt_tsval;
		all->attempt_has_tsval = now->attempt_has_tsval;
	}
	if (now->answer.seen && (!all->answer.seen || (now->answer_tells && !all->answer_tells))) {
		all->answer = now->answer;
		all->answer_tsecr = now->answer_tsecr;
		all->answer_tells = now->answer_tells;
	}
	if (all->ack_drop == NONE)
		all->ack_drop = now->ack_drop;
	keep_first(&all->again, &now->again);
	keep_first(&all->acked, &now->acked);
	keep_first(&all->sacked, &now->sacked);
	keep_first(&all->dsack, &now->dsack);
}

int matcher_end_wire(struct matcher *matcher)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < matcher->flow_count; i++)
		err = advance_events(matcher, &matcher->flows[i], INT64_MAX);
	for (uint32_t i = 0; i < matcher->run_count; i++)
		inherit(matcher, &matcher->runs[i]);
	for (size_t i = 0; i < matcher->count; i++) {
		struct match_event *event = &matcher->events[i];

		merge(&event->all, &event->now);
		event->now = (struct evidence){ .ack_drop = NONE };
		event->claim = (struct segment_info){ 0 };
		event->connection = 0;
		event->looked = false;
	}
	connections_forget(matcher);
	return err;
}
