// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compare.h"
#include "compare_event.h"
#include "file/input.h"
#include "report/report_reader.h"

#define WINDOW_NS 10000000000 /* farther from an event, a frame is not its packet */

/* A file that is being read. */
struct capture_file {
	struct input *input;
	struct pcapng_reader *reader;
};

static int memory_failed(int err, struct error *error)
{
	if (err == -EOVERFLOW)
		return error_set(error, err, "too many events or captures: compare parts of them");
	return error_set(error, err, "out of memory");
}

static int open_file(struct capture_file *file, const char *path, struct error *error)
{
	file->input = input_open(path, error);
	if (!file->input)
		return -EIO;
	file->reader = pcapng_reader_new(input_source(file->input));
	return file->reader ? 0 : memory_failed(-ENOMEM, error);
}

static void close_file(struct capture_file *file)
{
	pcapng_reader_free(file->reader);
	input_close(file->input);
}

/* got: what the last reading returned, 0 at the end of the file. */
static int check_end(const struct capture_file *file, int got, struct error *error)
{
	if (got == -ENOMEM)
		return memory_failed(got, error);
	return got < 0 ? input_failed(file->input, file->reader, got, error) : 0;
}

static int keep_event(struct compare *compare, const struct drop_report *report, uint64_t number)
{
	strbuf_clear(&compare->packed);
	if (event_pack(report, number, &compare->packed))
		return -ENOMEM;
	return record_store_add(compare->events, compare->packed.data, compare->packed.length);
}

static int add_event(struct compare *compare, const struct drop_report *report, uint64_t number)
{
	int err = compare->events ? keep_event(compare, report, number) : 0;

	return err ? err : matcher_add_event(compare->matcher, report, number);
}

static int read_events(struct compare *compare, struct capture_file *file, struct error *error)
{
	struct report_reader *reports = report_reader_new();
	struct drop_report report;
	struct pcapng_item item;
	int got = reports ? 1 : -ENOMEM, err = 0, kind;

	while (!err && got > 0 && (got = pcapng_reader_next(file->reader, &item)) > 0) {
		kind = report_reader_take(reports, &item, &report);
		compare->damaged += kind == REPORT_DAMAGED;
		if (kind < 0)
			got = kind;
		else if (kind == REPORT_DAMAGED || kind == REPORT_WHOLE)
			err = add_event(compare, &report, item.frame);
	}
	report_reader_free(reports);
	return err ? memory_failed(err, error) : check_end(file, got, error);
}

int compare_read_events(struct compare *compare, const char *path, struct error *error)
{
	struct capture_file file = { 0 };
	int err = open_file(&file, path, error);

	compare->events_path = path;
	compare->matcher = matcher_new(WINDOW_NS);
	compare->events = compare->keep_events ? record_store_new() : NULL;
	if (!err && (!compare->matcher || (compare->keep_events && !compare->events)))
		err = memory_failed(-ENOMEM, error);
	if (!err)
		err = read_events(compare, &file, error);
	if (!err && !matcher_events(compare->matcher))
		err = error_set(error, -ENODATA,
				"%s has no annotations of tcpdropcap; the first file has the "
				"events, the others are captures of the wire",
				input_name(file.input));
	if (!err && matcher_begin(compare->matcher))
		err = memory_failed(-ENOMEM, error);
	close_file(&file);
	return err;
}

/* Makes a frame for the matcher. Returns false for what has no time or an unknown link type. */
static bool parse_frame(const struct pcapng_item *item, struct packet *packet,
			struct wire_frame *frame)
{
	if (item->type != PCAPNG_PACKET || !item->has_timestamp || !item->interface ||
	    !packet_knows_link(item->interface->linktype))
		return false;
	packet_parse_link(packet, item->interface->linktype, item->data, item->caplen,
			  item->len > item->caplen ? item->len : item->caplen);
	*frame = (struct wire_frame){ item->frame, item->timestamp_ns, packet };
	return true;
}

static int measure(struct compare *compare, struct compare_wire *wire, struct error *error)
{
	struct capture_file file = { 0 };
	struct pcapng_item item;
	struct wire_frame frame;
	struct packet packet;
	int err = open_file(&file, wire->path, error), got = 1;

	while (!err && got > 0 && (got = pcapng_reader_next(file.reader, &item)) > 0) {
		if (parse_frame(&item, &packet, &frame) &&
		    matcher_measure(compare->matcher, &frame))
			got = -ENOMEM;
	}
	if (!err)
		err = check_end(&file, got, error);
	wire->offset = matcher_offset(compare->matcher);
	close_file(&file);
	return err;
}

/* Packets that are missing from a capture, by its own account. */
struct missing {
	uint64_t unreadable, untimed, lost_before, lost_in_all;
};

static int take_item(struct compare *compare, struct compare_wire *wire,
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
	if (parse_frame(item, &packet, &frame))
		return matcher_add_frame(compare->matcher, &frame);
	missing->untimed += !item->has_timestamp;
	missing->unreadable += item->has_timestamp; /* then it is the link type */
	return 0;
}

static void add_missing(struct compare *compare, const struct missing *missing)
{
	uint64_t lost = missing->lost_in_all > missing->lost_before ? missing->lost_in_all
								    : missing->lost_before;

	matcher_add_missing(compare->matcher, lost, "were lost");
	matcher_add_missing(compare->matcher, missing->unreadable,
			    "are of a link type that this version cannot read");
	matcher_add_missing(compare->matcher, missing->untimed, "have no time");
}

static int match(struct compare *compare, struct compare_wire *wire, struct error *error)
{
	struct capture_file file = { 0 };
	struct missing missing = { 0 };
	struct pcapng_item item;
	int got = 1, err = open_file(&file, wire->path, error), full = 0;

	if (!err)
		full = matcher_begin_wire(compare->matcher, wire->name, &wire->offset);
	while (!err && !full && (got = pcapng_reader_next(file.reader, &item)) > 0)
		full = take_item(compare, wire, &item, &missing);
	if (!err && !full)
		err = check_end(&file, got, error);
	if (!err && !full) {
		add_missing(compare, &missing);
		full = matcher_end_wire(compare->matcher);
	}
	if (full)
		err = memory_failed(full, error);
	close_file(&file);
	return err;
}

/* A pipe can be read only once. */
static int check_wire(const char *path, struct error *error)
{
	struct stat st;

	if (strcmp(path, "-") == 0 || (!stat(path, &st) && !S_ISREG(st.st_mode)))
		return error_set(error, -ESPIPE,
				 "%s: a wire capture is read more than once: give a regular file",
				 path);
	return 0;
}

int compare_read_wires(struct compare *compare, char **paths, size_t count, struct error *error)
{
	int err = 0;

	compare->wires = calloc(count, sizeof(*compare->wires));
	if (!compare->wires)
		return memory_failed(-ENOMEM, error);
	compare->wire_count = count;
	for (size_t i = 0; !err && i < count; i++) {
		struct compare_wire *wire = &compare->wires[i];

		wire->path = paths[i];
		wire->name = strrchr(paths[i], '/') ? strrchr(paths[i], '/') + 1 : paths[i];
		err = check_wire(paths[i], error);
		if (!err)
			err = measure(compare, wire, error);
	}
	for (size_t i = 0; !err && i < count; i++)
		err = match(compare, &compare->wires[i], error);
	return err;
}

void compare_free(struct compare *compare)
{
	record_store_free(compare->events);
	free(compare->wires);
	matcher_free(compare->matcher);
	strbuf_free(&compare->packed);
	strbuf_free(&compare->storage);
	strbuf_free(&compare->because);
}

int compare_event(struct compare *compare, size_t index, struct compare_event *event)
{
	struct drop_report *report = &event->report;
	const void *bytes;
	size_t length;

	if (record_store_get(compare->events, index, &bytes, &length) ||
	    event_unpack(bytes, report, &event->number, &compare->storage))
		return -ENOMEM;
	event->result = matcher_result(compare->matcher, index, &compare->because);
	if (compare->because.failed)
		return -ENOMEM;
	report_set_text(report, KEY_verdict, verdict_name(event->result.verdict));
	if (event->result.has_frame)
		report_set_number(report, KEY_wire_frame, event->result.frame);
	report_set_text(report, KEY_because, strbuf_string(&compare->because));
	return 0;
}
