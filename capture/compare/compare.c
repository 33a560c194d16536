// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report/annotation.h"
#include "compare.h"
#include "file/input.h"
#include "report/report_reader.h"

#define WINDOW_NS \
	10000000000 /* a frame farther from an event is not its own, whatever its headers */

/* A file that is being read. */
struct wire_file {
	struct input *input;
	struct pcapng_reader *reader;
};

static int open_file(struct wire_file *file, const char *path, struct error *error)
{
	file->input = input_open(path, error);
	if (!file->input)
		return -EIO;
	file->reader = pcapng_reader_new(input_source(file->input));
	return file->reader ? 0 : error_set(error, -ENOMEM, "out of memory");
}

static void close_file(struct wire_file *file)
{
	pcapng_reader_free(file->reader);
	input_close(file->input);
}

/* What the last reading returned, 0 at the end of the file. */
static int check_end(const struct wire_file *file, int got, struct error *error)
{
	if (got == -ENOMEM)
		return error_set(error, got, "out of memory");
	return got < 0 ? input_failed(file->input, file->reader, got, error) : 0;
}

static void *copy_bytes(const void *bytes, size_t length)
{
	void *copy = malloc(length + 1);

	return copy ? memcpy(copy, bytes, length) : NULL;
}

static struct drop_report *copy_unvalued(const struct drop_report *report, uint8_t *data)
{
	struct drop_report *copy = copy_bytes(report, sizeof(*report));

	if (copy) {
		copy->packet.data = data;
		copy->frames = NULL;
		copy->ifname = NULL;
		memset(copy->values, 0, sizeof(copy->values));
	}
	return copy;
}

static int keep(struct compare_event *event, const struct drop_report *report, uint64_t number)
{
	struct strbuf annotation = { 0 };

	annotation_format(report, &annotation);
	*event = (struct compare_event){
		.number = number,
		.annotation = annotation.data,
		.stack = report->frames ? strdup(report->frames) : NULL,
		.ifname = report->ifname ? strdup(report->ifname) : NULL,
		.data = copy_bytes(report->packet.data, report->packet.caplen),
	};
	event->unvalued = copy_unvalued(report, event->data);
	if (annotation.failed || !event->data || !event->unvalued ||
	    (report->frames && !event->stack) || (report->ifname && !event->ifname))
		return -ENOMEM;
	return 0;
}

static int add_event(struct compare *compare, const struct drop_report *report, uint64_t number)
{
	struct compare_event *grown = compare->events;

	if (compare->event_count == compare->capacity) {
		compare->capacity = compare->capacity ? compare->capacity * 2 : 64;
		grown = reallocarray(grown, compare->capacity, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		compare->events = grown;
	}
	/* Counted at once, so that a half of it is freed too. */
	if (keep(&grown[compare->event_count++], report, number))
		return -ENOMEM;
	return matcher_add_event(compare->matcher, report, number);
}

static int read_events(struct compare *compare, struct wire_file *file, struct error *error)
{
	struct report_reader *reports = report_reader_new();
	struct drop_report report;
	struct pcapng_item item;
	int got = reports ? 1 : -ENOMEM, kind;

	while (got > 0 && (got = pcapng_reader_next(file->reader, &item)) > 0) {
		kind = report_reader_take(reports, &item, &report);
		compare->damaged += kind == REPORT_DAMAGED;
		if (kind < 0)
			got = kind;
		else if ((kind == REPORT_DAMAGED || kind == REPORT_WHOLE) &&
			 add_event(compare, &report, item.frame))
			got = -ENOMEM;
	}
	report_reader_free(reports);
	return check_end(file, got, error);
}

int compare_read_events(struct compare *compare, const char *path, struct error *error)
{
	struct wire_file file = { 0 };
	int err = open_file(&file, path, error);

	compare->matcher = matcher_new(WINDOW_NS);
	if (!err && !compare->matcher)
		err = error_set(error, -ENOMEM, "out of memory");
	if (!err)
		err = read_events(compare, &file, error);
	if (!err && !compare->event_count)
		err = error_set(
			error, -ENODATA,
			"%s has no annotations of tcpdropcap; the first file is of the events, "
			"the others are of the wire",
			input_name(file.input));
	if (!err && matcher_begin(compare->matcher))
		err = error_set(error, -ENOMEM, "out of memory");
	close_file(&file);
	return err;
}

/* A packet of a wire capture for the matcher. Returns whether it can tell anything. */
static bool parse_frame(const struct pcapng_item *item, struct packet *packet,
			struct match_frame *frame)
{
	if (item->type != PCAPNG_PACKET || !item->has_timestamp || !item->interface ||
	    !packet_knows_link(item->interface->linktype))
		return false;
	packet_parse_link(packet, item->interface->linktype, item->data, item->caplen,
			  item->len > item->caplen ? item->len : item->caplen);
	*frame = (struct match_frame){ item->frame, item->timestamp_ns, packet };
	return true;
}

static int measure(struct compare *compare, struct compare_wire *wire, struct error *error)
{
	struct wire_file file = { 0 };
	struct pcapng_item item;
	struct match_frame frame;
	struct packet packet;
	int err = open_file(&file, wire->path, error), got = 1;

	while (!err && (got = pcapng_reader_next(file.reader, &item)) > 0) {
		if (parse_frame(&item, &packet, &frame) &&
		    matcher_measure(compare->matcher, &frame))
			break;
	}
	if (!err)
		err = check_end(&file, got, error);
	wire->offset = matcher_offset(compare->matcher);
	close_file(&file);
	return err;
}

/* What of the capture is missing, by what it says of itself. */
struct missing {
	uint64_t unreadable, untimed, lost_before, lost_in_all;
};

static int take_item(struct compare *compare, struct compare_wire *wire,
		     const struct pcapng_item *item, struct missing *missing)
{
	struct match_frame frame;
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
	missing->unreadable += item->has_timestamp;
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
	struct wire_file file = { 0 };
	struct missing missing = { 0 };
	struct pcapng_item item;
	int err = open_file(&file, wire->path, error), got = 1;

	if (!err && matcher_begin_wire(compare->matcher, wire->name, wire->offset.ns))
		err = error_set(error, -ENOMEM, "out of memory");
	while (!err && got > 0 && (got = pcapng_reader_next(file.reader, &item)) > 0) {
		if (take_item(compare, wire, &item, &missing))
			got = -ENOMEM;
	}
	if (!err)
		err = check_end(&file, got, error);
	if (!err)
		add_missing(compare, &missing);
	if (!err && matcher_end_wire(compare->matcher))
		err = error_set(error, -ENOMEM, "out of memory");
	close_file(&file);
	return err;
}

/* A pipe could be read only once. */
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
		return error_set(error, -ENOMEM, "out of memory");
	compare->wire_count = count;
	for (size_t i = 0; !err && i < count; i++) {
		struct compare_wire *wire = &compare->wires[i];

		wire->path = paths[i];
		wire->name = strrchr(paths[i], '/') ? strrchr(paths[i], '/') + 1 : paths[i];
		err = check_wire(paths[i], error);
		if (!err)
			err = measure(compare, wire, error);
		if (!err)
			err = match(compare, wire, error);
	}
	return err;
}

void compare_free(struct compare *compare)
{
	for (size_t i = 0; i < compare->event_count; i++) {
		struct compare_event *event = &compare->events[i];

		free(event->annotation);
		free(event->stack);
		free(event->ifname);
		free(event->data);
		free(event->unvalued);
	}
	free(compare->events);
	free(compare->wires);
	matcher_free(compare->matcher);
	strbuf_free(&compare->storage);
	strbuf_free(&compare->because);
}

int compare_report(struct compare *compare, size_t index, struct drop_report *report,
		   struct match_result *result)
{
	const struct compare_event *event = &compare->events[index];
	int err;

	*report = *event->unvalued;
	report->ifname = event->ifname;
	report->frames = event->stack;
	err = annotation_parse(event->annotation, report, &compare->storage);
	if (err)
		return err;
	*result = matcher_result(compare->matcher, index, &compare->because);
	if (compare->because.failed)
		return -ENOMEM;
	report_set_text(report, KEY_verdict, verdict_name(result->verdict));
	if (result->has_frame)
		report_set_number(report, KEY_wire_frame, result->frame);
	report_set_text(report, KEY_because, strbuf_string(&compare->because));
	return 0;
}
