// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "recorder.h"
#include "report_ring.h"
#include "util/signals.h"
#include "util/time.h"

/*
 * The thread that calls us empties the kernel's ring: a dump is written in parts. Each event that
 * comes meanwhile takes one along, so that the memory does not become fuller; and each tick,
 * several times a second, so many. With four for each event, the ring overflowed in a flood.
 */
#define PUT_AT_EACH_TICK 8192

struct sink_recorder {
	struct sink sink;
	struct recorder_config config;
	struct report_ring *ring;
	struct dumps dumps;
	uint64_t now_ns;       /* CLOCK_BOOTTIME, of the last tick */
	uint64_t dump_end_ns;  /* events until then belong to the dump */
	uint64_t dump_end;     /* the same as their number; UINT64_MAX: not known yet */
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

static void end_dump(struct sink_recorder *self, uint64_t lost)
{
	if (self->dumps.file)
		dump_end(&self->dumps, lost);
	self->pause_end_ns = self->now_ns + self->config.pause_s * NS_PER_S;
	self->pause_is_noted = false;
}

/* Writes so many events of the dump, and ends it after its last one. */
static void put_events(struct sink_recorder *self, uint64_t count)
{
	struct drop_report report;

	for (; self->dumps.file && count && oldest_number(self) < self->dump_end; count--) {
		if (!report_ring_take(self->ring, &report))
			return;
		dump_put(&self->dumps, &report);
		if (!self->dumps.file)
			end_dump(self, 0);
	}
	if (self->dumps.file && oldest_number(self) >= self->dump_end)
		end_dump(self, 0);
}

static void begin_dump(struct sink_recorder *self, const char *trigger)
{
	self->dump_end_ns = self->now_ns + self->config.after_s * NS_PER_S;
	self->dump_end = UINT64_MAX;
	dump_begin(&self->dumps, trigger, report_ring_length(self->ring));
	if (!self->dumps.file)
		end_dump(self, 0);
}

/* The user may ask at any time. */
static void follow_user(struct sink_recorder *self)
{
	if (!signals_dump_asked())
		return;
	self->triggers++;
	if (self->dumps.file)
		self->ignored_in_dump++;
	else
		begin_dump(self, "SIGUSR2");
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
	if (self->dumps.file) {
		self->ignored_in_dump++;
	} else if (self->now_ns < self->pause_end_ns) {
		self->ignored_in_pause++;
		note_pause(self, trigger);
	} else {
		begin_dump(self, trigger);
	}
}

/* Nothing that belongs to a dump is overwritten: a segment of it is written at once instead. */
static void record(struct sink_recorder *self, const struct drop_report *report)
{
	int err;

	while ((err = report_ring_add(self->ring, report, self->now_ns, !self->dumps.file)) ==
	       -EAGAIN)
		put_events(self, 1);
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
	if (self->dumps.file)
		put_events(self, 1);
	return 0;
}

static void expire(struct sink_recorder *self)
{
	uint64_t age_ns = self->config.seconds * NS_PER_S;

	if (age_ns && !self->dumps.file && self->now_ns > age_ns)
		report_ring_expire(self->ring, self->now_ns - age_ns);
}

static int tick(struct sink *sink)
{
	struct sink_recorder *self = (struct sink_recorder *)sink;

	self->now_ns = time_boottime_ns();
	expire(self);
	follow_user(self);
	if (self->dumps.file && self->dump_end == UINT64_MAX && self->now_ns >= self->dump_end_ns)
		self->dump_end = report_ring_counts(self->ring).added;
	put_events(self, PUT_AT_EACH_TICK);
	dump_tick(&self->dumps);
	return 0;
}

/* It has what it was given, if only in memory. */
static bool has_all(const struct sink *sink)
{
	(void)sink;
	return true;
}

/* A dump that is open at the end has the account; there may be none. */
static int add_account(struct sink *sink, const struct account *account)
{
	struct sink_recorder *self = (struct sink_recorder *)sink;
	struct sink *file = self->dumps.file;

	return file && file->account ? file->account(file, account) : 0;
}

static void print_counts(const struct sink_recorder *self, uint64_t kept)
{
	const struct sink_files_config *files = &self->config.files;
	struct report_ring_counts counts = report_ring_counts(self->ring);
	const struct dumps *dumps = &self->dumps;
	uint64_t dumped = dumps->dumped + (dumps->file ? dumps->put : 0);
	uint64_t finished = file_series_finished(dumps->files);

	files->note("recorder: %" PRIu64 " events recorded: %" PRIu64 " dumped, %" PRIu64
		    " overwritten, %" PRIu64 " too old, %" PRIu64 " not dumped",
		    counts.added, dumped, counts.overwritten, counts.expired, kept);
	files->note("recorder: %" PRIu64 " dumps made; %" PRIu64 " triggers, of which %" PRIu64
		    " ignored during a dump and %" PRIu64 " in the pause after one",
		    finished, self->triggers, self->ignored_in_dump, self->ignored_in_pause);
	if (dumps->failed)
		files->note("recorder: %" PRIu64 " dumps failed: %" PRIu64
			    " events of them could not be written",
			    dumps->failed, dumps->unwritten);
	if (self->too_large)
		files->note("recorder: %" PRIu64 " events were too large to be recorded",
			    self->too_large);
	if (self->config.seconds && counts.overwritten)
		files->note("recorder: the memory had no room for %" PRIu64
			    " s: --recorder SIZE,TIME gives more",
			    self->config.seconds);
}

static int show(struct sink *sink)
{
	const struct sink_recorder *self = (const struct sink_recorder *)sink;

	print_counts(self, report_ring_length(self->ring));
	return 0;
}

/* What was asked for is written whole. */
static int end(struct sink *sink, uint64_t lost)
{
	struct sink_recorder *self = (struct sink_recorder *)sink;
	int err;

	self->now_ns = time_boottime_ns();
	follow_user(self);
	if (self->dumps.file)
		put_events(self, UINT64_MAX);
	if (self->dumps.file)
		end_dump(self, lost);
	print_counts(self, report_ring_length(self->ring));
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
		.has_all = has_all,
		.show = show,
	};
	self->config = *config;
	self->now_ns = time_boottime_ns();
	if (open_parts(self, error)) {
		report_ring_free(self->ring);
		free(self);
		return NULL;
	}
	return &self->sink;
}
