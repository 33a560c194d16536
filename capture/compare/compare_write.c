// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compare_write.h"
#include "file/input.h"
#include "file/output.h"
#include "file/same_file.h"
#include "report/annotation.h"
#include "sink/option_list.h"

#define SNAPLEN 262144 /* for a capture without an interface to take it from */

/* An event, and where it comes in the file. */
struct place {
	uint64_t at; /* the number of a frame, or a time by the clock of the wire, in ns */
	uint32_t event;
};

struct place_list {
	struct place *list; /* sorted by at */
	size_t count, next;
};

struct merge {
	struct compare *compare;
	struct pcapng_writer *writer;
	struct place_list on_frames, own_packets;
	struct compare_written *written;
	uint64_t section;      /* of the file that is written; our interface is in own_section */
	uint64_t own_section;  /* 0: in none */
	uint32_t interface_id; /* of our interface */
	uint32_t snaplen;      /* of the capture: libpcap requires that all interfaces have one */
	struct strbuf annotation;
	struct option_list options; /* what one event adds to a packet */
};

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

static int add_interface(struct merge *merge)
{
	static const char name[] = "tcpdropcap", what[] = "events that are not on the wire";
	static const uint8_t nanoseconds = 9;
	const struct pcapng_option list[] = {
		{ .code = PCAPNG_IF_NAME, .length = sizeof(name) - 1, .value = name },
		{ .code = PCAPNG_IF_DESCRIPTION, .length = sizeof(what) - 1, .value = what },
		{ .code = PCAPNG_IF_TSRESOL, .length = 1, .value = &nanoseconds },
	};
	const struct pcapng_options options = { list, sizeof(list) / sizeof(list[0]) };

	if (merge->own_section && merge->own_section == merge->section)
		return 0;
	if (!merge->section) { /* the capture is damaged in its first block */
		int err = pcapng_writer_add_section(merge->writer, (struct pcapng_options){ 0 });

		if (err)
			return err;
		merge->section = 1;
	}
	merge->own_section = merge->section;
	return pcapng_writer_add_interface(merge->writer, PCAPNG_LINKTYPE_ETHERNET, merge->snaplen,
					   options, &merge->interface_id);
}

static uint32_t direction_flags(const struct drop_report *report)
{
	if (!report->has_direction)
		return 0;
	return report->inbound ? PCAPNG_INBOUND : PCAPNG_OUTBOUND;
}

/* The event's time by the clock of the wire, or the first or last time that a file can have. */
static uint64_t wire_time(const struct compare *compare, uint64_t timestamp_ns)
{
	int64_t offset = compare->wires[0].offset.ns;
	uint64_t moved = timestamp_ns + (uint64_t)offset;

	if (offset < 0)
		return moved < timestamp_ns ? moved : 0;
	return moved >= timestamp_ns ? moved : UINT64_MAX;
}

/* Writes the event as a packet of its own. */
static int insert(struct merge *merge, uint32_t index)
{
	struct compare_event event;
	int err = load_event(merge, index, &event);
	const struct packet *from = &event.report.packet;
	uint32_t flags = err ? 0 : direction_flags(&event.report);
	struct pcapng_packet packet;

	if (!err)
		err = add_interface(merge);
	if (err)
		return err;
	if (flags)
		option_list_add_u32(&merge->options, PCAPNG_EPB_FLAGS, &flags);
	if (merge->options.failed)
		return -ENOMEM;
	packet = (struct pcapng_packet){
		.interface_id = merge->interface_id,
		.timestamp = wire_time(merge->compare, event.report.timestamp_ns),
		.caplen = from->caplen,
		.len = from->len > from->caplen ? from->len : from->caplen,
		.data = from->data,
		.options = option_list_all(&merge->options),
	};
	if (merge->snaplen && packet.caplen > merge->snaplen)
		packet.caplen = merge->snaplen;
	err = pcapng_writer_add_packet(merge->writer, &packet);
	merge->written->own_packets += !err;
	return err;
}

/* Writes the events whose time has come. */
static int insert_until(struct merge *merge, struct place_list *places, uint64_t at)
{
	int err = 0;

	while (!err && places->next < places->count && places->list[places->next].at < at)
		err = insert(merge, places->list[places->next++].event);
	return err;
}

/* Readers take the first annotation of a packet alone: a frame that has one gets no other. */
static bool has_annotation(const struct pcapng_item *item, struct strbuf *comment,
			   struct strbuf *storage)
{
	struct pcapng_option option;
	struct drop_report scratch;
	size_t at = 0;

	while (pcapng_item_option(item, &at, &option)) {
		if (option.code != PCAPNG_OPT_COMMENT)
			continue;
		strbuf_clear(comment);
		strbuf_add_bytes(comment, option.value, option.length);
		if (annotation_parse(strbuf_string(comment), &scratch, storage) != -ENOENT)
			return true;
	}
	return false;
}

static int annotate_frame(struct merge *merge, const struct pcapng_item *item, uint32_t index)
{
	struct compare_event event;
	int err;

	if (has_annotation(item, &merge->annotation, &merge->compare->storage))
		err = -EINVAL;
	else if ((err = load_event(merge, index, &event)))
		return err;
	else
		err = pcapng_writer_copy_with(merge->writer, item,
					      option_list_all(&merge->options));
	if (err != -EINVAL) {
		merge->written->on_frames += !err;
		return err;
	}
	/* Nor has a Simple Packet Block room for comments: the event follows its frame. */
	err = pcapng_writer_copy(merge->writer, item);
	return err ? err : insert(merge, index);
}

static int copy_frame(struct merge *merge, const struct pcapng_item *item)
{
	struct place_list *places = &merge->on_frames;
	int err = 0;

	if (item->has_timestamp)
		err = insert_until(merge, &merge->own_packets, item->timestamp_ns);
	if (!err) /* events whose frame did not come: the file is not the one that was read before */
		err = insert_until(merge, places, item->frame);
	if (err)
		return err;
	if (places->next == places->count || places->list[places->next].at != item->frame)
		return pcapng_writer_copy(merge->writer, item);
	return annotate_frame(merge, item, places->list[places->next++].event);
}

static int copy_item(struct merge *merge, const struct pcapng_item *item)
{
	merge->section = item->section;
	if (item->type == PCAPNG_INTERFACE && !item->interface->id)
		merge->snaplen = item->interface->snaplen;
	if (item->type == PCAPNG_PACKET)
		return copy_frame(merge, item);
	return pcapng_writer_copy(merge->writer, item);
}

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->event < y->event ? -1 : x->event > y->event;
}

static void add_place(struct place_list *places, uint64_t at, uint32_t event)
{
	places->list[places->count++] = (struct place){ at, event };
}

/* Moves all but the first event of each frame to the packets of their own. */
static int keep_one_a_frame(struct merge *merge)
{
	struct place_list *on_frames = &merge->on_frames;
	size_t kept = 0;

	for (size_t i = 0; i < on_frames->count; i++) {
		struct place place = on_frames->list[i];
		struct compare_event event;

		if (!kept || on_frames->list[kept - 1].at != place.at) {
			on_frames->list[kept++] = place;
			continue;
		}
		if (compare_event(merge->compare, place.event, &event))
			return -ENOMEM;
		add_place(&merge->own_packets, wire_time(merge->compare, event.report.timestamp_ns),
			  place.event);
	}
	on_frames->count = kept;
	return 0;
}

static int find_places(struct merge *merge)
{
	struct compare *compare = merge->compare;
	size_t count = matcher_events(compare->matcher);
	struct place_list *on_frames = &merge->on_frames, *own_packets = &merge->own_packets;
	struct compare_event event;

	on_frames->list = calloc(count + 1, sizeof(*on_frames->list));
	own_packets->list = calloc(count + 1, sizeof(*own_packets->list));
	if (!on_frames->list || !own_packets->list)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		if (compare_event(compare, i, &event))
			return -ENOMEM;
		if (event.result.has_matched_frame)
			add_place(on_frames, event.result.matched_frame, i);
		else
			add_place(own_packets, wire_time(compare, event.report.timestamp_ns), i);
	}
	qsort(on_frames->list, on_frames->count, sizeof(*on_frames->list), compare_places);
	if (keep_one_a_frame(merge))
		return -ENOMEM;
	qsort(own_packets->list, own_packets->count, sizeof(*own_packets->list), compare_places);
	return 0;
}

/* Writes the events that are left. */
static int insert_rest(struct merge *merge, struct place_list *places)
{
	int err = 0;

	while (!err && places->next < places->count)
		err = insert(merge, places->list[places->next++].event);
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
		*err = insert_rest(merge, &merge->on_frames);
	if (!*err)
		*err = insert_rest(merge, &merge->own_packets);
	return got;
}

static int merge_files(struct merge *merge, struct input *input, struct output *output,
		       const char *path, struct error *error)
{
	struct pcapng_reader *reader = pcapng_reader_new(input_source(input));
	int err = find_places(merge), got = 0, flushed;

	merge->writer = pcapng_writer_new(output_target(output));
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
	if (same_file(path, compare->wires[0].path) || same_file(path, compare->events_path))
		return error_set(error, -EINVAL,
				 "%s: is a file that is read; choose another with -w", path);
	return 0;
}

int compare_write(struct compare *compare, const char *path, struct compare_written *written,
		  struct error *error)
{
	struct merge merge = { .compare = compare, .written = written, .snaplen = SNAPLEN };
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
	input_close(input);
	free(merge.on_frames.list);
	free(merge.own_packets.list);
	strbuf_free(&merge.annotation);
	option_list_free(&merge.options);
	return err;
}
