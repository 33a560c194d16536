// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compare with two files made from any bytes: two bytes for the length of the file of the events,
 * that file, and the wire capture. If both can be read, then every event is in what -w writes and
 * is read back from it, and JSON has a line for each and one more.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compare/compare_print.h"
#include "compare/compare_write.h"
#include "file/input.h"
#include "fuzz.h"
#include "report/report_reader.h"

/* A file in memory, which has a path. */
struct memory_file {
	int fd;
	char path[32];
};

static void make_file(struct memory_file *file, const uint8_t *bytes, size_t length)
{
	file->fd = memfd_create("fuzz", 0);
	PROPERTY(file->fd >= 0);
	snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->fd);
	PROPERTY(write(file->fd, bytes, length) == (ssize_t)length);
}

/* Returns the events that a reader finds in the file, up to its end or its damage. */
static uint64_t count_events(const char *path)
{
	struct error error;
	struct input *input = input_open(path, &error);
	struct pcapng_reader *reader = input ? pcapng_reader_new(input_source(input)) : NULL;
	struct report_reader *reports = report_reader_new();
	struct drop_report report;
	struct pcapng_item item;
	uint64_t events = 0;

	PROPERTY(reports);
	while (reader && pcapng_reader_next(reader, &item) > 0) {
		int kind = report_reader_take(reports, &item, &report);

		PROPERTY(kind >= 0);
		events += kind == REPORT_WHOLE || kind == REPORT_DAMAGED;
	}
	report_reader_free(reports);
	pcapng_reader_free(reader);
	input_close(input);
	return events;
}

static void check_json(struct compare *compare, uint64_t events)
{
	const struct compare_form form = { .json = true };
	char *text = NULL;
	size_t length, lines = 0;
	FILE *out = open_memstream(&text, &length);

	PROPERTY(out && compare_print(compare, form, out) == 0 && fclose(out) == 0);
	for (size_t i = 0; i < length; i++)
		lines += text[i] == '\n';
	PROPERTY(lines == events + 1);
	free(text);
}

static void check_written(struct compare *compare, const char *wire, uint64_t events)
{
	struct compare_written written;
	struct memory_file out;
	struct error error;

	make_file(&out, NULL, 0);
	if (compare_write(compare, out.path, &written, &error)) {
		fprintf(stderr, "%s\n", error.text);
		abort();
	}
	PROPERTY(written.on_frames + written.own_packets == events);
	PROPERTY(count_events(out.path) == events + count_events(wire));
	close(out.fd);
}

static void compare_files(const char *drops, char *wire)
{
	struct compare compare = { .keep_events = true };
	struct error error;
	uint64_t events;

	if (!compare_read_events(&compare, drops, &error) &&
	    !compare_read_wires(&compare, &wire, 1, &error)) {
		events = matcher_events(compare.matcher);
		PROPERTY(events == count_events(drops));
		check_json(&compare, events);
		check_written(&compare, wire, events);
	}
	compare_free(&compare);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct memory_file drops, wire;
	size_t drops_length;

	if (length < 2)
		return 0;
	drops_length = bytes[0] | bytes[1] << 8;
	bytes += 2;
	length -= 2;
	if (drops_length > length)
		drops_length = length;
	make_file(&drops, bytes, drops_length);
	make_file(&wire, bytes + drops_length, length - drops_length);
	compare_files(drops.path, wire.path);
	close(drops.fd);
	close(wire.fd);
	return 0;
}
