// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/output.h"
#include "file_series.h"
#include "util/plural.h"
#include "util/time.h"

#define RETRY_S 1 /* after a file that could not be written */

struct sink_rotate {
	struct sink sink;
	struct sink_files_config config;
	struct rotation rotation;
	struct strbuf name; /* of the file that is being written, when it is finished */
	struct sink *file;  /* NULL: there is none, because it could not be written */
	struct file_series *files;
	bool is_retrying;     /* since a file could not be written, no event has been */
	time_t retry_s;	      /* monotonic; 0: not before the next tick */
	int error;	      /* the first one that ends the capture, which stays */
	pthread_mutex_t lock; /* of what follows, which the thread of the queue sets */
	uint64_t written;     /* events in all files that have ended */
	bool had_events;      /* the last one of these */
	int last_error;	      /* of the same */
	int end_error;	      /* of a file that could not be finished */
	struct error end_failure;
};

static void describe(struct error *failure, int err, const char *name, const char *more)
{
	error_set(failure, err,
		  "%s" OUTPUT_PART ": cannot write it: %s; it ends with the last event that could "
		  "be written%s",
		  name, strerror(-err), more);
}

static int fail(struct sink_rotate *self, int err)
{
	if (!self->error) {
		self->error = err;
		describe(self->config.failure, err, strbuf_string(&self->name), "");
	}
	return self->error;
}

/* There may be room later. */
static bool is_full(int err)
{
	return err == -ENOSPC || err == -EDQUOT || err == -EFBIG;
}

static uint64_t events_written(const struct sink_rotate *self)
{
	return write_queue_counts(self->config.queue).written.events;
}

/* A file that failed before its first event. */
static void remove_part(const char *path)
{
	char *part;

	if (asprintf(&part, "%s" OUTPUT_PART, path) < 0)
		return;
	unlink(part);
	free(part);
}

/* In the thread of the queue, in which all before is done, and nothing after it. */
static void file_has_ended(void *context, const char *path, bool was_opened, int err)
{
	struct sink_rotate *self = context;
	uint64_t written = events_written(self);

	pthread_mutex_lock(&self->lock);
	self->had_events = written > self->written;
	self->written = written;
	self->last_error = err;
	if (err && was_opened && !self->had_events)
		remove_part(path);
	if (err) {
		self->end_error = err;
		describe(&self->end_failure, err, path, "");
	}
	pthread_mutex_unlock(&self->lock);
	if (!err)
		file_series_has(self->files, path);
}

/* The first file is opened at once, so that its error comes before the capture begins. */
static int open_file(struct sink_rotate *self, bool later, struct error *error)
{
	int err = rotation_name(&self->rotation, time_boottime_ns(), time_realtime_ns(),
				&self->name);
	const char *name = strbuf_string(&self->name);
	const struct output_aside aside = { self->config.queue, later, file_has_ended, self };

	if (err)
		return error_set(error, err,
				 "-w %s: the name is empty or too long at this time: %s",
				 self->config.limits.pattern, strerror(-err));
	self->file = file_series_open(self->files, name, NULL, &aside, error);
	return self->file ? 0 : -EIO;
}

static void open_next(struct sink_rotate *self)
{
	self->error = open_file(self, true, self->config.failure);
}

static enum rotation_step next_step(const struct sink_rotate *self)
{
	uint64_t bytes = self->file ? self->file->bytes(self->file) : 0;

	return rotation_step(&self->rotation, bytes, time_boottime_ns());
}

static void end_file(struct sink_rotate *self, uint64_t lost)
{
	if (self->file)
		self->file->close(self->file, lost);
	self->file = NULL;
}

/*
 * A full disk ends the file, not the capture: the next one begins when there is room. Returns 0, or
 * the error that ends the capture.
 */
static int fail_file(struct sink_rotate *self, int err)
{
	struct error failure;

	if (!is_full(err))
		return fail(self, err);
	if (!self->is_retrying) {
		describe(&failure, err, strbuf_string(&self->name),
			 "; the next file begins when there is room");
		self->config.warn("%s", failure.text);
	}
	self->is_retrying = true;
	self->retry_s = 0;
	end_file(self, 0);
	return 0;
}

/*
 * Begins a file after one that could not be written, when all is known of that one, and the thread
 * has nothing to do. It has the same name if the one before has no event.
 */
static void begin_again(struct sink_rotate *self)
{
	enum rotation_step step = next_step(self);
	bool had_events;

	if (write_queue_counts(self->config.queue).waiting)
		return;
	pthread_mutex_lock(&self->lock);
	had_events = self->had_events;
	pthread_mutex_unlock(&self->lock);
	if (step == ROTATION_STAY && had_events)
		step = ROTATION_SIZE;
	if (step != ROTATION_STAY)
		rotation_advance(&self->rotation, step, time_boottime_ns());
	open_next(self);
}

static void retry(struct sink_rotate *self)
{
	uint64_t before;

	pthread_mutex_lock(&self->lock);
	before = self->written;
	pthread_mutex_unlock(&self->lock);
	if (self->file && events_written(self) > before) {
		self->is_retrying = false;
		self->config.warn("%s: there is room again: the capture goes on in this file",
				  strbuf_string(&self->name));
	}
	if (self->file || self->error)
		return;
	if (!self->retry_s)
		self->retry_s = time_monotonic_s() + RETRY_S;
	else if (time_monotonic_s() >= self->retry_s)
		begin_again(self);
}

static int add(struct sink *sink, const struct drop_report *report)
{
	struct sink_rotate *self = (struct sink_rotate *)sink;
	int err = self->error;

	if (err || !self->file)
		return err ? err : SINK_REFUSES;
	err = self->file->add(self->file, report);
	if (!err)
		return 0;
	err = fail_file(self, err);
	return err ? err : SINK_REFUSES;
}

/* The last file has the account of all. */
static int add_account(struct sink *sink, const struct account *account)
{
	struct sink_rotate *self = (struct sink_rotate *)sink;
	int err = self->error;

	if (!err && self->file && (err = self->file->account(self->file, account)))
		fail(self, err);
	return err;
}

/* Files that could not be finished; one that had failed before is known. */
static void report_ends(struct sink_rotate *self)
{
	struct error failure;
	int err;

	pthread_mutex_lock(&self->lock);
	err = self->end_error;
	failure = self->end_failure;
	self->end_error = 0;
	pthread_mutex_unlock(&self->lock);
	if (!err || self->error || (is_full(err) && self->is_retrying))
		return;
	if (is_full(err)) {
		self->config.warn("%s", failure.text);
		return;
	}
	self->error = err;
	*self->config.failure = failure;
}

static int tick(struct sink *sink)
{
	struct sink_rotate *self = (struct sink_rotate *)sink;
	int err;

	file_series_tick(self->files);
	report_ends(self);
	if (!self->error && self->file && (err = self->file->tick(self->file)))
		fail_file(self, err);
	if (self->is_retrying)
		retry(self);
	return self->error;
}

static bool has_all(const struct sink *sink)
{
	const struct sink *file = ((const struct sink_rotate *)sink)->file;

	return file && file->has_all && file->has_all(file);
}

static enum sink_turn due(const struct sink *sink)
{
	const struct sink_rotate *self = (const struct sink_rotate *)sink;
	enum rotation_step step = self->error ? ROTATION_STAY : next_step(self);

	if (step == ROTATION_END)
		return SINK_ENDS;
	return step == ROTATION_STAY || !self->file ? SINK_STAYS : SINK_TURNS;
}

/* A file that is requested before it is due has the next number. */
static int turn(struct sink *sink, uint64_t lost)
{
	struct sink_rotate *self = (struct sink_rotate *)sink;
	enum rotation_step step = self->error ? ROTATION_STAY : next_step(self);

	if (self->error || !self->file)
		return self->error ? self->error : SINK_REFUSES;
	end_file(self, lost);
	write_queue_mark(self->config.queue, (struct write_mark){ 0, lost });
	if (step == ROTATION_STAY)
		step = ROTATION_SIZE;
	rotation_advance(&self->rotation, step, time_boottime_ns());
	open_next(self);
	return 0;
}

static int show(struct sink *sink)
{
	struct sink_rotate *self = (struct sink_rotate *)sink;

	self->config.note("%" PRIu64 " file%s written; %s%s", file_series_finished(self->files),
			  plural(file_series_finished(self->files)),
			  self->file ? strbuf_string(&self->name) : "none",
			  self->file ? OUTPUT_PART " is being written" : " can be written now");
	return 0;
}

static void release(struct sink_rotate *self)
{
	file_series_free(self->files);
	pthread_mutex_destroy(&self->lock);
	strbuf_free(&self->name);
	free(self);
}

static int end(struct sink *sink, uint64_t lost)
{
	struct sink_rotate *self = (struct sink_rotate *)sink;
	int err;

	end_file(self, lost);
	write_queue_wait(self->config.queue);
	report_ends(self);
	err = self->error;
	if (!err && self->last_error) {
		err = self->last_error;
		error_set(self->config.failure, err,
			  "%s" OUTPUT_PART ": the last events could not be written: %s",
			  strbuf_string(&self->name), strerror(-err));
	}
	self->config.note("%" PRIu64 " file%s written", file_series_finished(self->files),
			  plural(file_series_finished(self->files)));
	release(self);
	return err;
}

struct sink *sink_rotate_open(const struct sink_files_config *config, struct error *error)
{
	struct sink_rotate *self = calloc(1, sizeof(*self));

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
		.due = due,
		.turn = turn,
	};
	self->config = *config;
	pthread_mutex_init(&self->lock, NULL);
	rotation_start(&self->rotation, &config->limits, time_boottime_ns(), time_realtime_ns());
	self->files = file_series_new(&self->config, error);
	if (!self->files || open_file(self, false, error)) {
		write_queue_wait(config->queue);
		release(self);
		return NULL;
	}
	if (rotation_repeats_name(&config->limits) && !config->limits.bytes)
		config->warn("-G: -w %s has no time in it (%%Y, %%H, ...; see strftime(3)): each "
			     "file replaces the one before",
			     config->limits.pattern);
	return &self->sink;
}
