// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reports from any file, and their lines: nothing of a file reaches the terminal's control, and a
 * line of JSON is one line.
 */
#include <stdio.h>
#include <string.h>

#include "count/count.h"
#include "filter/filter.h"
#include "report/report_reader.h"
#include "sink/sink.h"
#include "fuzz.h"

static void is_harmless(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		PROPERTY((unsigned char)text[i] >= 0x20 || text[i] == '\n');
}

static void count(struct counts *counts)
{
	const struct count_view view = { .top = 3, .shares = true, .seconds = 1 };
	struct strbuf out = { 0 };

	counts_print(counts, &view, &out);
	is_harmless(strbuf_string(&out), out.length);
	strbuf_free(&out);
	counts_free(counts);
}

/* Returns the number of events. */
static size_t read_all(const uint8_t *bytes, size_t length, struct sink *text, struct sink *json)
{
	static struct error error;
	struct pcapng_reader *reader = pcapng_reader_new_memory(bytes, length);
	const struct count_config config = {
		.by = "flow,owner,stack", .sum = "segs", .form = COUNT_TABLE, .groups_max = 8
	};
	struct counts *counts = counts_new(&config, &error);
	struct report_reader *reports = report_reader_new();
	const struct filter nothing = { 0 };
	struct drop_report report;
	struct pcapng_item item;
	size_t events = 0;

	PROPERTY(reader && counts && reports);
	while (pcapng_reader_next(reader, &item) > 0) {
		int kind = report_reader_take(reports, &item, &report);

		PROPERTY(kind >= REPORT_NONE && kind <= REPORT_WHOLE);
		PROPERTY(item.type == PCAPNG_PACKET || kind == REPORT_NONE);
		if (kind < REPORT_DAMAGED)
			continue;
		events++;
		PROPERTY(filter_matches(&nothing, &report));
		PROPERTY(text->add(text, &report) == 0 && json->add(json, &report) == 0);
		PROPERTY(counts_add(counts, &report) == 0);
	}
	count(counts);
	report_reader_free(reports);
	pcapng_reader_free(reader);
	return events;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct error error;
	char *lines[2] = { NULL, NULL };
	size_t sizes[2], events, newlines = 0;
	FILE *out[2] = { open_memstream(&lines[0], &sizes[0]),
			 open_memstream(&lines[1], &sizes[1]) };
	struct sink *text =
		sink_text_open(out[0], (struct sink_detail){ .stack = true, .tcp = true }, &error);
	struct sink *json =
		sink_json_open(out[1], (struct sink_detail){ .stack = true, .tcp = true }, &error);

	PROPERTY(text && json);
	events = read_all(bytes, length, text, json);
	PROPERTY(text->close(text, 0) == 0 && json->close(json, 0) == 0);
	fclose(out[0]);
	fclose(out[1]);
	is_harmless(lines[0], sizes[0]);
	is_harmless(lines[1], sizes[1]);
	for (size_t i = 0; i < sizes[1]; i++)
		newlines += lines[1][i] == '\n';
	PROPERTY(newlines == events);
	free(lines[0]);
	free(lines[1]);
	return 0;
}
