// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture_file.h"
#include "compare.h"
#include "compare_event.h"
#include "file/same_file.h"
#include "report/report_reader.h"

#define WINDOW_NS 10000000000 /* farther from an event, a frame is not its packet */

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

/* before: packets in the files before this one; this file's are added. */
static int read_events(struct compare *compare, struct capture_file *file, uint64_t *before,
		       struct error *error)
{
	struct report_reader *reports = report_reader_new();
	struct drop_report report;
	struct pcapng_item item;
	int got = reports ? 1 : -ENOMEM, err = 0, kind;
	uint64_t frames = 0;

	while (!err && got > 0 && (got = capture_file_next(file, &item)) > 0) {
		kind = report_reader_take(reports, &item, &report);
		compare->damaged += kind == REPORT_DAMAGED;
		if (kind < 0)
			got = kind;
		else if (kind == REPORT_DAMAGED || kind == REPORT_WHOLE)
			err = add_event(compare, &report, *before + item.frame);
		if (item.type == PCAPNG_PACKET)
			frames = item.frame;
	}
	report_reader_free(reports);
	*before += frames;
	if (err)
		return capture_file_no_memory(err, error);
	return capture_file_end(file, got, &compare->damage, error);
}

/* A file that is damaged before its first annotation has the damage as its error. */
static int check_events(const struct compare *compare, const char *first, struct error *error)
{
	const struct strbuf *damage = &compare->damage;

	if (matcher_events(compare->matcher))
		return 0;
	if (damage->length)
		return error_set(error, -EINVAL, "%.*s", (int)damage->length - 1, damage->data);
	return error_set(error, -ENODATA,
			 "%s has no annotations of tcpdropcap; the first file has the events, the "
			 "others are captures of the wire",
			 strcmp(first, "-") == 0 ? "standard input" : first);
}

static int read_events_of(struct compare *compare, const char *path, uint64_t *before,
			  struct error *error)
{
	struct capture_file file;
	int err = capture_file_open(&file, path, error);

	if (!err)
		err = read_events(compare, &file, before, error);
	capture_file_close(&file);
	return err;
}

int compare_read_event_files(struct compare *compare, const char *const *paths, size_t count,
			     struct error *error)
{
	uint64_t before = 0;
	int err = 0;

	compare->events_paths = paths;
	compare->events_path_count = count;
	compare->matcher = matcher_new(WINDOW_NS);
	compare->events = compare->keep_events ? record_store_new() : NULL;
	if (!compare->matcher || (compare->keep_events && !compare->events))
		err = capture_file_no_memory(-ENOMEM, error);
	for (size_t i = 0; !err && i < count; i++)
		err = read_events_of(compare, paths[i], &before, error);
	if (!err)
		err = check_events(compare, paths[0], error);
	if (!err && matcher_begin(compare->matcher))
		err = capture_file_no_memory(-ENOMEM, error);
	return err;
}

int compare_read_events(struct compare *compare, const char *path, struct error *error)
{
	compare->events_path = path;
	return compare_read_event_files(compare, &compare->events_path, 1, error);
}

bool compare_reads_events(const struct compare *compare, const char *path)
{
	bool found = false;

	for (size_t i = 0; i < compare->events_path_count; i++)
		found |= same_file(path, compare->events_paths[i]);
	return found;
}

int compare_read_wires(struct compare *compare, char **paths, size_t count, struct error *error)
{
	compare->wires = calloc(count, sizeof(*compare->wires));
	if (!compare->wires)
		return capture_file_no_memory(-ENOMEM, error);
	compare->wire_count = count;
	for (size_t i = 0; i < count; i++) {
		const char *slash = strrchr(paths[i], '/');

		compare->wires[i].path = paths[i];
		compare->wires[i].name = slash ? slash + 1 : paths[i];
	}
	return compare_wires_read(compare, error);
}

void compare_free(struct compare *compare)
{
	record_store_free(compare->events);
	free(compare->wires);
	matcher_free(compare->matcher);
	strbuf_free(&compare->packed);
	strbuf_free(&compare->storage);
	strbuf_free(&compare->because);
	strbuf_free(&compare->damage);
	strbuf_free(&compare->notes);
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
