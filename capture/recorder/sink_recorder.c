// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "recorder.h"
#include "recorder_metrics.h"
#include "report_ring.h"
#include "util/plural.h"
#include "util/signals.h"
#include "util/time.h"

/*
 * The calling thread also reads the ring of the kernel, so a dump is passed to the writing thread
 * in parts: one event for each event that arrives, so that the memory does not become fuller, and
 * this number at each tick, several times a second. With four for each event, the ring overflowed
 * in a flood.
 */
#define PUT_AT_EACH_TICK 8192

struct sink_recorder {
	struct sink sink;
	struct recorder_config config;
	struct report_ring *ring;
	struct dumps dumps;
	struct recorder_metrics *metrics; /* NULL: none */
	uint64_t now_ns;		  /* CLOCK_BOOTTIME, of the last tick */
	uint64_t dump_end_ns;		  /* events until then belong to the dump */
	uint64_t dump_end;		  /* the same as their number; UINT64_MAX: not known yet */
	uint64_t dump_next;    /* the number of the event that the dump has to get next */
	uint64_t pause_end_ns; /* triggers until then are ignored */
	bool pause_is_noted;
	uint64_t too_large; /* events that were not recorded */
	uint64_t triggers;  /* that went off */
	uint64_t ignored_in_dump;
	uint64_t ignored_in_pause;
};

/* How many events were taken out of memory, or left it: the number of the oldest one in it. */
static uint64_t oldest_number(const struct sink_recorder *self)
{
	return report_ring_counts(self->ring).added - report_ring_length(self->ring);
}

static void begin_pause(struct sink_recorder *self)
{
	self->pause_end_ns = self->now_ns + self->config.pause_s * NS_PER_S;
	self->pause_is_noted = false;
}

/* Whether the oldest event in memory is the dump's. */
static bool has_events(const struct sink_recorder *self)
{
	return self->dumps.file && report_ring_length(self->ring) &&
	       oldest_number(self) < self->dump_end;
}

/* Those of the dump that were overwritten before it could get them, after the last one it got. */
static uint64_t missing_events(const struct sink_recorder *self)
{
	uint64_t oldest = oldest_number(self);

	return (oldest < self->dump_end ? oldest : self->dump_end) - self->dump_next;
}

static void end_dump(struct sink_recorder *self, uint64_t lost)
{
	dump_end(&self->dumps, missing_events(self) + lost);
	begin_pause(self);
}

/* Moves the oldest event to the dump. Returns false if that is not possible now. */
static bool put_event(struct sink_recorder *self)
{
	struct drop_report report;
	uint64_t missing;

	if (!has_events(self) || !dump_has_room(&self->dumps))
		return false;
	missing = missing_events(self);
	report_ring_take(self->ring, &report);
	if (missing)
		report_set_number(&report, KEY_lost, report_number(&report, KEY_lost) + missing);
	self->dump_next = oldest_number(self);
	dump_put(&self->dumps, &report);
	if (!self->dumps.file)
		begin_pause(self);
	return true;
}

/*
 * Moves this number of events to the dump, and ends the dump after its last event. Until the file
 * is open, the events stay in memory, so that they are not lost if it cannot be opened.
 */
static void put_events(struct sink_recorder *self, uint64_t count)
{
	while (self->dumps.is_ready && count-- && put_event(self))
		;
	if (self->dumps.is_ready && oldest_number(self) >= self->dump_end)
		end_dump(self, 0);
}

static void begin_dump(struct sink_recorder *self, const char *trigger)
{
	self->dump_end_ns = self->now_ns + self->config.after_s * NS_PER_S;
	self->dump_end = UINT64_MAX;
	self->dump_next = oldest_number(self);
	dump_begin(&self->dumps, trigger, report_ring_length(self->ring));
	if (!self->dumps.file)
		begin_pause(self);
}

/*
 * The user may ask at any time. While a dump gets no more events, but is not whole yet, the request
 * is about later ones: it waits.
 */
static void follow_user(struct sink_recorder *self)
{
	bool is_idle = dumps_are_idle(&self->dumps);

	if ((!is_idle && !self->dumps.file) || !signals_dump_asked())
		return;
	self->triggers++;
	if (is_idle)
		begin_dump(self, "SIGUSR2");
	else
		self->ignored_in_dump++;
}

/* Once in each pause. */
static void note_pause(struct sink_recorder *self, const char *trigger)
{
	struct error line;

	if (self->pause_is_noted)
		return;
	self->pause_is_noted = true;
	error_set(&line, 0,
		  "recorder: %s went off less than %" PRIu64 " s after the last dump "
		  "(--dump-pause) and is ignored; SIGUSR2 writes what is in memory",
		  trigger, self->config.pause_s);
	self->config.files.note("%s", line.text);
}

static void follow_trigger(struct sink_recorder *self, const char *trigger)
{
	self->triggers++;
	if (!dumps_are_idle(&self->dumps)) {
		self->ignored_in_dump++;
	} else if (self->now_ns < self->pause_end_ns) {
		self->ignored_in_pause++;
		note_pause(self, trigger);
	} else {
		begin_dump(self, trigger);
	}
}

/*
 * Before a segment with events of the dump is overwritten, it is moved to the dump as a whole. If
 * the dump has no room, because the disk stalls, the events are overwritten.
 */
static void record(struct sink_recorder *self, const struct drop_report *report)
{
	bool may_overwrite = !self->dumps.file;
	int err;

	while ((err = report_ring_add(self->ring, report, self->now_ns, may_overwrite)) == -EAGAIN)
		may_overwrite = !put_event(self);
	if (err)
		self->too_large++;
}

static int add(struct sink *sink, const struct drop_report *report)
{
	struct sink_recorder *self = (struct sink_recorder *)sink;
	const char *trigger = triggers_fired(self->config.triggers, report);

	record(self, report);
	if (trigger)
		follow_trigger(self, trigger);
	put_events(self, 1);
	return 0;
}

static void expire(struct sink_recorder *self)
{
	uint64_t age_ns = self->config.seconds * NS_PER_S;

	if (age_ns && !self->dumps.file && self->now_ns > age_ns)
		report_ring_expire(self->ring, self->now_ns - age_ns);
}

/* Learns what the thread has done; a dump can fail then. */
static void tick_dump(struct sink_recorder *self, void (*learn)(struct dumps *dumps))
{
	bool had_file = self->dumps.file;

	learn(&self->dumps);
	if (had_file && !self->dumps.file)
		begin_pause(self);
}

/* What it has counted so far. */
static struct recorder_numbers numbers_of(const struct sink_recorder *self)
{
	struct report_ring_counts counts = report_ring_counts(self->ring);
	uint64_t unwritten = dumps_unwritten(&self->dumps);

	return (struct recorder_numbers){
		.recorded = counts.added,
		.dumped = counts.taken - unwritten,
		.overwritten = counts.overwritten,
		.expired = counts.expired,
		.unwritten = unwritten,
		.too_large = self->too_large,
		.in_memory = report_ring_length(self->ring),
		.dumps = file_series_finished(self->dumps.files),
		.failed_dumps = self->dumps.failed,
		.triggers = self->triggers,
		.last_dump_ns = self->dumps.began_ns,
	};
}

static void write_metrics(struct sink_recorder *self)
{
	struct recorder_numbers numbers = numbers_of(self);

	recorder_metrics_write(self->metrics, &numbers);
}

static struct capture_health *want_health(struct sink *sink)
{
	return recorder_metrics_health(((struct sink_recorder *)sink)->metrics);
}

static int tick(struct sink *sink)
{
	struct sink_recorder *self = (struct sink_recorder *)sink;

	self->now_ns = time_boottime_ns();
	tick_dump(self, dump_tick);
	expire(self);
	follow_user(self);
	if (self->dumps.file && self->dump_end == UINT64_MAX && self->now_ns >= self->dump_end_ns)
		self->dump_end = report_ring_counts(self->ring).added;
	put_events(self, PUT_AT_EACH_TICK);
	if (recorder_metrics_is_due(self->metrics, self->now_ns))
		write_metrics(self);
	return 0;
}

/* Until a dump is whole. */
static bool needs_ticks(const struct sink *sink)
{
	const struct dumps *dumps = &((const struct sink_recorder *)sink)->dumps;

	return dumps->file || dumps->is_ending;
}

/*
 * Called at the end of the capture. Writes all events of a dump that was requested; the dump stays
 * open.
 */
static void put_all(struct sink_recorder *self)
{
	self->now_ns = time_boottime_ns();
	tick_dump(self, dumps_wait);
	follow_user(self);
	while (has_events(self)) {
		tick_dump(self, dumps_wait);
		while (put_event(self))
			;
	}
}

/* A dump that is open at the end has the account; there may be none. Its errors are its result. */
static int add_account(struct sink *sink, const struct account *account)
{
	struct sink_recorder *self = (struct sink_recorder *)sink;
	struct sink *file;

	put_all(self);
	file = self->dumps.file;
	if (file && file->account)
		file->account(file, account);
	return 0;
}

static void print_counts(const struct sink_recorder *self)
{
	const struct sink_files_config *files = &self->config.files;
	const struct recorder_numbers numbers = numbers_of(self);

	files->note("recorder: %" PRIu64 " event%s recorded: %" PRIu64 " dumped, %" PRIu64
		    " overwritten, %" PRIu64 " too old, %" PRIu64 " not dumped",
		    numbers.recorded, plural(numbers.recorded), numbers.dumped, numbers.overwritten,
		    numbers.expired, numbers.in_memory);
	files->note("recorder: %" PRIu64 " dump%s made; %" PRIu64 " trigger%s, of which %" PRIu64
		    " ignored during a dump and %" PRIu64 " in the pause after one",
		    numbers.dumps, plural(numbers.dumps), numbers.triggers,
		    plural(numbers.triggers), self->ignored_in_dump, self->ignored_in_pause);
	if (numbers.failed_dumps || numbers.unwritten)
		files->note("recorder: %" PRIu64 " dump%s failed: %" PRIu64 " of %s events could "
			    "not be written",
			    numbers.failed_dumps, plural(numbers.failed_dumps), numbers.unwritten,
			    numbers.failed_dumps == 1 ? "its" : "their");
	if (self->too_large)
		files->note("recorder: %" PRIu64 " event%s too large to be recorded",
			    self->too_large, self->too_large == 1 ? " was" : "s were");
	if (self->config.seconds && numbers.overwritten)
		files->note("recorder: the memory had no room for %" PRIu64
			    " s: --recorder SIZE,TIME gives more",
			    self->config.seconds);
}

static int show(struct sink *sink)
{
	const struct sink_recorder *self = (const struct sink_recorder *)sink;
	size_t waiting = write_queue_counts(self->dumps.queue).waiting;

	print_counts(self);
	if (waiting)
		self->config.files.note("recorder: %zu KiB of the dump wait for the disk",
					(waiting + 1023) >> 10);
	return 0;
}

static int end(struct sink *sink, uint64_t lost)
{
	struct sink_recorder *self = (struct sink_recorder *)sink;
	struct recorder_numbers numbers;
	int err;

	put_all(self);
	if (self->dumps.file)
		end_dump(self, lost);
	dumps_wait(&self->dumps);
	print_counts(self);
	numbers = numbers_of(self);
	recorder_metrics_end(self->metrics, &numbers);
	err = dumps_close(&self->dumps);
	report_ring_free(self->ring);
	free(self);
	return err;
}

static int open_parts(struct sink_recorder *self, struct error *error)
{
	self->ring = report_ring_new(self->config.bytes);
	if (!self->ring)
		return error_set(error, -errno,
				 "--recorder: cannot get %" PRIu64 " bytes of memory: %s; a "
				 "smaller SIZE needs less",
				 self->config.bytes, strerror(errno));
	if (self->config.metrics) {
		self->metrics = recorder_metrics_new(self->config.metrics, self->config.interval_s,
						     self->config.files.warn, error);
		if (!self->metrics)
			return -EIO;
	}
	return dumps_open(&self->dumps, &self->config.files, error);
}

struct sink *sink_recorder_open(const struct recorder_config *config, struct error *error)
{
	struct sink_recorder *self = calloc(1, sizeof(*self));

	if (!self) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	self->sink = (struct sink){
		.add = add,
		.tick = tick,
		.close = end,
		.account = add_account,
		.show = show,
		.needs_ticks = needs_ticks,
		.health = want_health,
	};
	self->config = *config;
	self->now_ns = time_boottime_ns();
	if (open_parts(self, error)) {
		recorder_metrics_free(self->metrics);
		report_ring_free(self->ring);
		free(self);
		return NULL;
	}
	return &self->sink;
}
