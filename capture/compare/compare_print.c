// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>

#include "compare_print.h"
#include "report/format.h"
#include "sink/sink.h"

static void add_flow(struct strbuf *line, const struct packet *packet)
{
	struct strbuf flow = { 0 };

	if (packet->tcp_at)
		format_flow(&flow, packet);
	strbuf_addf(line, "%-45s ", strbuf_string(&flow));
	strbuf_free(&flow);
}

static int put_line(struct strbuf *line, FILE *out)
{
	if (line->failed)
		return -ENOMEM;
	return fwrite(strbuf_string(line), 1, line->length, out) == line->length ? 0 : -errno;
}

static int print_line(struct strbuf *line, const struct compare_event *event, FILE *out)
{
	const struct drop_report *report = &event->report;

	strbuf_clear(line);
	strbuf_addf(line, "%6" PRIu64 " ", event->number);
	format_column(line, report_text(report, KEY_event), 10);
	add_flow(line, &report->packet);
	format_column(line, report_text(report, KEY_verdict), 19);
	strbuf_add_printable(line, report_text(report, KEY_because));
	strbuf_add(line, "\n");
	return put_line(line, out);
}

static void count_verdicts(struct compare *compare, uint64_t *counts)
{
	for (size_t i = 0; i < matcher_events(compare->matcher); i++)
		counts[matcher_result(compare->matcher, i, &compare->because).verdict]++;
}

static int print_events(struct compare *compare, struct compare_form form, struct strbuf *line,
			FILE *out)
{
	const struct sink_detail detail = { .tcp = true };
	struct sink *json = NULL;
	struct compare_event event;
	struct error error;
	int err = 0, closed = 0;

	if (form.json && !(json = sink_json_open(out, detail, &error)))
		return -ENOMEM;
	for (size_t i = 0; !err && i < matcher_events(compare->matcher); i++) {
		err = compare_event(compare, i, &event);
		if (!err && json)
			err = json->add(json, &event.report);
		else if (!err)
			err = print_line(line, &event, out);
	}
	if (json)
		closed = json->close(json, 0);
	return err ? err : closed;
}

static void add_seconds(struct strbuf *line, int64_t ns)
{
	uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	strbuf_addf(line, "%c%" PRIu64 ".%06" PRIu64, ns < 0 ? '-' : '+', size / 1000000000,
		    size % 1000000000 / 1000);
}

/* Parts in a million, with three digits after the point. */
static void add_ppm(struct strbuf *line, const char *plus, int64_t ppb)
{
	uint64_t size = ppb < 0 ? -(uint64_t)ppb : (uint64_t)ppb;

	strbuf_addf(line, "%s%" PRIu64 ".%03" PRIu64, ppb < 0 ? "-" : plus, size / 1000,
		    size % 1000);
}

static void add_wire(struct strbuf *line, const struct compare_wire *wire)
{
	strbuf_add_printable(line, wire->name);
	if (wire->continues)
		strbuf_add(line, " (continues the capture before it)");
	strbuf_addf(line, ": %" PRIu64 " frames, clock offset ", wire->frames);
	add_seconds(line, compare_wire_offset(wire));
	strbuf_add(line, " s");
	if (wire->offset.matches || wire->takes_offset) {
		strbuf_add(line, ", drift ");
		add_ppm(line, "+", wire->offset.drift_ppb);
		strbuf_add(line, " ppm");
	}
	if (wire->offset.matches) {
		strbuf_addf(line, " (%zu matches, median ", wire->offset.matches);
		add_seconds(line, wire->offset.median_ns);
		strbuf_add(line, " s)\n");
	} else if (wire->takes_offset) {
		strbuf_add(line,
			   " (no match to measure it: taken from another part of the capture)\n");
	} else {
		strbuf_add(line, " (no match to measure it)\n");
	}
}

static int print_table(struct compare *compare, const uint64_t *counts, struct strbuf *line,
		       FILE *out)
{
	strbuf_clear(line);
	for (size_t i = 0; i < compare->wire_count; i++)
		add_wire(line, &compare->wires[i]);
	strbuf_addf(line, "%-19s  EVENTS\n", "VERDICT");
	for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++) {
		if (counts[verdict])
			strbuf_addf(line, "%-19s %7" PRIu64 "\n", verdict_name(verdict),
				    counts[verdict]);
	}
	strbuf_addf(line, "%-19s %7zu\n", "all", matcher_events(compare->matcher));
	return put_line(line, out);
}

static void add_wire_json(struct strbuf *line, const struct compare_wire *wire)
{
	strbuf_add(line, "{\"name\":");
	strbuf_add_json(line, wire->name);
	strbuf_addf(line, ",\"frames\":%" PRIu64 ",\"clock_offset_ns\":%" PRId64, wire->frames,
		    compare_wire_offset(wire));
	if (wire->offset.matches || wire->takes_offset) {
		strbuf_add(line, ",\"clock_drift_ppm\":");
		add_ppm(line, "", wire->offset.drift_ppb);
	}
	strbuf_addf(line, ",\"clock_matches\":%zu,\"clock_median_ns\":%" PRId64 "%s}",
		    wire->offset.matches, wire->offset.median_ns,
		    wire->continues ? ",\"continues\":true" : "");
}

/* The summary is one more object: each line of the output is one. */
static int print_summary(struct compare *compare, const uint64_t *counts, struct strbuf *line,
			 FILE *out)
{
	strbuf_clear(line);
	strbuf_add(line, "{\"wires\":[");
	for (size_t i = 0; i < compare->wire_count; i++) {
		strbuf_add(line, i ? "," : "");
		add_wire_json(line, &compare->wires[i]);
	}
	strbuf_add(line, "],\"verdicts\":{");
	for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
		strbuf_addf(line, "%s\"%s\":%" PRIu64, verdict ? "," : "", verdict_name(verdict),
			    counts[verdict]);
	strbuf_add(line, "}}\n");
	return put_line(line, out);
}

int compare_print(struct compare *compare, struct compare_form form, FILE *out)
{
	uint64_t counts[VERDICT_COUNT] = { 0 };
	struct strbuf line = { 0 };
	int err = 0;

	count_verdicts(compare, counts);
	if (form.json || form.lines)
		err = print_events(compare, form, &line, out);
	if (!err && form.lines && !form.json && fputs("\n", out) < 0)
		err = -errno;
	if (!err)
		err = (form.json ? print_summary : print_table)(compare, counts, &line, out);
	if (!err && fflush(out))
		err = -errno;
	strbuf_free(&line);
	return err;
}
