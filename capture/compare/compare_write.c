// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare_place.h"
#include "compare_write.h"
#include "frame_copy.h"
#include "file/input.h"
#include "file/output.h"
#include "file/same_file.h"
#include "report/annotation.h"
#include "sink/interfaces.h"
#include "sink/option_list.h"
#include "wire_packet.h"

#define SNAPLEN 262144 /* for a capture without an interface to take it from */

/* Interfaces of ours, each made when it is needed: with the link type of the wire, and without. */
enum own_kind {
	OWN_OF_WIRE,
	OWN_ETHERNET,
	OWN_COUNT,
};

struct merge {
	struct compare *compare;
	struct pcapng_writer *writer;
	struct places places;
	struct copied_frames copied;
	struct compare_written *written;
	uint64_t section;     /* of the file that is written; our interfaces are in own_section */
	uint64_t own_section; /* 0: in none */
	struct interfaces *own[OWN_COUNT]; /* ours, by name; their ids are those of the section */
	bool big;			   /* the byte order of this section */
	uint64_t frame;			   /* the last one that is in the copy */
	uint32_t snaplen; /* of the capture: libpcap requires that all interfaces have one */
	struct strbuf annotation, bytes;
	struct option_list options; /* what one event adds to a packet */
};

static const struct pcapng_options no_options;

/* Loads the event, and puts its annotation into merge->options. */
static int load_event(struct merge *merge, uint32_t index, struct compare_event *event)
{
	int err = compare_event(merge->compare, index, event);
	const struct drop_report *report = &event->report;

	if (err)
		return err;
	strbuf_clear(&merge->annotation);
	option_list_clear(&merge->options);
	annotation_format(report, &merge->annotation);
	if (!annotation_format_stack(report, &merge->annotation))
		annotation_repeat_stack(report, &merge->annotation);
	option_list_add_comments(&merge->options, &merge->annotation);
	return merge->options.failed ? -ENOMEM : 0;
}

/* A capture that is damaged in its first block has no section. */
static int begin_section(struct merge *merge)
{
	int err = pcapng_writer_add_section(merge->writer, no_options);

	merge->section = 1;
	return err;
}

/* The name of the key may be "": unknown. */
static int add_interface(struct merge *merge, const struct interface_key *key, uint16_t link_type,
			 uint32_t *id)
{
	static const char what[] = "events that are not on the wire";
	static const uint8_t nanoseconds = 9;
	const struct pcapng_option list[] = {
		{ .code = PCAPNG_IF_DESCRIPTION, .length = sizeof(what) - 1, .value = what },
		{ .code = PCAPNG_IF_TSRESOL, .length = 1, .value = &nanoseconds },
		{ .code = PCAPNG_IF_NAME,
		  .length = (uint16_t)strlen(key->name),
		  .value = key->name },
	};
	const struct pcapng_options options = { list, key->name[0] ? 3 : 2 };

	return pcapng_writer_add_interface(merge->writer, link_type, merge->snaplen, options, id);
}

/*
 * Sets *id to our interface with the name of the event's device, which readers take for the
 * event's. Beyond INTERFACES_MAX names, events have one without a name.
 */
static int use_interface(struct merge *merge, enum own_kind kind, uint16_t link_type,
			 const char *ifname, uint32_t *id)
{
	struct interface_key key = { 0 };
	struct interface *interface;
	int err = merge->section ? 0 : begin_section(merge);

	if (merge->own_section != merge->section) {
		for (size_t i = 0; i < OWN_COUNT; i++)
			interfaces_clear(merge->own[i]);
	}
	merge->own_section = merge->section;
	if (ifname && interfaces_count(merge->own[kind]) < INTERFACES_MAX)
		strncpy(key.name, ifname, sizeof(key.name) - 1);
	interface = interfaces_find(merge->own[kind], &key);
	if (!err && !interface) {
		interface = interfaces_add(merge->own[kind], &key);
		err = interface ? add_interface(merge, &key, link_type, &interface->id) : -ENOMEM;
	}
	if (!err)
		*id = interface->id;
	return err;
}

static uint32_t direction_flags(const struct drop_report *report)
{
	if (!report->has_direction)
		return 0;
	return report->inbound ? PCAPNG_INBOUND : PCAPNG_OUTBOUND;
}

/*
 * Makes the packet of an event in merge->bytes, and an interface for it: of the link type of the
 * wire, so that programs that use libpcap read the file; of Ethernet if that is not possible.
 */
static int make_packet(struct merge *merge, const struct drop_report *report,
		       struct pcapng_packet *packet)
{
	const struct compare_wire *wire = &merge->compare->wires[0];
	enum own_kind kind = OWN_OF_WIRE;
	uint16_t link_type = wire->has_link_type ? wire->link_type : LINK_TYPE_ETHERNET;
	int err;

	if (!wire_packet_make(report, link_type, merge->big, &merge->bytes, &packet->len)) {
		kind = OWN_ETHERNET;
		link_type = LINK_TYPE_ETHERNET;
		wire_packet_make(report, link_type, merge->big, &merge->bytes, &packet->len);
		merge->written->of_other_link_type++;
	}
	err = merge->bytes.failed ? -ENOMEM
				  : use_interface(merge, kind, wire_packet_link_type(link_type),
						  report->ifname, &packet->interface_id);
	packet->data = merge->bytes.data;
	packet->caplen = (uint32_t)merge->bytes.length;
	if (merge->snaplen && packet->caplen > merge->snaplen)
		packet->caplen = merge->snaplen;
	return err;
}

/*
 * Writes the event as a packet of its own. It follows its cause, whose time is at least since: if
 * its own time is earlier, the clocks are known less exactly than that.
 */
static int insert_since(struct merge *merge, uint32_t index, uint64_t since)
{
	struct compare_event event;
	struct pcapng_packet packet = { 0 };
	uint32_t flags;
	int err;

	if (merge->compare->frames_only) {
		merge->written->left_out++;
		return 0;
	}
	err = load_event(merge, index, &event);
	flags = err ? 0 : direction_flags(&event.report);
	if (!err)
		err = make_packet(merge, &event.report, &packet);
	if (err)
		return err;
	if (flags)
		option_list_add_u32(&merge->options, PCAPNG_EPB_FLAGS, &flags);
	if (merge->options.failed)
		return -ENOMEM;
	packet.timestamp = wire_time(merge->compare, event.report.timestamp_ns);
	if (packet.timestamp < since)
		packet.timestamp = since;
	packet.options = option_list_all(&merge->options);
	err = pcapng_writer_add_packet(merge->writer, &packet);
	merge->written->own_packets += !err;
	return err;
}

static int insert(struct merge *merge, uint32_t index)
{
	return insert_since(merge, index, 0);
}

/* Writes an event whose cause is the frame that has just been copied. */
static int insert_after(struct merge *merge, uint32_t index, const struct pcapng_item *item)
{
	return insert_since(merge, index, item->has_timestamp ? item->timestamp_ns : 0);
}

static int annotate_frame(struct merge *merge, const struct pcapng_item *item, uint32_t index)
{
	struct compare_event event;
	int err;

	if (frame_has_annotation(item, &merge->annotation, &merge->compare->storage))
		err = -EINVAL;
	else if ((err = load_event(merge, index, &event)))
		return err;
	else
		err = frame_copy(&merge->copied, merge->writer, item,
				 option_list_all(&merge->options));
	if (err != -EINVAL) {
		merge->written->on_frames += !err;
		return err;
	}
	/* Nor has a Simple Packet Block room for comments: the event follows its frame. */
	err = frame_copy(&merge->copied, merge->writer, item, no_options);
	return err ? err : insert_after(merge, index, item);
}

/*
 * Writes what comes before the frame; also an event whose frame did not come, because the file has
 * changed.
 */
static int insert_before(struct merge *merge, const struct pcapng_item *item)
{
	struct place_list *on_frames = &merge->places.on_frames;
	uint32_t event;
	int err = 0;

	while (!err && item->has_timestamp &&
	       places_take_before(&merge->places, item->timestamp_ns, merge->frame, &event))
		err = insert(merge, event);
	while (!err && on_frames->next < on_frames->count &&
	       on_frames->list[on_frames->next].at < item->frame)
		err = insert(merge, on_frames->list[on_frames->next++].event);
	return err;
}

static int copy_frame(struct merge *merge, const struct pcapng_item *item)
{
	struct place_list *places = &merge->places.on_frames;
	uint32_t event;
	int err = insert_before(merge, item);

	if (err)
		return err;
	if (places->next == places->count || places->list[places->next].at != item->frame)
		err = frame_copy(&merge->copied, merge->writer, item, no_options);
	else
		err = annotate_frame(merge, item, places->list[places->next++].event);
	merge->frame = item->frame;
	while (!err && places_take_after(&merge->places, item->frame, &event))
		err = insert_after(merge, event, item);
	return err;
}

static int copy_item(struct merge *merge, const struct pcapng_item *item)
{
	const uint8_t one[2] = { 1, 0 };
	bool host_is_big = *(const uint16_t *)one != 1;

	merge->section = item->section;
	merge->big = item->raw ? host_is_big != item->swapped : host_is_big;
	if (item->type == PCAPNG_INTERFACE && !item->interface->id)
		merge->snaplen = item->interface->snaplen;
	if (item->type == PCAPNG_PACKET)
		return copy_frame(merge, item);
	return pcapng_writer_copy(merge->writer, item);
}

/* Writes the events that are left. */
static int insert_rest(struct merge *merge)
{
	struct place_list *on_frames = &merge->places.on_frames;
	uint32_t event;
	int err = 0;

	while (!err && on_frames->next < on_frames->count)
		err = insert(merge, on_frames->list[on_frames->next++].event);
	while (!err && places_take_rest(&merge->places, &event))
		err = insert(merge, event);
	return err;
}

/*
 * Returns what reading returned; *err is what writing did. Damage ends the copy; the events that
 * are left follow it.
 */
static int merge_all(struct merge *merge, struct pcapng_reader *reader, int *err)
{
	struct pcapng_item item;
	int got = 1;

	while (!*err && (got = pcapng_reader_next(reader, &item)) > 0)
		*err = copy_item(merge, &item);
	if (!*err)
		*err = insert_rest(merge);
	return got;
}

static int merge_files(struct merge *merge, struct input *input, struct output *output,
		       const char *path, struct error *error)
{
	struct pcapng_reader *reader = pcapng_reader_new(input_source(input));
	int err = places_find(&merge->places, merge->compare), got = 0, flushed;

	merge->writer = pcapng_writer_new(output_target(output));
	for (size_t i = 0; i < OWN_COUNT; i++) {
		merge->own[i] = interfaces_new();
		if (!merge->own[i])
			err = -ENOMEM;
	}
	if (!reader || !merge->writer)
		err = -ENOMEM;
	if (!err)
		got = merge_all(merge, reader, &err);
	flushed = pcapng_writer_free(merge->writer);
	if (err || flushed)
		error_set(error, -EIO, "%s: cannot write it: %s", path,
			  strerror(err ? -err : -flushed));
	else if (got < 0 && !merge->compare->wires[0].damaged) /* else it is reported already */
		err = input_failed(input, reader, got, error);
	pcapng_reader_free(reader);
	return err || flushed ? -EIO : 0;
}

static int check_path(const struct compare *compare, const char *path, struct error *error)
{
	if (same_file(path, compare->wires[0].path) || compare_reads_events(compare, path))
		return error_set(error, -EINVAL,
				 "%s: this is a file that is read; choose another with -w", path);
	return 0;
}

/* Programs that use libpcap read up to the first interface of another link type. */
static void add_notes(struct compare *compare, const char *path,
		      const struct compare_written *written)
{
	const struct compare_wire *wire = &compare->wires[0];

	if (wire->has_link_types) {
		strbuf_addf(
			&compare->notes,
			"%s: the interfaces of %s have several link types; Wireshark reads it, but "
			"tcpdump and other programs that use libpcap do not\n",
			path, wire->name);
	} else if (written->of_other_link_type) {
		strbuf_addf(&compare->notes, "%s: %" PRIu64 " events could not have the ", path,
			    written->of_other_link_type);
		link_type_format(wire->link_type, &compare->notes);
		strbuf_add(
			&compare->notes,
			" of the capture; Wireshark reads it, but tcpdump and other programs that "
			"use libpcap stop at the first of them\n");
	}
}

int compare_write(struct compare *compare, const char *path, struct compare_written *written,
		  struct error *error)
{
	struct merge merge = {
		.compare = compare,
		.written = written,
		.snaplen = SNAPLEN,
		.copied.headers_only = compare->headers_only,
	};
	struct input *input;
	struct output *output = NULL;
	int err = check_path(compare, path, error), closed;

	*written = (struct compare_written){ 0 };
	if (err)
		return err;
	err = -EIO;
	input = input_open(compare->wires[0].path, error);
	if (input)
		output = output_open(path, error);
	if (output) {
		err = merge_files(&merge, input, output, path, error);
		closed = output_close(output);
		if (!err && closed)
			err = error_set(error, closed, "%s: cannot write it: %s", path,
					strerror(-closed));
	}
	written->has_payload = merge.copied.has_payload;
	if (!err)
		add_notes(compare, path, written);
	input_close(input);
	for (size_t i = 0; i < OWN_COUNT; i++)
		interfaces_free(merge.own[i]);
	places_free(&merge.places);
	strbuf_free(&merge.annotation);
	strbuf_free(&merge.bytes);
	option_list_free(&merge.options);
	return err;
}
