// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matcher on events and frames made from any bytes, 14 for each. Their few numbers make packets
 * that collide, overlap, wrap and answer each other, at times near each other and at the limits.
 * Verdicts rest on frames and events that exist, and no two drops, nor two events that were sent,
 * have the same matched frame.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "compare/match.h"
#include "fuzz.h"

#define RECORD	   14
#define EVENTS_MAX 256
#define WIRES_MAX  3
#define START_NS   1000000000000ULL

/* The first byte of a record; without RECORD_EVENT it is a frame. */
enum record_flag {
	RECORD_EVENT = 0x80,
	RECORD_SYNTHESIZED = 0x40,
	RECORD_FAILED = 0x20,
	RECORD_INBOUND = 0x10,
	RECORD_KIND = 0x07,
	RECORD_NEXT_WIRE = 0x40, /* frames after this one are of the next wire capture */
};

static const char *const kinds[] = { "drop",   "drop", "retransmit", "retransmit",
				     "synack", "tlp",  "reset",	     "strange" };

static struct packet make_packet(const uint8_t *record)
{
	struct packet packet = {
		.family = record[1] & 1 ? AF_INET6 : AF_INET,
		.tcp_at = record[1] & 2 && record[1] & 4 ? 0 : 34,
		.cut = record[1] & 8,
		.sport = 1000,
		.dport = 80,
		.has_tsval = record[1] & 16,
		.sack_count = record[1] >> 5 & 3,
		.flags = record[2],
		/* Near 0 on both sides, and far from it. */
		.seq = (uint32_t)((int8_t)record[3] * (record[4] & 1 ? 100 : 1 << 20)),
		.ack = (uint32_t)((int8_t)record[5] * 100),
		.payload_len = record[6] * (record[4] & 2 ? 256U : 10U),
		.ip_id = record[7],
		.tsval = (uint32_t)((int8_t)record[8]),
		.tsecr = (uint32_t)((int8_t)record[9]),
		.window = 500,
	};

	packet.saddr[0] = 1;
	packet.daddr[0] = 2;
	if (record[4] & 4) { /* the other way */
		packet.saddr[0] = 2;
		packet.daddr[0] = 1;
		packet.sport = 80;
		packet.dport = 1000;
	}
	for (int i = 0; i < packet.sack_count; i++) {
		packet.sack[i].start = (uint32_t)((int8_t)record[10] * 100 + 100 * i);
		packet.sack[i].end = packet.sack[i].start + record[11] * 50U;
	}
	return packet;
}

/* Six seconds and a half, somewhere in all time. */
static uint64_t time_of(const uint8_t *record)
{
	static const uint64_t starts[] = {
		START_NS, START_NS, START_NS, START_NS, 0, INT64_MAX, 1ULL << 63, UINT64_MAX,
	};
	uint64_t later = (uint64_t)(record[12] << 8 | record[13]) * 100000;
	uint64_t start = starts[record[4] >> 5];

	return start > UINT64_MAX - later ? start - later : start + later;
}

static void add_event(struct matcher *matcher, const uint8_t *record, uint64_t number)
{
	struct drop_report report = { .timestamp_ns = time_of(record),
				      .packet = make_packet(record) };

	report_set_text(&report, KEY_event, kinds[record[0] & RECORD_KIND]);
	report_set_text(&report, KEY_dir, record[0] & RECORD_INBOUND ? "in" : "out");
	report_set_text(&report, KEY_hdr, record[0] & RECORD_SYNTHESIZED ? "synthesized" : "wire");
	if (record[0] & RECORD_FAILED)
		report_set_text(&report, KEY_err, "EPERM");
	report_set_number(&report, KEY_netns, 1 + (record[4] >> 3 & 1));
	PROPERTY(matcher_add_event(matcher, &report, number) == 0);
}

/*
 * Adds the frames of one wire capture. Returns the number of the last one; a frame's number is that
 * of its record.
 */
static uint64_t add_frames(struct matcher *matcher, const uint8_t *bytes, size_t length, int wire,
			   bool measure)
{
	uint64_t last = 0;
	int at_wire = 0;

	for (size_t at = 0; at + RECORD <= length; at += RECORD) {
		const uint8_t *record = bytes + at;
		struct packet packet = make_packet(record);
		struct wire_frame frame = { at / RECORD + 1, time_of(record), &packet };

		if (record[0] & RECORD_EVENT)
			continue;
		if (at_wire == wire && measure)
			PROPERTY(matcher_measure(matcher, &frame) == 0);
		if (at_wire == wire && !measure)
			PROPERTY(matcher_add_frame(matcher, &frame) == 0);
		last = at_wire == wire ? frame.number : last;
		at_wire = (at_wire + !!(record[0] & RECORD_NEXT_WIRE)) % WIRES_MAX;
	}
	return last;
}

struct matched {
	size_t wire;
	uint64_t frame;
};

/* number: of the event, which is that of its record. */
static bool is_drop(const uint8_t *bytes, uint64_t number)
{
	return (bytes[(number - 1) * RECORD] & RECORD_KIND) < 2;
}

static void check(const struct matcher *matcher, const uint8_t *bytes, const uint64_t *numbers,
		  const uint64_t *last)
{
	static struct matched matches[2][EVENTS_MAX];
	size_t counts[2] = { 0 };
	struct strbuf because = { 0 };

	for (size_t i = 0; i < matcher_events(matcher); i++) {
		struct match_result result = matcher_result(matcher, i, &because);
		int class = is_drop(bytes, numbers[i]);

		PROPERTY(result.verdict < VERDICT_COUNT && because.length);
		PROPERTY(!result.has_frame || (result.wire < WIRES_MAX && result.frame &&
					       result.frame <= last[result.wire]));
		PROPERTY(!result.has_other || result.other < matcher_events(matcher));
		PROPERTY(result.verdict != VERDICT_DROPPED_BY_HOST || result.has_other);
		if (!result.has_matched_frame)
			continue;
		for (size_t j = 0; j < counts[class]; j++)
			PROPERTY(matches[class][j].wire != result.matched_wire ||
				 matches[class][j].frame != result.matched_frame);
		matches[class][counts[class]++] = (struct matched){ result.matched_wire,
								    result.matched_frame };
	}
	strbuf_free(&because);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct matcher *matcher = matcher_new(10000000000);
	struct match_offset offsets[WIRES_MAX];
	uint64_t numbers[EVENTS_MAX], last[WIRES_MAX];
	size_t count = 0;

	PROPERTY(matcher);
	for (size_t at = 0; at + RECORD <= length && count < EVENTS_MAX; at += RECORD) {
		if (!(bytes[at] & RECORD_EVENT))
			continue;
		numbers[count] = at / RECORD + 1;
		add_event(matcher, bytes + at, numbers[count++]);
	}
	PROPERTY(matcher_begin(matcher) == 0);
	for (int wire = 0; wire < WIRES_MAX; wire++) {
		add_frames(matcher, bytes, length, wire, true);
		offsets[wire] = matcher_offset(matcher);
	}
	for (int wire = 0; wire < WIRES_MAX; wire++) {
		PROPERTY(matcher_begin_wire(matcher, "wire", &offsets[wire]) == 0);
		last[wire] = add_frames(matcher, bytes, length, wire, false);
		PROPERTY(matcher_end_wire(matcher) == 0);
	}
	check(matcher, bytes, numbers, last);
	matcher_free(matcher);
	return 0;
}
