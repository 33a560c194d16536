// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "capture_file.h"
#include "wire_scan.h"

#define GAP_NS	      60000000000 /* at most, between a capture and the one that continues it */
#define SAME_CLOCK_NS 10000000	  /* by which the offsets of one clock differ */
#define DRIFT_PART    2000	  /* 500 ppm: by which they differ, of the time between them */

bool wire_scan_frame(const struct pcapng_item *item, struct packet *packet,
		     struct wire_frame *frame)
{
	if (item->type != PCAPNG_PACKET || !item->has_timestamp)
		return false;
	packet_parse_link(packet, item->interface->linktype, item->data, item->caplen,
			  item->len > item->caplen ? item->len : item->caplen);
	*frame = (struct wire_frame){ item->frame, item->timestamp_ns, packet };
	return true;
}

void wire_scan_link_type(struct compare_wire *wire, uint16_t link_type)
{
	if (!wire->has_link_type)
		wire->link_type = link_type;
	wire->has_link_types |= wire->link_type != link_type;
	wire->has_link_type = true;
}

/* By their times and link types, a frame of that time may be the next one of the capture before. */
static bool may_continue(const struct compare_wire *wire, const struct compare_wire *prev,
			 uint64_t first_ns)
{
	return prev->has_time && first_ns >= prev->last_ns && first_ns - prev->last_ns <= GAP_NS &&
	       wire->link_type == prev->link_type && !wire->has_link_types && !prev->has_link_types;
}

/* One clock may drift from one capture to the next. */
static bool has_other_clock(const struct compare_wire *wire, const struct compare_wire *prev)
{
	int64_t a = wire->offset.ns, b = prev->offset.ns;
	uint64_t apart = a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;

	return wire->offset.matches && prev->offset.matches &&
	       apart > SAME_CLOCK_NS + (wire->last_ns - prev->first_ns) / DRIFT_PART;
}

static bool continues(const struct compare_wire *wire, const struct compare_wire *prev)
{
	return wire->has_time && may_continue(wire, prev, wire->first_ns) &&
	       !has_other_clock(wire, prev);
}

struct scan {
	struct compare_wire *wire;
	const struct compare_wire *prev; /* the capture before it, NULL */
	struct matcher *matcher;
	uint64_t tcp_ns; /* the last time of a frame with TCP */
};

static void note_time(struct scan *scan, const struct wire_frame *frame)
{
	struct compare_wire *wire = scan->wire;
	uint64_t time = frame->timestamp_ns;

	if (!wire->has_time && (!scan->prev || !may_continue(wire, scan->prev, time)))
		matcher_measure_other(scan->matcher);
	if (!wire->has_time || time < wire->first_ns)
		wire->first_ns = time;
	if (!wire->has_time || time > wire->last_ns)
		wire->last_ns = time;
	wire->has_time = true;
	if (!frame->packet->tcp_at)
		return;
	wire->is_unsorted |= time < scan->tcp_ns;
	scan->tcp_ns = time;
}

/* Returns 0 or -ENOMEM. */
static int scan_item(struct scan *scan, const struct pcapng_item *item)
{
	struct wire_frame frame;
	struct packet packet;

	if (item->type == PCAPNG_INTERFACE)
		wire_scan_link_type(scan->wire, item->interface->linktype);
	if (!wire_scan_frame(item, &packet, &frame))
		return 0;
	note_time(scan, &frame);
	return matcher_measure(scan->matcher, &frame);
}

static int scan_file(struct compare_wire *wire, const struct compare_wire *prev,
		     struct compare *compare, struct error *error)
{
	struct scan scan = { .wire = wire, .prev = prev, .matcher = compare->matcher };
	struct capture_file file;
	struct strbuf damage = { 0 };
	struct pcapng_item item;
	int err = capture_file_open(&file, wire->path, error), got = 1, full = 0;

	while (!err && !full && (got = capture_file_next(&file, &item)) > 0)
		full = scan_item(&scan, &item);
	if (full)
		err = capture_file_no_memory(full, error);
	else if (!err)
		err = capture_file_end(&file, got, &damage, error);
	wire->offset = matcher_offset(compare->matcher);
	strbuf_free(&damage);
	capture_file_close(&file);
	return err;
}

/* A capture without a match has the clock of its neighbour. */
static void take_offset(struct compare_wire *wire, const struct compare_wire *from)
{
	if (wire->offset.matches || wire->takes_offset ||
	    (!from->offset.matches && !from->takes_offset))
		return;
	wire->offset = from->offset;
	wire->offset.matches = 0;
	wire->takes_offset = true;
}

static void join(struct compare_wire *wires, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		wires[i].continues = continues(&wires[i], &wires[i - 1]);
		if (wires[i].continues)
			take_offset(&wires[i], &wires[i - 1]);
	}
	for (size_t i = count - 1; i > 0; i--) {
		if (wires[i].continues)
			take_offset(&wires[i - 1], &wires[i]);
	}
}

/* A pipe can be read only once. */
static int check_path(const char *path, struct error *error)
{
	struct stat st;

	if (strcmp(path, "-") == 0 || (!stat(path, &st) && !S_ISREG(st.st_mode)))
		return error_set(error, -ESPIPE,
				 "%s: a wire capture is read more than once: give a regular file",
				 path);
	return 0;
}

int wire_scan(struct compare *compare, struct error *error)
{
	int err = 0;

	for (size_t i = 0; !err && i < compare->wire_count; i++) {
		err = check_path(compare->wires[i].path, error);
		if (!err)
			err = scan_file(&compare->wires[i], i ? &compare->wires[i - 1] : NULL,
					compare, error);
	}
	if (!err)
		join(compare->wires, compare->wire_count);
	return err;
}
