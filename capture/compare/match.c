// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "match.h"
#include "match_clock.h"
#include "match_connection.h"
#include "match_evidence.h"
#include "match_frame.h"
#include "match_nat.h"
#include "match_own_drop.h"
#include "match_report.h"
#include "match_sack.h"
#include "match_time.h"
#include "match_verdict.h"
#include "match_votes.h"

#define EVENTS_MAX (1U << 30)

struct matcher *matcher_new(uint64_t window_ns)
{
	struct matcher *matcher = calloc(1, sizeof(*matcher));

	if (matcher)
		matcher->window = window_ns < INT64_MAX ? (int64_t)window_ns : INT64_MAX;
	return matcher;
}

void matcher_free(struct matcher *matcher)
{
	if (!matcher)
		return;
	for (uint32_t i = 0; i < matcher->flows.count; i++)
		connections_forget(matcher, &matcher->flows.flows[i]);
	index_release(&matcher->index);
	nat_release(&matcher->nat);
	flows_release(&matcher->flows);
	labels_free(&matcher->labels);
	free(matcher->events);
	free(matcher->current);
	free(matcher->current_tx);
	free(matcher->merged);
	free(matcher->merged_tx);
	free(matcher->links);
	free(matcher->forms);
	free(matcher->drop_sacks);
	free(matcher->wires);
	free(matcher);
}

static int grow_events(struct matcher *matcher)
{
	size_t capacity = matcher->capacity ? matcher->capacity * 2 : 64;
	struct match_event *events = reallocarray(matcher->events, capacity, sizeof(*events));

	if (!events)
		return -ENOMEM;
	matcher->events = events;
	matcher->capacity = capacity;
	return 0;
}

/* Events were lost between the last event and that time. */
static void add_lost(struct matcher *matcher, int64_t until)
{
	if (!matcher->has_lost)
		matcher->lost_from = matcher->count
					     ? matcher->events[matcher->count - 1].packet.time
					     : INT64_MIN;
	matcher->lost_until = until;
	matcher->has_lost = true;
}

int matcher_add_event(struct matcher *matcher, const struct drop_report *report, uint64_t number)
{
	struct match_event event = event_of_report(report, number);
	uint8_t side = 0;

	if (matcher->count == EVENTS_MAX)
		return -EOVERFLOW;
	if (matcher->count == matcher->capacity && grow_events(matcher))
		return -ENOMEM;
	if (labels_add(&matcher->labels, report, &event.label))
		return -ENOMEM;
	if (event.has_tcp)
		event.flow = flows_add(&matcher->flows, &report->packet, &side);
	if (event.flow == FLOW_NONE)
		return -ENOMEM;
	event.packet.side = side;
	matcher->events[matcher->count] = event;
	if (event.lost)
		add_lost(matcher, event.packet.time);
	if (event.kind == EVENT_DROP && event.has_tcp && report->packet.sack_count &&
	    sack_keep_drop(matcher, (uint32_t)matcher->count, &report->packet))
		return -ENOMEM;
	matcher->count++;
	return 0;
}

size_t matcher_events(const struct matcher *matcher)
{
	return matcher->count;
}

int matcher_begin(struct matcher *matcher)
{
	clock_begin(matcher);
	if (nat_begin(matcher))
		return -ENOMEM;
	return index_build(&matcher->index, &matcher->flows, matcher->events, matcher->count);
}

static void take_samples(struct matcher *matcher, const struct segment_info *segment,
			 const struct flow *flow)
{
	struct exact_match exact = index_find_exact(&matcher->index, flow, segment);

	votes_count_copy(matcher, &exact, segment);
	clock_sample(matcher, exact.sent, segment);
	clock_sample(matcher, exact.drops, segment);
}

int matcher_measure(struct matcher *matcher, const struct wire_frame *frame)
{
	int64_t time = time_from_ns(frame->timestamp_ns);
	struct segment_info segment;
	struct flow *flow;
	uint32_t translated;
	uint8_t side = 0;
	int err;

	if (!frame->packet->tcp_at)
		return 0;
	flow = nat_find_flow(matcher, frame->packet, &side);
	segment = segment_info_of(frame->packet, time, side);
	if (flow) {
		votes_count_device(flow, side, frame->packet);
		take_samples(matcher, &segment, flow);
		stamp_add_frame(matcher->stamps, (uint32_t)(flow - matcher->flows.flows), &segment);
	}
	err = nat_learn(matcher, &segment, frame->packet, &translated);
	if (err || translated == NONE)
		return err;
	segment.side = matcher->events[translated].packet.side;
	take_samples(matcher, &segment, &matcher->flows.flows[matcher->events[translated].flow]);
	return 0;
}

void matcher_measure_other(struct matcher *matcher)
{
	stamp_forget_frames(matcher->stamps);
}

struct match_offset matcher_offset(struct matcher *matcher)
{
	struct match_offset offset = clock_offset(matcher);
	size_t devices = votes_take_devices(&matcher->flows);

	if (offset.copies < devices)
		offset.copies = devices;
	return offset;
}

int matcher_continue_wire(struct matcher *matcher, const char *name,
			  const struct match_offset *offset)
{
	struct wire *wires;

	if (matcher->wire_count == WIRES_MAX)
		return -EOVERFLOW;
	wires = reallocarray(matcher->wires, matcher->wire_count + 1, sizeof(*wires));
	if (!wires)
		return -ENOMEM;
	matcher->wires = wires;
	wires[matcher->wire_count++] = (struct wire){
		.name = name,
		.offset = *offset,
	};
	return 0;
}

int matcher_begin_wire(struct matcher *matcher, const char *name, const struct match_offset *offset)
{
	bool is_first;

	if (nat_apply(matcher))
		return -ENOMEM;
	for (uint32_t i = 0; i < matcher->flows.count; i++) {
		matcher->flows.flows[i].next = 0;
		matcher->flows.flows[i].has_frames = false;
	}
	for (uint32_t i = 0; i < matcher->index.run_count; i++)
		matcher->index.runs[i].cursor = 0;
	is_first = !matcher->links;
	if (evidence_begin(matcher))
		return -ENOMEM;
	if (is_first)
		own_drops_assign(matcher);
	matcher->first_wire = matcher->wire_count;
	return matcher_continue_wire(matcher, name, offset);
}

void matcher_add_missing(struct matcher *matcher, uint64_t count, const char *why)
{
	wire_add_missing(current_wire(matcher), count, why);
}

int matcher_add_frame(struct matcher *matcher, const struct wire_frame *frame)
{
	struct wire *wire = current_wire(matcher);
	int64_t time = clock_convert(&wire->offset, time_from_ns(frame->timestamp_ns));
	struct segment_info segment;
	struct flow *flow;
	uint8_t side;

	wire_add_time(wire, time);
	if (!frame->packet->tcp_at) {
		if (frame->packet->cut)
			wire_add_missing(wire, 1, "cut before the end of the TCP header");
		return 0;
	}
	flow = nat_find_flow(matcher, frame->packet, &side);
	if (!flow)
		return 0;
	segment = segment_info_of(frame->packet, time, side);
	segment.number = frame->number;
	segment.wire = (uint16_t)(matcher->wire_count - 1);
	flow->has_frames = true;
	return frame_add(matcher, flow, &segment, frame->packet);
}

/* Returns 1 + the file of the capture that would have a packet of that time, 0: none. */
static uint16_t find_witness(const struct matcher *matcher, int64_t time)
{
	for (uint32_t i = matcher->first_wire; i < matcher->wire_count; i++) {
		if (!matcher->wires[i].missing && wire_covers(&matcher->wires[i], time))
			return (uint16_t)(i + 1);
	}
	return 0;
}

/* The wire capture is a witness of those events whose packets it would have had. */
static void add_witness(struct matcher *matcher, const struct flow *flow)
{
	for (uint32_t i = 0; i < flow->count; i++) {
		uint32_t index = matcher->index.by_time[flow->first + i];
		struct match_event *event = &matcher->events[index];

		if (!event->witness && connection_has_frames(matcher, flow, index))
			event->witness = find_witness(matcher, event->packet.time);
	}
}

int matcher_end_wire(struct matcher *matcher)
{
	for (uint32_t i = 0; i < matcher->flows.count; i++) {
		struct flow *flow = &matcher->flows.flows[i];
		int err = advance_events(matcher, flow, TIME_AFTER_ALL);

		if (err)
			return err;
		add_witness(matcher, flow);
		connections_forget(matcher, flow);
	}
	evidence_end(matcher);
	return 0;
}

void matcher_cut_wire(struct matcher *matcher)
{
	current_wire(matcher)->cut = true;
}

struct match_result matcher_result(const struct matcher *matcher, size_t index,
				   struct strbuf *because)
{
	strbuf_clear(because);
	return verdict_decide(matcher, index, because);
}
