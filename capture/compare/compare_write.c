// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report/annotation.h"
#include "compare.h"
#include "file/input.h"
#include "file/output.h"
#include "sink/option_list.h"

#define SNAPLEN 262144 /* where the capture has no interface to take it from */

/* An event and its place: at a frame of its own, or in time. */
struct placed {
	uint64_t at; /* the frame's number, or the time on the wire's clock */
	uint32_t event;
};

struct written_events {
	struct placed *list;
	size_t count, next;
};

struct merge {
	struct compare *compare;
	struct pcapng_writer *writer;
	struct written_events on_wire, off_wire;
	uint64_t section; /* that our interface is in; 0: none */
	uint32_t interface_id;
	uint32_t snaplen; /* of the capture: libpcap wants it to be the same in all interfaces */
	struct strbuf annotation;
	struct option_list options; /* what one event adds to a packet */
};

static int make_comments(struct merge *merge, uint32_t event, struct drop_report *report)
{
	struct match_result result;
	int err = compare_report(merge->compare, event, report, &result);

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

	return pcapng_writer_add_interface(merge->writer, PCAPNG_LINKTYPE_ETHERNET, merge->snaplen,
					   options, &merge->interface_id);
}

static uint32_t direction_flags(const struct drop_report *report)
{
	if (!report->has_direction)
		return 0;
	return report->inbound ? PCAPNG_INBOUND : PCAPNG_OUTBOUND;
}

static int insert(struct merge *merge, const struct placed *placed)
{
	struct drop_report report = { 0 };
	int err = make_comments(merge, placed->event, &report);
	uint32_t flags = direction_flags(&report);
	struct pcapng_packet packet = {
		.interface_id = merge->interface_id,
		.timestamp = placed->at,
		.data = report.packet.data,
	};

	if (err)
		return err;
	packet.caplen = report.packet.caplen;
	if (merge->snaplen && packet.caplen > merge->snaplen)
		packet.caplen = merge->snaplen;
	packet.len = report.packet.len;
	if (flags)
		option_list_add_u32(&merge->options, PCAPNG_EPB_FLAGS, &flags);
	if (merge->options.failed)
		return -ENOMEM;
	packet.options = option_list_all(&merge->options);
	return pcapng_writer_add_packet(merge->writer, &packet);
}

/*
 * The events that are not on the wire, up to a time. Their interface comes with the first of them.
 */
static int insert_until(struct merge *merge, uint64_t time, uint64_t section)
{
	struct written_events *places = &merge->off_wire;
	int err = 0;

	while (!err && places->next < places->count && places->list[places->next].at < time) {
		if (merge->section != section)
			err = add_interface(merge);
		merge->section = section;
		if (!err)
			err = insert(merge, &places->list[places->next++]);
	}
	return err;
}

/* A frame may be of two events: of one that was sent, and of its drop. */
static int copy_frame(struct merge *merge, const struct pcapng_item *item)
{
	struct written_events *places = &merge->on_wire;
	struct drop_report report = { 0 };
	int err;

	while (places->next < places->count && places->list[places->next].at < item->frame)
		places->next++;
	if (places->next == places->count || places->list[places->next].at != item->frame)
		return pcapng_writer_copy(merge->writer, item);
	err = make_comments(merge, places->list[places->next].event, &report);
	if (err)
		return err;
	err = pcapng_writer_copy_with(merge->writer, item, option_list_all(&merge->options));
	/* A Simple Packet Block has no room for comments. */
	return err == -EINVAL ? pcapng_writer_copy(merge->writer, item) : err;
}

static int take_item(struct merge *merge, const struct pcapng_item *item)
{
	int err = 0;

	if (item->type == PCAPNG_INTERFACE && !item->interface->id)
		merge->snaplen = item->interface->snaplen;
	if (item->type != PCAPNG_PACKET)
		return pcapng_writer_copy(merge->writer, item);
	if (item->has_timestamp)
		err = insert_until(merge, item->timestamp_ns, item->section);
	return err ? err : copy_frame(merge, item);
}

static int compare_places(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->event < y->event ? -1 : x->event > y->event;
}

static int find_places(struct merge *merge)
{
	struct compare *compare = merge->compare;
	struct written_events *on = &merge->on_wire, *off = &merge->off_wire;

	on->list = calloc(compare->event_count + 1, sizeof(*on->list));
	off->list = calloc(compare->event_count + 1, sizeof(*off->list));
	if (!on->list || !off->list)
		return -ENOMEM;
	for (uint32_t i = 0; i < compare->event_count; i++) {
		struct match_result result = matcher_result(compare->matcher, i, &compare->because);
		uint64_t time = compare->events[i].unvalued->timestamp_ns +
				(uint64_t)compare->wires[0].offset.ns;

		if (result.has_own)
			on->list[on->count++] = (struct placed){ result.own_frame, i };
		else
			off->list[off->count++] = (struct placed){ time, i };
	}
	qsort(on->list, on->count, sizeof(*on->list), compare_places);
	qsort(off->list, off->count, sizeof(*off->list), compare_places);
	return 0;
}

/* Returns what reading returned; *written is what writing did. */
static int merge_all(struct merge *merge, struct pcapng_reader *reader, int *written)
{
	struct pcapng_item item;
	uint64_t section = 0;
	int got = 1;

	while (!*written && (got = pcapng_reader_next(reader, &item)) > 0) {
		section = item.section;
		*written = take_item(merge, &item);
	}
	if (!*written && !got)
		*written = insert_until(merge, UINT64_MAX, section);
	return got;
}

static int merge_files(struct merge *merge, struct input *input, struct output *output,
		       const char *path, struct error *error)
{
	struct pcapng_reader *reader = pcapng_reader_new(input_source(input));
	int written = find_places(merge), got = 0, flushed;

	merge->writer = pcapng_writer_new(output_target(output));
	if (!reader || !merge->writer)
		written = -ENOMEM;
	if (!written)
		got = merge_all(merge, reader, &written);
	flushed = merge->writer ? pcapng_writer_free(merge->writer) : 0;
	if (got < 0)
		input_failed(input, reader, got, error);
	else if (written || flushed)
		error_set(error, -EIO, "%s: cannot write it: %s", path,
			  strerror(written ? -written : -flushed));
	pcapng_reader_free(reader);
	return got < 0 || written || flushed ? -EIO : 0;
}

/* Opening the file for writing would empty it before it is read. */
static bool same_file(const char *path, const char *from)
{
	struct stat a, b;

	return !stat(path, &a) && !stat(from, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int compare_write(struct compare *compare, const char *path, struct error *error)
{
	struct merge merge = { .compare = compare, .snaplen = SNAPLEN };
	const char *from = compare->wires[0].path;
	struct input *input;
	struct output *output = NULL;
	int err = -EIO, closed;

	if (same_file(path, from))
		return error_set(error, -EINVAL,
				 "%s: is the file that is read; choose another with -w", path);
	input = input_open(from, error);
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
	free(merge.on_wire.list);
	free(merge.off_wire.list);
	strbuf_free(&merge.annotation);
	option_list_free(&merge.options);
	return err;
}
