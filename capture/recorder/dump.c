// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "dump.h"
#include "file/output.h"
#include "util/plural.h"
#include "util/time.h"

/* A dump comes much later: that its folder is missing must be known now. */
static int check_folder(const char *pattern, struct error *error)
{
	char folder[PATH_MAX];
	char *slash;

	snprintf(folder, sizeof(folder), "%.*s", (int)strcspn(pattern, "%"), pattern);
	slash = strrchr(folder, '/');
	if (!slash)
		strcpy(folder, ".");
	else
		slash[slash == folder] = '\0';
	if (!faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS))
		return 0;
	return error_set(error, -errno,
			 "-w %s: cannot create files in %s: %s; choose another folder", pattern,
			 folder, strerror(errno));
}

int dumps_open(struct dumps *dumps, const struct sink_files_config *config, struct error *error)
{
	int err = check_folder(config->limits.pattern, error);

	if (err)
		return err;
	dumps->config = config;
	dumps->files = file_series_new(config, error);
	if (!dumps->files)
		return -EIO;
	dumps->queue = write_queue_new();
	if (dumps->queue)
		return 0;
	error_set(error, -errno, "cannot start the thread that writes dumps: %s",
		  error_reason(-errno));
	file_series_free(dumps->files);
	return -EIO;
}

int dumps_close(struct dumps *dumps)
{
	write_queue_free(dumps->queue);
	file_series_free(dumps->files);
	strbuf_free(&dumps->name);
	strbuf_free(&dumps->base);
	strbuf_free(&dumps->why);
	if (dumps->error)
		error_set(dumps->config->failure, dumps->error,
			  "%" PRIu64 " dump%s failed; the first one: %s", dumps->failed,
			  plural(dumps->failed), dumps->failure.text);
	return dumps->error;
}

uint64_t dumps_unwritten(const struct dumps *dumps)
{
	return write_queue_counts(dumps->queue).failed.events + dumps->refused;
}

bool dump_has_room(const struct dumps *dumps)
{
	return dumps->file && write_queue_has_room(dumps->queue);
}

/* All events that were put are in the queue; the thread has done what is in it. */
static void fail(struct dumps *dumps, int err, const char *what)
{
	uint64_t unwritten = dumps_unwritten(dumps);
	struct error error;

	error_set(&error, err, "%s", what);
	if (dumps->put || unwritten > dumps->unwritten)
		dumps->config->warn("recorder: %s; %" PRIu64 " events of this dump are lost, and "
				    "the recorder goes on",
				    error.text, unwritten - dumps->unwritten);
	else
		dumps->config->warn("recorder: %s; the events stay in memory", error.text);
	if (!dumps->failed++) {
		dumps->failure = error;
		dumps->error = err;
	}
	dumps->unwritten = unwritten;
}

static void fail_file(struct dumps *dumps, int err)
{
	struct strbuf what = { 0 };

	strbuf_addf(&what, "%s" OUTPUT_PART ": cannot write it: %s", strbuf_string(&dumps->name),
		    strerror(-err));
	fail(dumps, err, strbuf_string(&what));
	strbuf_free(&what);
}

bool dumps_are_idle(struct dumps *dumps)
{
	if (dumps->is_ending && !write_queue_counts(dumps->queue).waiting) {
		dumps->is_ending = false;
		if (dumps->result)
			fail_file(dumps, dumps->result);
	}
	return !dumps->file && !dumps->is_ending;
}

/* The events that were put are below the sink, or their file has an error. */
static void mark(struct dumps *dumps)
{
	write_queue_mark(dumps->queue, (struct write_mark){ dumps->put - dumps->marked, 0 });
	dumps->marked = dumps->put;
}

/* An error of the file is its result, too. */
static void close_file(struct dumps *dumps, uint64_t lost)
{
	dumps->file->close(dumps->file, lost);
	mark(dumps);
	dumps->file = NULL;
	dumps->is_ready = false;
	dumps->is_ending = true;
}

/* In the thread of the queue. */
static void file_has_ended(void *context, const char *path, bool was_opened, int err)
{
	struct dumps *dumps = context;

	(void)was_opened;
	dumps->result = err;
	if (!err)
		file_series_has(dumps->files, path);
}

/* A job of the queue, after those that open the file and write its head. */
static int note_opened(void *context, const void *bytes, size_t size)
{
	struct dumps *dumps = context;

	(void)bytes;
	(void)size;
	dumps->is_opened = true;
	return 0;
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

/* The head of the file is written before any event. */
static int open_file(struct dumps *dumps, struct error *error)
{
	const struct output_aside aside = { dumps->queue, true, file_has_ended, dumps };

	dumps->result = 0;
	dumps->is_opened = false;
	dumps->file = file_series_open(dumps->files, strbuf_string(&dumps->name),
				       strbuf_string(&dumps->why), &aside, error);
	if (!dumps->file)
		return -EIO;
	dumps->file->tick(dumps->file); /* an error stays, for the next one */
	if (write_queue_add(dumps->queue, note_opened, dumps, NULL, 0))
		dumps->is_opened = true;
	return 0;
}

void dump_begin(struct dumps *dumps, const char *trigger, uint64_t kept)
{
	struct error error = { 0 };
	int err = find_name(dumps);

	dumps->put = 0;
	dumps->marked = 0;
	if (err) {
		error_set(&error, err, "-w %s: the name is empty or too long at this time",
			  dumps->config->limits.pattern);
		fail(dumps, err, error.text);
		return;
	}
	strbuf_clear(&dumps->why);
	strbuf_add(&dumps->why, "by ");
	strbuf_add_printable(&dumps->why, trigger);
	strbuf_addf(&dumps->why, ", with %" PRIu64 " event%s from memory", kept, plural(kept));
	err = open_file(dumps, &error);
	if (err) {
		fail(dumps, err, error.text);
		return;
	}
	dumps->began_ns = time_realtime_ns();
	error_set(&error, 0, "recorder: dump %s: %s", strbuf_string(&dumps->why),
		  strbuf_string(&dumps->name));
	dumps->config->note("%s", error.text);
}

void dump_put(struct dumps *dumps, const struct drop_report *report)
{
	struct sink *file = dumps->file;

	if (file->add(file, report)) {
		dumps->refused++;
		close_file(dumps, 0);
		return;
	}
	dumps->put++;
	if (file->has_all && file->has_all(file))
		mark(dumps);
}

/* Before the file is opened, its error is not known. While there is no room, nothing is added. */
void dump_tick(struct dumps *dumps)
{
	file_series_tick(dumps->files);
	if (dumps_are_idle(dumps) || !dumps->is_opened || !dump_has_room(dumps))
		return;
	if (dumps->file->tick(dumps->file)) {
		close_file(dumps, 0);
		return;
	}
	mark(dumps);
	dumps->is_ready = true;
}

void dumps_wait(struct dumps *dumps)
{
	write_queue_wait(dumps->queue);
	dump_tick(dumps);
}

/* The end of a file may fail after all its events are written. */
void dump_end(struct dumps *dumps, uint64_t lost)
{
	if (!dumps->file->tick(dumps->file))
		mark(dumps);
	close_file(dumps, lost);
}
