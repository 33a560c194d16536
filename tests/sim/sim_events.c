// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim_frame.h"
#include "sim_tcp.h"
#include "sim_wire.h"
#include "sink/sink.h"

#define NETNS 4026532000U

static const char *kind_name(enum event_kind kind)
{
	static const char *const names[EVENT_KIND_COUNT] = {
		[EVENT_DROP] = "drop", [EVENT_RETRANSMIT] = "retransmit", [EVENT_SYNACK] = "synack",
		[EVENT_TLP] = "tlp",   [EVENT_RESET] = "reset",
	};

	return names[kind];
}

static int compare_times(const void *a, const void *b, void *context)
{
	const struct world *world = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int64_t earlier = world->events[x].time, later = world->events[y].time;

	return earlier != later ? (earlier > later) - (earlier < later) : (x > y) - (x < y);
}

uint32_t *events_order(struct world *world, uint32_t *count)
{
	uint32_t *order = calloc(world->event_count + 1, sizeof(*order));

	if (!order)
		abort();
	*count = 0;
	for (uint32_t i = 0; i < world->event_count; i++) {
		if (is_reported(world, &world->events[i]))
			order[(*count)++] = i;
	}
	qsort_r(order, *count, sizeof(*order), compare_times, world);
	/* Rings of several CPUs: some events are out of order by little. */
	for (uint32_t i = 1; world->situation.shuffled_events && i < *count; i++) {
		if (random_ppm(&world->random, 300000) &&
		    world->events[order[i]].time - world->events[order[i - 1]].time < MS) {
			uint32_t other = order[i];

			order[i] = order[i - 1];
			order[i - 1] = other;
		}
	}
	return order;
}

static void set_text(struct drop_report *report, enum key key, const char *text)
{
	if (text)
		report_set_text(report, key, text);
}

static void make_report(const struct world *world, const struct host_event *event, uint64_t lost,
			struct frame *frame, struct drop_report *report)
{
	const struct segment *segment = &world->segments[event->segment];
	bool below_tunnel = world->situation.tunnel && event->hop;
	const struct frame_form form = {
		.link = LINK_ETHERNET,
		.tunnelled = below_tunnel,
		.translated = event->translated,
		.synthesized = event->synthesized,
		.outbound = event->direction == EVENT_OUT,
	};

	frame_build(world, segment, form, frame);
	*report = (struct drop_report){
		.timestamp_ns = (uint64_t)world->situation.epoch + (uint64_t)event->time,
		.ifname = event->hop ? "veth0" : "eth0",
		.has_direction = true,
		.inbound = event->direction == EVENT_IN,
	};
	packet_parse(&report->packet, frame->bytes, frame->headers, frame->length);
	set_text(report, KEY_event, kind_name(event->kind));
	set_text(report, KEY_kind, event->retransmit);
	set_text(report, KEY_err, event->err);
	set_text(report, KEY_reason, event->reason);
	set_text(report, KEY_at, event->at);
	set_text(report, KEY_dir, event->direction == EVENT_IN ? "in" : "out");
	set_text(report, KEY_sock,
		 event->hop && !below_tunnel	? "none"
		 : event->direction == EVENT_IN ? "rx_sk"
						: "skb");
	set_text(report, KEY_hdr, event->synthesized ? "synthesized" : "wire");
	report_set_number(report, KEY_netns,
			  NETNS + (below_tunnel ? 0 : event->hop) +
				  (world->situation.same_addresses ? segment->connection * 2 : 0));
	report_set_number(report, KEY_ifindex, 2);
	if (below_tunnel)
		report_set_text(report, KEY_tunnel, "ipip");
	if (segment->segs > 1)
		report_set_number(report, KEY_segs, segment->segs);
	if (lost)
		report_set_number(report, KEY_lost, lost);
}

/* Returns how many events before this one are not in the file, and have not been counted yet. */
static uint64_t count_lost(const struct world *world, const struct host_event *event,
			   uint64_t counted)
{
	uint64_t lost = 0;

	for (uint32_t i = 0; i < world->event_count; i++)
		lost += world->events[i].forgotten && world->events[i].time <= event->time;
	return lost > counted ? lost - counted : 0;
}

int events_write(const struct world *world, const uint32_t *order, uint32_t count, const char *path)
{
	const struct sink_pcapng_config config = {
		.path = path,
		.comment = "simulated",
		.snaplen = 262144,
	};
	struct error error;
	struct sink *sink = sink_pcapng_open(&config, &error);
	uint64_t counted = 0;
	int err = 0, closed;

	if (!sink) {
		fprintf(stderr, "%s\n", error.text);
		return -EIO;
	}
	for (uint32_t i = 0; !err && i < count; i++) {
		const struct host_event *event = &world->events[order[i]];
		uint64_t lost = count_lost(world, event, counted);
		struct drop_report report;
		struct frame frame;

		make_report(world, event, lost, &frame, &report);
		counted += lost;
		err = sink->add(sink, &report);
	}
	closed = sink->close(sink, 0);
	return err ? err : closed;
}
