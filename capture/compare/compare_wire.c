// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "capture_file.h"
#include "compare.h"
#include "compare_wire.h"

/*
 * Makes a frame for the matcher. Returns false for an item that is no frame or has no time. The
 * packet of an unknown link type has no headers: all that the matcher learns is its time.
 */
static bool parse_frame(const struct pcapng_item *item, struct packet *packet,
			struct wire_frame *frame)
{
	if (item->type != PCAPNG_PACKET || !item->has_timestamp)
		return false;
	packet_parse_link(packet, item->interface->linktype, item->data, item->caplen,
			  item->len > item->caplen ? item->len : item->caplen);
	*frame = (struct wire_frame){ item->frame, item->timestamp_ns, packet };
	return true;
}

/* The first reading. Damage is reported by the second one, which goes at least as far. */
static int measure(struct compare_wire *wire, struct compare *compare, struct error *error)
{
	struct capture_file file;
	struct strbuf damage = { 0 };
	struct pcapng_item item;
	struct wire_frame frame;
	struct packet packet;
	int err = capture_file_open(&file, wire->path, error), got = 1;

	while (!err && (got = capture_file_next(&file, &item)) > 0) {
		if (parse_frame(&item, &packet, &frame) &&
		    matcher_measure(compare->matcher, &frame))
			break;
	}
	if (!err)
		err = capture_file_end(&file, got, &damage, error);
	wire->offset = matcher_offset(compare->matcher);
	strbuf_free(&damage);
	capture_file_close(&file);
	return err;
}

/* Packets that are missing from a capture, by its own account. */
struct missing {
	uint64_t untimed, not_ip, lost_before, lost_in_all;
};

static int take_item(struct compare_wire *wire, struct matcher *matcher,
		     const struct pcapng_item *item, struct missing *missing)
{
	struct wire_frame frame;
	struct packet packet;

	if (item->type == PCAPNG_STATISTICS && item->lost > missing->lost_in_all)
		missing->lost_in_all = item->lost;
	if (item->type != PCAPNG_PACKET)
		return 0;
	missing->lost_before += item->lost;
	wire->frames = item->frame;
	if (!packet_knows_link(item->interface->linktype))
		link_type_count(&wire->unreadable, item->interface->linktype);
	if (!parse_frame(item, &packet, &frame)) {
		missing->untimed++;
		return 0;
	}
	missing->not_ip += !packet.family;
	return matcher_add_frame(matcher, &frame);
}

/* Says how many frames of each link type were ignored, and leaves the reason for the matcher. */
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

static void add_missing(struct compare_wire *wire, struct compare *compare,
			const struct missing *missing)
{
	uint64_t lost = missing->lost_in_all > missing->lost_before ? missing->lost_in_all
								    : missing->lost_before;

	add_unreadable(wire, compare);
	matcher_add_missing(compare->matcher, lost, "were lost");
	if (missing->not_ip == wire->frames && !wire->unreadable.count)
		add_nothing_readable(wire, compare);
	matcher_add_missing(compare->matcher, missing->untimed, "have no time");
}

/* Returns 0 or -errno of the matcher; *got is the result of the reading. */
static int take_items(struct compare_wire *wire, struct compare *compare, struct capture_file *file,
		      int *got)
{
	struct matcher *matcher = compare->matcher;
	struct missing missing = { 0 };
	struct pcapng_item item;
	int err = matcher_begin_wire(matcher, wire->name, wire->offset.ns);

	while (!err && (*got = capture_file_next(file, &item)) > 0)
		err = take_item(wire, matcher, &item, &missing);
	if (err)
		return err;
	wire->damaged = *got < 0;
	add_missing(wire, compare, &missing);
	return wire->damaged ? matcher_cut_wire(matcher) : matcher_end_wire(matcher);
}

/* The second reading. */
static int match(struct compare_wire *wire, struct compare *compare, struct error *error)
{
	struct capture_file file;
	int err = capture_file_open(&file, wire->path, error), got = 0, full;

	if (!err) {
		full = take_items(wire, compare, &file, &got);
		err = full ? capture_file_no_memory(full, error)
			   : capture_file_end(&file, got, &compare->damage, error);
	}
	capture_file_close(&file);
	return err;
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

int compare_wire_read(struct compare_wire *wire, struct compare *compare, const char *path,
		      struct error *error)
{
	int err = check_path(path, error);

	*wire = (struct compare_wire){
		.path = path,
		.name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path,
	};
	if (!err)
		err = measure(wire, compare, error);
	return err ? err : match(wire, compare, error);
}
