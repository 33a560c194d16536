// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "match_case.h"

#define FRAMES_MAX 200000
#define EPOCH_NS   1700000000000000000ULL
#define WIRES	   8

struct story_frame {
	int wire;
	uint64_t number;
	double us;
	struct packet packet;
};

static struct matcher *matcher;
static struct story_frame *frames;
static size_t frame_count;
static uint64_t frame_number;
static uint64_t event_number;
static double clock_us[WIRES];
static const char *missing[WIRES];
static uint64_t event_epoch_ns, frame_epoch_ns;
static int wire_count;
static struct strbuf because, verdict;
static struct match_offset offsets[WIRES];
static bool is_done; /* the matcher has the whole story */

void story_begin(void)
{
	matcher_free(matcher);
	matcher = matcher_new(10000000000);
	if (!frames)
		frames = calloc(FRAMES_MAX, sizeof(*frames));
	if (!matcher || !frames)
		abort();
	frame_count = frame_number = event_number = 0;
	memset(clock_us, 0, sizeof(clock_us));
	memset(missing, 0, sizeof(missing));
	event_epoch_ns = frame_epoch_ns = EPOCH_NS;
	wire_count = 1;
	is_done = false;
}

static struct packet make(const struct story_packet *story)
{
	struct packet packet = {
		.family = story->ipv6 ? AF_INET6 : AF_INET,
		.tcp_at = 34,
		.sport = story->port ? story->port : 1000,
		.dport = 80,
		.seq = story->seq,
		.ack = story->ack,
		.flags = story->flags ? story->flags : TCP_ACK,
		.payload_len = story->len,
		.ip_id = story->id,
		.has_tsval = story->tsval || story->tsecr,
		.tsval = story->tsval,
		.tsecr = story->tsecr,
		.window = 500,
		.cut = story->cut,
	};

	memcpy(packet.saddr, "\x0a\0\0\1", 4);
	memcpy(packet.daddr, "\x0a\0\0\2", 4);
	if (story->translated) {
		memcpy(packet.saddr, "\x0a\x09\0\1", 4);
		packet.sport = 5000;
	}
	if (story->from_server) {
		memcpy(packet.daddr, packet.saddr, 4);
		memcpy(packet.saddr, "\x0a\0\0\2", 4);
		packet.dport = packet.sport;
		packet.sport = 80;
	}
	for (int i = 0; i < 2 && story->sack[2 * i + 1] != story->sack[2 * i]; i++) {
		packet.sack[i].start = story->sack[2 * i];
		packet.sack[i].end = story->sack[2 * i + 1];
		packet.sack_count++;
	}
	return packet;
}

static size_t add_event(double us, struct drop_report *report, struct story_packet packet,
			struct story_event more)
{
	report->timestamp_ns = event_epoch_ns + (uint64_t)(int64_t)(us * 1000);
	report->packet = make(&packet);
	report_set_number(report, KEY_netns, more.netns ? more.netns : 1);
	if (more.err)
		report_set_text(report, KEY_err, more.err);
	if (more.kind)
		report_set_text(report, KEY_kind, more.kind);
	if (more.reason)
		report_set_text(report, KEY_reason, more.reason);
	if (more.local)
		report_set_text(report, KEY_sock, "skb");
	if (more.tunnel)
		report_set_text(report, KEY_tunnel, more.tunnel);
	if (more.lost)
		report_set_number(report, KEY_lost, more.lost);
	report_set_text(report, KEY_hdr, more.synthesized || more.err ? "synthesized" : "wire");
	if (matcher_add_event(matcher, report, ++event_number))
		abort();
	return matcher_events(matcher) - 1;
}

size_t story_drop(double us, const char *dir, struct story_packet packet, struct story_event more)
{
	struct drop_report report = { 0 };

	report_set_text(&report, KEY_event, "drop");
	if (dir)
		report_set_text(&report, KEY_dir, dir);
	return add_event(us, &report, packet, more);
}

size_t story_event(double us, const char *event, struct story_packet packet,
		   struct story_event more)
{
	struct drop_report report = { 0 };

	report_set_text(&report, KEY_event, event);
	report_set_text(&report, KEY_dir, "out");
	return add_event(us, &report, packet, more);
}

size_t story_retransmit(double us, struct story_packet packet, struct story_event more)
{
	return story_event(us, "retransmit", packet, more);
}

uint64_t story_frame(double us, struct story_packet packet)
{
	if (frame_count == FRAMES_MAX)
		abort();
	frames[frame_count++] = (struct story_frame){ wire_count - 1, ++frame_number, us,
						      make(&packet) };
	return frame_number;
}

void story_epochs(uint64_t events_ns, uint64_t frames_ns)
{
	event_epoch_ns = events_ns;
	frame_epoch_ns = frames_ns;
}

void story_clock(double us)
{
	clock_us[wire_count - 1] = us;
}

void story_next_wire(void)
{
	wire_count++;
	frame_number = 0;
}

void story_missing(const char *why)
{
	missing[wire_count - 1] = why;
}

void story_covers(double first_us, double last_us)
{
	static const struct story_packet other = { .port = 9 };

	story_frame(first_us, other);
	story_frame(last_us, other);
}

/* The frames of a wire are in the order of time, the calls of a story need not be. */
static int compare(const void *a, const void *b)
{
	const struct story_frame *x = a, *y = b;

	if (x->wire != y->wire)
		return x->wire - y->wire;
	if (x->us != y->us)
		return x->us < y->us ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static struct wire_frame frame_of(const struct story_frame *frame)
{
	int64_t ns = (int64_t)((frame->us + clock_us[frame->wire]) * 1000);

	return (struct wire_frame){ frame->number, frame_epoch_ns + (uint64_t)ns, &frame->packet };
}

static int measure_wire(int wire)
{
	int err = 0;

	for (size_t i = 0; !err && i < frame_count; i++) {
		struct wire_frame frame = frame_of(&frames[i]);

		if (frames[i].wire == wire)
			err = matcher_measure(matcher, &frame);
	}
	offsets[wire] = matcher_offset(matcher);
	return err;
}

static int read_wire(int wire)
{
	static char name[WIRES][16];
	int err;

	snprintf(name[wire], sizeof(name[wire]), "w%d", wire);
	err = matcher_begin_wire(matcher, name[wire], &offsets[wire]);
	for (size_t i = 0; !err && i < frame_count; i++) {
		struct wire_frame frame = frame_of(&frames[i]);

		if (frames[i].wire == wire)
			err = matcher_add_frame(matcher, &frame);
	}
	if (missing[wire])
		matcher_add_missing(matcher, 7, missing[wire]);
	return err ? err : matcher_end_wire(matcher);
}

static void finish(void)
{
	int err = is_done ? 0 : matcher_begin(matcher);

	if (is_done)
		return;
	qsort(frames, frame_count, sizeof(*frames), compare);
	for (int wire = 0; !err && wire < wire_count; wire++)
		err = measure_wire(wire);
	for (int wire = 0; !err && wire < wire_count; wire++)
		err = read_wire(wire);
	if (err)
		abort();
	is_done = true;
}

const char *story_verdict(size_t event)
{
	struct match_result result = story_result(event);

	strbuf_clear(&verdict);
	strbuf_addf(&verdict, "%s: %s", verdict_name(result.verdict), strbuf_string(&because));
	return strbuf_string(&verdict);
}

struct match_result story_result(size_t event)
{
	finish();
	return matcher_result(matcher, event, &because);
}

struct match_offset story_offset(void)
{
	finish();
	return offsets[wire_count - 1];
}
