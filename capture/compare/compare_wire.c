// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "capture_file.h"
#include "compare.h"
#include "compare_wire.h"
#include "frame_order.h"
#include "match_clock.h"
#include "match_time.h"
#include "wire_scan.h"

#define ORDER_NS     1000000000 /* as late as this, a frame is put into its place */
#define ORDER_FRAMES 65536	/* that are held for it: 10 MiB */

/*
 * The second reading, and the packets that are missing from the capture. Most captures are sorted,
 * and to hold each frame costs a third of the time: the frames are put into order only where the
 * first reading has seen that they are not.
 */
struct reading {
	struct compare_wire *wire;
	struct matcher *matcher;
	struct frame_order *order; /* NULL: as they come */
	uint64_t last_ns;	   /* without an order: of the frames with TCP */
	uint64_t untimed, not_ip, lost_before, lost_in_all;
};

/* Gives the matcher the frames that are next by their time. */
static int give_frames(struct reading *reading, bool all)
{
	struct wire_frame frame;
	int err = 0;

	while (!err && frame_order_take(reading->order, all, &frame))
		err = matcher_add_frame(reading->matcher, &frame);
	return err;
}

/* Returns 0, -errno of the matcher, or -EAGAIN if the file was sorted when it was scanned. */
static int take_frame(struct reading *reading, const struct wire_frame *frame)
{
	int err;

	if (!reading->order && frame->timestamp_ns < reading->last_ns)
		return -EAGAIN;
	reading->last_ns = frame->timestamp_ns;
	if (!reading->order)
		return matcher_add_frame(reading->matcher, frame);
	err = frame_order_add(reading->order, frame);
	return err ? err : give_frames(reading, false);
}

/* The matcher takes only the time of a frame without TCP, and in any order. */
static int take_packet(struct reading *reading, const struct pcapng_item *item)
{
	struct wire_frame frame;
	struct packet packet;

	if (!wire_scan_frame(item, &packet, &frame)) {
		reading->untimed++;
		return 0;
	}
	reading->not_ip += !packet.family;
	if (!packet.tcp_at)
		return matcher_add_frame(reading->matcher, &frame);
	return take_frame(reading, &frame);
}

static int take_item(struct reading *reading, const struct pcapng_item *item)
{
	struct compare_wire *wire = reading->wire;

	if (item->type == PCAPNG_STATISTICS && item->lost > reading->lost_in_all)
		reading->lost_in_all = item->lost;
	if (item->type == PCAPNG_INTERFACE)
		wire_scan_link_type(wire, item->interface->linktype);
	if (item->type != PCAPNG_PACKET)
		return 0;
	reading->lost_before += item->lost;
	wire->frames = item->frame;
	if (!packet_knows_link(item->interface->linktype))
		link_type_count(&wire->unreadable, item->interface->linktype);
	return take_packet(reading, item);
}

/* Reports how many frames of each link type were ignored, and stores the reason for the matcher. */
static void add_unreadable(struct compare_wire *wire, struct compare *compare)
{
	const struct link_type_counts *counts = &wire->unreadable;
	struct strbuf type = { 0 };
	uint64_t all = counts->others;

	for (uint32_t i = 0; i < counts->count; i++) {
		strbuf_clear(&type);
		link_type_format(counts->list[i].link_type, &type);
		strbuf_addf(&compare->notes,
			    "%s: %" PRIu64 " of %" PRIu64 " frames have %s, which compare cannot "
			    "read; it reads Ethernet, Linux cooked, raw IP and loopback\n",
			    wire->path, counts->list[i].frames, wire->frames, strbuf_string(&type));
		all += counts->list[i].frames;
	}
	snprintf(wire->why_unreadable, sizeof(wire->why_unreadable),
		 "have %s, which compare cannot read",
		 counts->count == 1 ? strbuf_string(&type) : "several link types");
	strbuf_free(&type);
	matcher_add_missing(compare->matcher, all, wire->why_unreadable);
}

/* IP may be there all the same, in headers of a tunnel for example. */
static void add_nothing_readable(struct compare_wire *wire, struct compare *compare)
{
	if (!wire->frames)
		return;
	strbuf_addf(&compare->notes,
		    "%s: in none of its %" PRIu64
		    " frames an IP packet was found; compare reads IP "
		    "after VLAN tags and PPPoE, but no other headers\n",
		    wire->path, wire->frames);
	matcher_add_missing(compare->matcher, wire->frames,
			    "have no IP packet that compare can read");
}

static void add_late(struct compare_wire *wire, struct compare *compare, uint64_t late)
{
	if (late)
		strbuf_addf(&compare->notes,
			    "%s: %" PRIu64 " of %" PRIu64 " frames come more than a second, or %d "
			    "frames, after later ones, and are ignored; sort the file with "
			    "reordercap\n",
			    wire->path, late, wire->frames, ORDER_FRAMES);
	matcher_add_missing(compare->matcher, late, "come too late after later ones");
}

static void add_missing(struct reading *reading, struct compare *compare)
{
	uint64_t lost = reading->lost_in_all > reading->lost_before ? reading->lost_in_all
								    : reading->lost_before;

	add_unreadable(reading->wire, compare);
	if (reading->not_ip == reading->wire->frames && !reading->wire->unreadable.count)
		add_nothing_readable(reading->wire, compare);
	matcher_add_missing(reading->matcher, lost, "were lost");
	matcher_add_missing(reading->matcher, reading->untimed, "have no time");
	if (reading->order)
		add_late(reading->wire, compare, frame_order_late(reading->order));
}

/* Returns as take_frame(); *got is the result of the reading. */
static int take_items(struct reading *reading, struct capture_file *file, int *got)
{
	struct compare_wire *wire = reading->wire;
	struct pcapng_item item;
	int err = 0;

	while (!err && (*got = capture_file_next(file, &item)) > 0)
		err = take_item(reading, &item);
	wire->damaged = *got < 0;
	return err || !reading->order ? err : give_frames(reading, true);
}

/* Ends the wire in the matcher, unless the next capture continues it. */
static int end_wire(struct reading *reading, struct compare *compare)
{
	const struct compare_wire *wire = reading->wire, *next = wire + 1;

	add_missing(reading, compare);
	if (wire->damaged)
		matcher_cut_wire(reading->matcher);
	if (next < compare->wires + compare->wire_count && next->continues)
		return 0;
	return matcher_end_wire(reading->matcher);
}

/* Reads the capture once. Returns 0, or -errno and the error. */
static int match_once(struct reading *reading, struct compare *compare, struct error *error)
{
	struct capture_file file;
	int err = capture_file_open(&file, reading->wire->path, error), got = 0, full = 0;

	if (!err)
		full = take_items(reading, &file, &got);
	if (!err && !full)
		full = end_wire(reading, compare);
	if (!err && full == -EAGAIN)
		err = error_set(error, -EIO, "%s: it has changed while it was read",
				reading->wire->path);
	else if (!err)
		err = full ? capture_file_no_memory(full, error)
			   : capture_file_end(&file, got, &compare->damage, error);
	capture_file_close(&file);
	return err;
}

static int match_in_order(struct compare_wire *wire, struct compare *compare, struct error *error)
{
	struct reading reading = {
		.wire = wire,
		.matcher = compare->matcher,
		.order = frame_order_new(ORDER_NS, ORDER_FRAMES),
	};
	int err = reading.order ? match_once(&reading, compare, error)
				: capture_file_no_memory(-ENOMEM, error);

	frame_order_free(reading.order);
	return err;
}

static int match(struct compare_wire *wire, struct compare *compare, struct error *error)
{
	struct reading reading = { .wire = wire, .matcher = compare->matcher };
	int err = (wire->continues ? matcher_continue_wire : matcher_begin_wire)(compare->matcher,
										 wire->name,
										 &wire->offset);

	if (err)
		return capture_file_no_memory(err, error);
	if (wire->is_unsorted)
		return match_in_order(wire, compare, error);
	return match_once(&reading, compare, error);
}

int64_t compare_wire_offset(const struct compare_wire *wire)
{
	int64_t first = time_from_ns(wire->first_ns);

	if (!wire->has_time)
		return wire->offset.ns;
	return time_apart(first, clock_convert(&wire->offset, first));
}

int compare_wires_read(struct compare *compare, struct error *error)
{
	int err = wire_scan(compare, error);

	for (size_t i = 0; !err && i < compare->wire_count; i++)
		err = match(&compare->wires[i], compare, error);
	return err;
}
