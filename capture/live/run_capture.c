// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "commands.h"
#include "event/decode.h"
#include "progress.h"
#include "util/log.h"
#include "util/notify.h"
#include "util/signals.h"
#include "util/time.h"

/*
 * The interval at which the ring is emptied and the output flushed. Output is promised to be a
 * tenth of a second late at most (tcpdropcap.8); the rest of that time is for a batch of records.
 */
#define FLUSH_INTERVAL_MS 75

/*
 * While nothing happens, it is enough to look at what has its time, such as files (-G), as often:
 * the first event wakes us at once, and so does a signal.
 */
#define IDLE_INTERVAL_MS 500

#define DRAIN_MS 1000 /* for records that a program on another CPU has not yet committed */

static bool is_limit_reached(const struct capture *capture)
{
	uint64_t limit = capture->options->count;

	return limit && capture->counts.written >= limit;
}

/* The way of a record: decode, enrich, filter, sink. */
static void handle_record(void *context, const void *bytes, size_t size)
{
	struct capture *capture = context;

	if (is_limit_reached(capture)) {
		capture->counts.after_limit++;
		return;
	}
	if (decode_record(bytes, size, &capture->event)) {
		capture->counts.damaged++;
		return;
	}
	capture->counts.last_ns = capture->event.boottime_ns;
	enrich_event(capture->session.enrich, &capture->event, &capture->report);
	account_run_event(capture->session.account, capture->event.kind, &capture->report);
	if (filter_matches_captured(&capture->options->filter, &capture->report))
		capture_write_report(capture);
	else
		capture->counts.filtered++;
}

/*
 * In a flood, when the ring never becomes empty, a reader of the output gets events all the same.
 */
static bool is_flush_due(struct capture *capture)
{
	uint64_t now = time_monotonic_ns() / NS_PER_MS;

	if (now < capture->flush_due_ms)
		return false;
	capture->flush_due_ms = now + FLUSH_INTERVAL_MS;
	return true;
}

/* Empties the ring while a thread reads the counters. Returns the reading, NULL if it fails. */
static struct account_reading *read_counters(struct capture *capture)
{
	struct account_reader *reader = account_run_read(capture->session.account);

	while (reader && !account_reader_is_done(reader)) {
		if (source_consume(capture->session.source, handle_record, capture) <= 0)
			usleep(1000);
		if (is_flush_due(capture))
			capture_flush(capture);
	}
	return account_reader_end(reader);
}

/*
 * Passes on all events that happened before the call: returns when the ring was empty once, or
 * after a limit of time.
 */
static void consume_all(struct capture *capture)
{
	uint64_t end_ms = time_monotonic_ns() / NS_PER_MS + DRAIN_MS;

	while (source_consume(capture->session.source, handle_record, capture) > 0 &&
	       time_monotonic_ns() / NS_PER_MS < end_ms)
		;
}

static void balance(struct capture *capture, struct account_end *end, struct account *account)
{
	const struct session *session = &capture->session;

	account_run_balance(session->account, end, account);
	account_run_outside(session->source, session->config.netns, account);
}

/* What the sink has so far, the counts and the account of this moment. */
static void print_counts(struct capture *capture)
{
	struct account account = { 0 };
	struct account_end end = { 0 };
	struct sink *sink = capture->session.sink;

	if (sink && sink->show && !capture->error)
		capture->error = sink->show(sink);
	summary_print(&capture->counts, &capture->session, capture->options);
	summary_print_health(&capture->counts, &capture->session, capture->options);
	if (!capture->session.account)
		return;
	end.readings[0] = read_counters(capture);
	consume_all(capture);
	end.events = account_run_events(capture->session.account);
	summary_hidden(&capture->counts, &capture->session, end.hidden);
	end.readings[1] = read_counters(capture);
	balance(capture, &end, &account);
	summary_print_account(&account, capture->options);
	account_free(&account);
}

static bool is_over(const struct capture *capture)
{
	return signals_stop_asked() || capture->error || is_limit_reached(capture) ||
	       capture->is_last_over || time_monotonic_ns() / NS_PER_MS >= capture->end_ms;
}

/* Returns the milliseconds until the next multiple of the interval. */
static uint64_t ms_left(uint64_t now_ns, uint64_t interval_ms)
{
	return interval_ms - now_ns / NS_PER_MS % interval_ms;
}

/*
 * How long to wait while no events come. Waits end with a half of a second of the monotonic clock,
 * so that what is due at its seconds is not late; for -G also with a second of the wall clock.
 */
static int idle_interval_ms(const struct capture *capture)
{
	const struct session *session = &capture->session;
	const struct sink *sink = session->sink;
	uint64_t now_ns = time_monotonic_ns(), now_ms = now_ns / NS_PER_MS;
	uint64_t left_ms = ms_left(now_ns, IDLE_INTERVAL_MS), wall_ms;

	if (write_queue_counts(session->queue).waiting ||
	    (sink && sink->needs_ticks && sink->needs_ticks(sink)))
		return FLUSH_INTERVAL_MS;
	wall_ms = capture->options->rotate.seconds ? ms_left(time_realtime_ns(), 1000) : left_ms;
	if (wall_ms < left_ms)
		left_ms = wall_ms;
	if (capture->end_ms < now_ms + left_ms)
		left_ms = capture->end_ms > now_ms ? capture->end_ms - now_ms : 0;
	return (int)left_ms;
}

/* After a long wait, the sink first learns the time, which is that of its last tick. */
static void wait_for_events(struct capture *capture)
{
	if (source_wait(capture->session.source, FLUSH_INTERVAL_MS, idle_interval_ms(capture)))
		capture_flush(capture);
}

/* Returns 0, or -errno of the ring. */
static int loop(struct capture *capture)
{
	uint64_t duration_ms = capture->options->duration_s * 1000;
	int more = 0;

	capture->end_ms = duration_ms ? time_monotonic_ns() / NS_PER_MS + duration_ms : UINT64_MAX;
	while (more >= 0 && !is_over(capture)) {
		if (!more)
			wait_for_events(capture);
		session_refresh(&capture->session, capture->options);
		more = source_consume(capture->session.source, handle_record, capture);
		if (more <= 0 || is_flush_due(capture))
			capture_flush(capture);
		capture_turn(capture, more == 0);
		progress_tick(&capture->progress, &capture->counts, &capture->session);
		if (signals_counts_asked())
			print_counts(capture);
	}
	return more < 0 ? more : 0;
}

/*
 * Events that happened before the hooks were detached belong to the capture: their records are in
 * the ring, or about to be. Returns 0, or -errno of the ring.
 */
static int drain(struct capture *capture)
{
	struct source *source = capture->session.source;
	uint64_t end_ms;
	int more;

	end_ms = time_monotonic_ns() / NS_PER_MS + DRAIN_MS;
	do {
		more = source_consume(source, handle_record, capture);
		if (!more && source_pending(source) > 0 &&
		    time_monotonic_ns() / NS_PER_MS < end_ms) {
			usleep(1000);
			more = 1;
		}
	} while (more > 0);
	return more;
}

/* Detaches the hooks between two readings of the counters. Returns 0, or -errno of the ring. */
static int end_events(struct capture *capture)
{
	struct account_run *run = capture->session.account;
	struct account_end end = { 0 };
	int64_t pending;
	int err;

	if (run)
		end.readings[0] = read_counters(capture);
	source_detach(capture->session.source);
	if (run)
		end.readings[1] = read_counters(capture);
	err = drain(capture);
	pending = source_pending(capture->session.source);
	if (!run)
		return err;
	capture->counts.pending = pending > 0 ? (uint64_t)pending : 0;
	summary_hidden(&capture->counts, &capture->session, end.hidden);
	balance(capture, &end, &capture->account);
	return err;
}

static void print_output_error(const struct capture *capture)
{
	const struct error *failure = capture->run->failure;
	const char *path = capture->options->write_path;

	if (failure && failure->text[0])
		log_line("%s", failure->text);
	else
		log_line("%s: cannot write it: %s; it ends with the last event that could be "
			 "written",
			 path ? path : "output", strerror(-capture->error));
}

/* Prints how it went. Returns the exit status. */
static int report_end(const struct capture *capture, int ring_error)
{
	const struct options *options = capture->options;
	uint64_t lost = summary_print(&capture->counts, &capture->session, options);

	lost += summary_print_account(&capture->account, options);
	lost += summary_print_unaccounted(&capture->session);
	if (options->verbose)
		summary_print_costs(&capture->session);
	/* A reader that closes the pipe has seen enough: that is not a failure. */
	if (capture->error && capture->error != -EPIPE) {
		print_output_error(capture);
		return EXIT_FAILURE;
	}
	if (ring_error) {
		log_line("cannot read the ring buffer: %s", strerror(-ring_error));
		return EXIT_FAILURE;
	}
	if (!capture->error)
		lost += capture->counts.unwritten;
	return lost && options->strict ? EXIT_LOST : EXIT_SUCCESS;
}

static void note_start(const struct options *options)
{
	const char *path = options->write_path;

	if (options->recorder.bytes)
		log_note("capturing into memory; SIGUSR2%s writes it to %s; Ctrl-C ends it",
			 options->recorder.triggers ? " or a trigger" : "", path);
	else
		log_note("capturing%s%s; Ctrl-C ends it", path ? " to " : "", path ? path : "");
}

static int capture_events(struct capture *capture)
{
	int err, drain_error;

	capture_prepare_turn(capture);
	notify_send("READY=1");
	note_start(capture->options);
	capture->progress = progress_start(capture->options);
	err = loop(capture);
	progress_end(&capture->progress);
	notify_send("STOPPING=1");
	drain_error = end_events(capture);
	capture_close_output(capture);
	return report_end(capture, err ? err : drain_error);
}

int run_capture(struct run *run)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	struct error error = { 0 };
	int status = EXIT_FAILURE;

	if (!capture) {
		log_line("out of memory");
		return status;
	}
	capture->run = run;
	capture->options = run->options;
	capture->counts.tally = tally_new();
	notify_open();
	if (!session_open(&capture->session, run, &error))
		status = capture_events(capture);
	else if (signals_stop_asked())
		status = EXIT_SUCCESS;
	else
		log_line("%s", error.text);
	session_close(&capture->session);
	account_free(&capture->account);
	tally_free(capture->counts.tally);
	free(capture);
	return status;
}
