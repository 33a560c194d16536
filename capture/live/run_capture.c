// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "event/decode.h"
#include "util/log.h"
#include "run.h"
#include "session.h"
#include "util/signals.h"
#include "util/strbuf.h"
#include "util/time.h"

#define TICK_MS 75 /* with what a batch takes, a live reader is less than 100 ms behind */

struct capture {
	const struct options *options;
	struct session session;
	struct drop_event event;
	struct drop_report report;
	uint64_t written;
	uint64_t filtered;  /* here; the kernel side has its own count */
	uint64_t beyond;    /* events behind the last one that -c asked for */
	uint64_t unwritten; /* the output has failed */
	uint64_t flushed;   /* of the written, those that the output has for sure */
	uint64_t damaged;
	uint64_t flush_due_ms; /* monotonic */
	int error;	       /* of the sink */
};

static void handle_record(void *context, const void *bytes, size_t size)
{
	struct capture *capture = context;
	uint64_t limit = capture->options->count;

	if (limit && capture->written >= limit) {
		capture->beyond++;
		return;
	}
	if (decode_record(bytes, size, &capture->event)) {
		capture->damaged++;
		return;
	}
	enrich_event(capture->session.enrich, &capture->event, &capture->report);
	if (!filter_matches_captured(&capture->options->filter, &capture->report)) {
		capture->filtered++;
		return;
	}
	if (!capture->error)
		capture->error = capture->session.sink->add(capture->session.sink,
							    &capture->report);
	if (capture->error) {
		capture->unwritten++;
		return;
	}
	capture->written++;
	enrich_written(capture->session.enrich);
}

static struct source_counters count_all(const struct capture *capture, struct strbuf *kinds)
{
	static const char *const plurals[EVENT_KIND_COUNT] = {
		[EVENT_DROP] = "drops",	    [EVENT_RETRANSMIT] = "retransmits",
		[EVENT_SYNACK] = "synacks", [EVENT_TLP] = "tlps",
		[EVENT_RESET] = "resets",
	};
	unsigned int shown = EVENTS_DEFAULT | capture->options->filter.events;
	struct source_counters sum = { 0 }, one;

	for (enum event_kind kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		source_count(capture->session.source, kind, &one);
		if (shown >> kind & 1)
			strbuf_addf(kinds, "%s%" PRIu64 " %s", kind ? ", " : "", one.seen,
				    plurals[kind]);
		sum.lost += one.lost;
		sum.unparsed += one.unparsed;
		for (size_t i = 0; i < SOURCE_FILTER_COUNT; i++)
			sum.filtered[i] += one.filtered[i];
	}
	return sum;
}

static void add_filtered(struct strbuf *text, uint64_t *total, uint64_t count, const char *why)
{
	if (count)
		strbuf_addf(text, "%s%" PRIu64 " %s", *total ? ", " : "", count, why);
	*total += count;
}

/* Appends why events were filtered. Returns how many were. */
static uint64_t explain_filtered(const struct capture *capture, const struct source_counters *sum,
				 struct strbuf *text)
{
	static const char *const reasons[SOURCE_FILTER_COUNT] = {
		[SOURCE_FILTER_EXPRESSION] = "by the expression in the kernel",
		[SOURCE_FILTER_FAMILY] = "of the other address family",
		[SOURCE_FILTER_NETNS] = "of other namespaces",
		[SOURCE_FILTER_STATE] = "in other states",
		[SOURCE_FILTER_REASON] = "with another reason, or none",
		[SOURCE_FILTER_BENIGN] = "benign frees (--all shows them)",
	};
	uint64_t total = 0;

	for (size_t i = 0; i < SOURCE_FILTER_COUNT; i++)
		add_filtered(text, &total, sum->filtered[i], reasons[i]);
	add_filtered(text, &total, capture->filtered, "by the tool");
	return total;
}

/* Names that are missing from events because they could not be looked up. */
static void print_failures(const struct session *session)
{
	int err;
	uint64_t failures = owners_failed_scans(session->owners, &err);

	if (failures)
		log_note("%" PRIu64 " scans of open files failed: %s; owners may be missing",
			 failures, strerror(-err));
	failures = cgroups_failures(session->cgroups, &err);
	if (failures)
		log_note("%" PRIu64 " searches for cgroups failed: %s; cgroups may be missing",
			 failures, strerror(-err));
}

/* Returns the number of events that are lost, or may be. */
static uint64_t print_counts(const struct capture *capture)
{
	struct strbuf kinds = { 0 }, why = { 0 };
	struct source_counters sum = count_all(capture, &kinds);
	uint64_t filtered = explain_filtered(capture, &sum, &why);
	uint64_t unnamed = enrich_unnamed(capture->session.enrich);
	uint64_t missed = source_missed(capture->session.source);

	log_counts("%s; %" PRIu64 " written, %" PRIu64 " filtered, %" PRIu64 " lost",
		   strbuf_string(&kinds), capture->written, filtered, sum.lost);
	if (filtered)
		log_note("filtered: %s", strbuf_string(&why));
	strbuf_free(&kinds);
	strbuf_free(&why);
	if (sum.unparsed)
		log_note("%" PRIu64
			 " freed IPv4 or IPv6 packets could not be parsed: drops of TCP packets "
			 "among them are missing",
			 sum.unparsed);
	if (capture->unwritten)
		log_note("%" PRIu64 " events could not be written", capture->unwritten);
	if (capture->beyond)
		log_note("%" PRIu64 " events came after the %" PRIu64 " that -c asked for",
			 capture->beyond, capture->options->count);
	if (capture->damaged)
		log_warning("%" PRIu64 " records were damaged and are not written",
			    capture->damaged);
	if (missed)
		log_note("%" PRIu64
			 " times the kernel skipped a hook that was running already: as many "
			 "events at most are missing",
			 missed);
	if (unnamed)
		log_note("%" PRIu64 " kernel addresses have no symbol and are shown as ?", unnamed);
	print_failures(&capture->session);
	return sum.lost + missed;
}

static bool is_over(const struct capture *capture)
{
	uint64_t limit = capture->options->count;

	return signals_stop_asked() || capture->error || (limit && capture->written >= limit);
}

/* What the output had taken but not handed on when it failed is not written. */
static void flush(struct capture *capture)
{
	struct sink *sink = capture->session.sink;

	if (!capture->error)
		capture->error = sink->tick(sink);
	if (!capture->error)
		capture->flushed = capture->written;
}

/*
 * Whoever reads what is written is not to wait for the ring to run empty, which in a flood it may
 * not.
 */
static bool is_flush_due(struct capture *capture)
{
	uint64_t now = time_monotonic_ns() / NS_PER_MS;

	if (now < capture->flush_due_ms)
		return false;
	capture->flush_due_ms = now + TICK_MS;
	return true;
}

static int run_until_over(struct capture *capture)
{
	int more = 0;

	while (more >= 0 && !is_over(capture)) {
		if (!more)
			source_wait(capture->session.source, TICK_MS);
		session_refresh(&capture->session, capture->options);
		more = source_consume(capture->session.source, handle_record, capture);
		if (more <= 0 || is_flush_due(capture))
			flush(capture);
		if (signals_counts_asked())
			print_counts(capture);
	}
	return more < 0 ? more : 0;
}

/* What is in the ring when the hooks are gone still belongs to the capture. */
static int drain(struct capture *capture)
{
	int more;

	source_detach(capture->session.source);
	do {
		more = source_consume(capture->session.source, handle_record, capture);
	} while (more > 0);
	return more;
}

static void print_cost(const char *hook, uint64_t runs, uint64_t ns)
{
	log_note("%s: %" PRIu64 " runs, %" PRIu64 " ns each", hook, runs, ns / runs);
}

static int report_end(const struct capture *capture, int err)
{
	const char *output = capture->options->write_path ? capture->options->write_path : "output";
	uint64_t lost = print_counts(capture);

	if (capture->options->verbose)
		source_costs(capture->session.source, print_cost);

	/* A reader that has seen enough closes the pipe: an end like any other. */
	if (capture->error && capture->error != -EPIPE) {
		log_line(
			"%s: cannot write it: %s; it ends with the last event that could be written",
			output, strerror(-capture->error));
		return EXIT_FAILURE;
	}
	if (err) {
		log_line("cannot read the ring buffer: %s", strerror(-err));
		return EXIT_FAILURE;
	}
	return lost && capture->options->strict ? EXIT_LOST : EXIT_SUCCESS;
}

static uint64_t lost_at_end(const struct capture *capture)
{
	struct strbuf kinds = { 0 };
	struct source_counters sum = count_all(capture, &kinds);

	strbuf_free(&kinds);
	return sum.lost - enrich_lost(capture->session.enrich);
}

static int capture_events(struct capture *capture)
{
	int err, drained, closed;

	log_note("capturing%s%s; Ctrl-C ends it", capture->options->write_path ? " to " : "",
		 capture->options->write_path ? capture->options->write_path : "");
	err = run_until_over(capture);
	drained = drain(capture);
	closed = capture->session.sink->close(capture->session.sink, lost_at_end(capture));
	capture->session.sink = NULL;
	if (!capture->error)
		capture->error = closed;
	if (capture->error) {
		capture->unwritten += capture->written - capture->flushed;
		capture->written = capture->flushed;
	}
	return report_end(capture, err ? err : drained);
}

int run_capture(const struct run *run)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	struct error error = { 0 };
	int status = EXIT_FAILURE;

	if (!capture) {
		log_line("out of memory");
		return status;
	}
	capture->options = run->options;
	if (!session_open(&capture->session, run, &error))
		status = capture_events(capture);
	else if (signals_stop_asked())
		status = EXIT_SUCCESS;
	else
		log_line("%s", error.text);
	session_close(&capture->session);
	free(capture);
	return status;
}
