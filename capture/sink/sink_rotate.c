// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "file/output.h"
#include "file_series.h"
#include "sink.h"
#include "util/time.h"

struct sink_rotate {
	struct sink sink;
	struct sink_files_config config;
	struct rotation rotation;
	struct strbuf name; /* of the file that is being written, when it is finished */
	struct sink *file;  /* NULL: it could not be opened */
	struct file_series *files;
	int error; /* the first one, which stays */
};

static int fail(struct sink_rotate *self, int err)
{
	if (!self->error) {
		self->error = err;
		error_set(self->config.failure, err,
			  "%s" OUTPUT_PART ": cannot write it: %s; it ends with the last event "
			  "that could be written",
			  strbuf_string(&self->name), strerror(-err));
	}
	return self->error;
}

static int open_file(struct sink_rotate *self, struct error *error)
{
	int err = rotation_name(&self->rotation, time_boottime_ns(), time_realtime_ns(),
				&self->name);
	const char *name = strbuf_string(&self->name);

	if (err)
		return error_set(error, err,
				 "-w %s: the name is empty or too long at this time: %s",
				 self->config.limits.pattern, strerror(-err));
	self->file = file_series_open(self->files, name, NULL, error);
	return self->file ? 0 : -EIO;
}

static int close_file(struct sink_rotate *self, uint64_t lost)
{
	const char *name = strbuf_string(&self->name);
	struct sink *file = self->file;
	int err;

	self->file = NULL;
	if (!file)
		return self->error;
	err = self->error ? file->close(file, lost)
			  : file_series_close(self->files, file, name, lost);
	return err ? fail(self, err) : self->error;
}

static int add(struct sink *sink, const struct drop_report *report)
{
	struct sink_rotate *self = (struct sink_rotate *)sink;
	int err = self->error;

	if (!err && (err = self->file->add(self->file, report)))
		fail(self, err);
	return err;
}

/* The last file has the account of all. */
static int add_account(struct sink *sink, const struct account *account)
{
	struct sink_rotate *self = (struct sink_rotate *)sink;
	int err = self->error;

	if (!err && (err = self->file->account(self->file, account)))
		fail(self, err);
	return err;
}

static int tick(struct sink *sink)
{
	struct sink_rotate *self = (struct sink_rotate *)sink;
	int err = self->error;

	file_series_tick(self->files);
	if (!err && (err = self->file->tick(self->file)))
		fail(self, err);
	return err;
}

static bool has_all(const struct sink *sink)
{
	const struct sink *file = ((const struct sink_rotate *)sink)->file;

	return file && file->has_all && file->has_all(file);
}

static enum rotation_step next_step(const struct sink_rotate *self)
{
	return rotation_step(&self->rotation, self->file->bytes(self->file), time_boottime_ns());
}

static enum sink_turn due(const struct sink *sink)
{
	const struct sink_rotate *self = (const struct sink_rotate *)sink;
	enum rotation_step step = self->error ? ROTATION_STAY : next_step(self);

	if (step == ROTATION_STAY)
		return SINK_STAYS;
	return step == ROTATION_END ? SINK_ENDS : SINK_TURNS;
}

static int turn(struct sink *sink, uint64_t lost)
{
	struct sink_rotate *self = (struct sink_rotate *)sink;
	enum rotation_step step = self->error ? ROTATION_STAY : next_step(self);
	int err = close_file(self, lost);

	if (err)
		return err;
	rotation_advance(&self->rotation, step, time_boottime_ns());
	self->error = open_file(self, self->config.failure);
	return 0;
}

static int end(struct sink *sink, uint64_t lost)
{
	struct sink_rotate *self = (struct sink_rotate *)sink;
	int err = close_file(self, lost);
	uint64_t finished = file_series_finished(self->files);

	file_series_free(self->files);
	self->config.note("%" PRIu64 " files written", finished);
	strbuf_free(&self->name);
	free(self);
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
		.due = due,
		.turn = turn,
	};
	self->config = *config;
	rotation_start(&self->rotation, &config->limits, time_boottime_ns(), time_realtime_ns());
	self->files = file_series_new(&self->config, error);
	if (!self->files || open_file(self, error)) {
		file_series_free(self->files);
		strbuf_free(&self->name);
		free(self);
		return NULL;
	}
	if (rotation_repeats_name(&config->limits) && !config->limits.bytes)
		config->warn("-G: -w %s has no time in it (%%Y, %%H, ...; see strftime(3)): each "
			     "file replaces the one before",
			     config->limits.pattern);
	return &self->sink;
}
