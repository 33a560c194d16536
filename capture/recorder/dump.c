// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "dump.h"
#include "file/output.h"
#include "util/time.h"

int dumps_open(struct dumps *dumps, const struct sink_files_config *config, struct error *error)
{
	dumps->config = config;
	dumps->files = file_series_new(config, error);
	return dumps->files ? 0 : -1;
}

int dumps_close(struct dumps *dumps)
{
	file_series_free(dumps->files);
	strbuf_free(&dumps->name);
	strbuf_free(&dumps->base);
	strbuf_free(&dumps->why);
	if (dumps->error)
		error_set(dumps->config->failure, dumps->error,
			  "%" PRIu64 " dumps failed; the first one: %s", dumps->failed,
			  dumps->failure.text);
	return dumps->error;
}

/* The events that the file has for sure are dumped, those that it was not given stay in memory. */
static void fail(struct dumps *dumps, int err, const char *what)
{
	uint64_t unwritten = dumps->put - dumps->passed_on;
	struct error error;

	error_set(&error, err, "%s", what);
	if (dumps->put)
		dumps->config->warn("recorder: %s; %" PRIu64 " events of this dump are lost, and "
				    "the recorder goes on",
				    error.text, unwritten);
	else
		dumps->config->warn("recorder: %s; the events stay in memory", error.text);
	if (!dumps->failed++) {
		dumps->failure = error;
		dumps->error = err;
	}
	dumps->dumped += dumps->passed_on;
	dumps->unwritten += unwritten;
}

static void fail_file(struct dumps *dumps, int err)
{
	struct strbuf what = { 0 };

	strbuf_addf(&what, "%s" OUTPUT_PART ": cannot write it: %s", strbuf_string(&dumps->name),
		    strerror(-err));
	fail(dumps, err, strbuf_string(&what));
	strbuf_free(&what);
}

/* Closing the file says again that it is not whole. */
static void give_up(struct dumps *dumps, int err)
{
	dumps->file->close(dumps->file, 0);
	dumps->file = NULL;
	fail_file(dumps, err);
}

static int find_name(struct dumps *dumps)
{
	const struct rotation_limits *limits = &dumps->config->limits;
	uint64_t wall_ns = time_realtime_ns();
	int err = rotation_name_at(limits, 0, wall_ns, &dumps->name);

	if (err)
		return err;
	if (strcmp(strbuf_string(&dumps->base), strbuf_string(&dumps->name)) == 0) {
		dumps->same_name++;
		return rotation_name_at(limits, dumps->same_name, wall_ns, &dumps->name);
	}
	dumps->same_name = 0;
	strbuf_clear(&dumps->base);
	strbuf_add(&dumps->base, strbuf_string(&dumps->name));
	return 0;
}

void dump_begin(struct dumps *dumps, const char *trigger, uint64_t kept)
{
	const struct output_aside aside = { 0 };
	struct error error = { 0 };
	int err = find_name(dumps);

	dumps->put = 0;
	dumps->passed_on = 0;
	if (err) {
		error_set(&error, err, "-w %s: the name is empty or too long at this time",
			  dumps->config->limits.pattern);
		fail(dumps, err, error.text);
		return;
	}
	strbuf_clear(&dumps->why);
	strbuf_add(&dumps->why, "by ");
	strbuf_add_printable(&dumps->why, trigger);
	strbuf_addf(&dumps->why, ", with %" PRIu64 " events from memory", kept);
	dumps->file = file_series_open(dumps->files, strbuf_string(&dumps->name),
				       strbuf_string(&dumps->why), &aside, &error);
	if (!dumps->file) {
		fail(dumps, -EIO, error.text);
		return;
	}
	error_set(&error, 0, "recorder: dump %s: %s", strbuf_string(&dumps->why),
		  strbuf_string(&dumps->name));
	dumps->config->note("%s", error.text);
}

static void note_progress(struct dumps *dumps)
{
	struct sink *file = dumps->file;

	if (file->has_all && file->has_all(file))
		dumps->passed_on = dumps->put;
}

void dump_put(struct dumps *dumps, const struct drop_report *report)
{
	int err = dumps->file->add(dumps->file, report);

	dumps->put++;
	if (err)
		give_up(dumps, err);
	else
		note_progress(dumps);
}

void dump_tick(struct dumps *dumps)
{
	int err;

	file_series_tick(dumps->files);
	if (!dumps->file)
		return;
	err = dumps->file->tick(dumps->file);
	if (err)
		give_up(dumps, err);
	else
		dumps->passed_on = dumps->put;
}

void dump_end(struct dumps *dumps, uint64_t lost)
{
	int err = dumps->file->close(dumps->file, lost);

	dumps->file = NULL;
	if (err) {
		fail_file(dumps, err);
		return;
	}
	file_series_has(dumps->files, strbuf_string(&dumps->name));
	dumps->dumped += dumps->put;
}
