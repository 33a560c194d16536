// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enrich/cgroup.h"
#include "file/output.h"
#include "run.h"
#include "top_format.h"
#include "top_order.h"
#include "top_scan.h"
#include "util/confine.h"
#include "util/log.h"
#include "util/screen.h"
#include "util/signals.h"
#include "util/terminal.h"
#include "util/time.h"

struct top {
	const struct options *options;
	struct top_table *table;
	struct top_scan *scan;
	struct cgroups *cgroups; /* NULL: their paths are unknown */
	bool is_terminal;
	bool is_screen;
	bool is_color;
	uint64_t scanned_ns; /* the end of the last round (monotonic) */
	struct top_row **rows;
	struct top_block block; /* of the last round */
	struct strbuf text;
	FILE *out;
};

static const char *cgroup_path(void *context, uint64_t id)
{
	struct cgroups *cgroups = context;

	return cgroups ? cgroups_path(cgroups, id) : NULL;
}

static bool is_requested(const struct top *top, const struct top_row *row)
{
	const struct options *options = top->options;
	const char *path = NULL;

	if (!top_requests_pid(&options->filter, row))
		return false;
	if (options->cgroup && row->sample.has_cgroup)
		path = cgroup_path(top->cgroups, row->sample.cgroup_id);
	return top_requests_cgroup(options->cgroup, path);
}

/* Chooses and sorts the connections of the round. Returns 0 or -ENOMEM. */
static int fill_block(struct top *top)
{
	struct top_block *block = &top->block;
	uint64_t now_ns = time_monotonic_ns();
	size_t count, kept = 0;
	int err;

	free(top->rows);
	top->rows = NULL;
	block->count = 0;
	err = top_table_rows(top->table, &top->rows, &count);
	if (err)
		return err;
	for (size_t i = 0; i < count; i++) {
		if (is_requested(top, top->rows[i]))
			top->rows[kept++] = top->rows[i];
	}
	top_order(top->rows, kept, top->options->sort);
	*block = (struct top_block){
		.rows = top->rows,
		.count = kept,
		.cgroup_path = cgroup_path,
		.context = top->cgroups,
		.time_ns = time_realtime_ns(),
		.interval_ns = now_ns - top->scanned_ns,
	};
	top->scanned_ns = now_ns;
	return 0;
}

static void add_summary(struct top *top)
{
	char loadavg[128] = "?";
	FILE *file;

	if (top->options->no_summary)
		return;
	file = fopen("/proc/loadavg", "re");
	if (file && !fgets(loadavg, sizeof(loadavg), file))
		strcpy(loadavg, "?");
	if (file)
		fclose(file);
	top_format_summary(&top->text, top->block.time_ns, loadavg);
}

static int write_lines(struct top *top)
{
	size_t length = top->text.length;

	if (top->text.failed)
		return -ENOMEM;
	if (fwrite(strbuf_string(&top->text), 1, length, top->out) != length || fflush(top->out))
		return -errno;
	return 0;
}

static int print_screen(struct top *top)
{
	unsigned int width, height, lines = top->options->no_summary ? 1 : 2;
	struct top_block block = top->block;

	screen_size(&width, &height);
	if (block.count + lines > height)
		block.count = height > lines ? height - lines : 0;
	add_summary(top);
	top_format_table(&top->text, &block, width, top->is_color);
	return top->text.failed ? -ENOMEM : screen_draw(&top->text);
}

static int print(struct top *top)
{
	unsigned int width = 0, height;

	strbuf_clear(&top->text);
	if (top->is_screen)
		return print_screen(top);
	if (top->options->json) {
		top_format_json(&top->text, &top->block);
		return write_lines(top);
	}
	if (top->is_terminal)
		screen_size(&width, &height);
	add_summary(top);
	top_format_table(&top->text, &top->block, width, top->is_color);
	strbuf_add(&top->text, "\n");
	return write_lines(top);
}

static int scan_and_print(struct top *top)
{
	int err = top_scan_round(top->scan);

	if (!err)
		err = fill_block(top);
	return err ? err : print(top);
}

/*
 * Rounds are due at fixed times; those whose time has passed during a long scan are skipped. If a
 * signal ends the output of lines, the part of the interval until then is the last round.
 */
static int loop(struct top *top, uint64_t rounds)
{
	uint64_t interval_ns = top->options->interval_s * NS_PER_S, now_ns;
	uint64_t due_ns = top->scanned_ns + interval_ns;
	enum screen_wake wake = SCREEN_WAKE_TIME;
	int err = 0;

	for (uint64_t done = 0; !err && wake != SCREEN_WAKE_STOP && (!rounds || done < rounds);) {
		wake = screen_wait(due_ns);
		if (wake == SCREEN_WAKE_REDRAW) {
			err = print(top);
			continue;
		}
		if (wake == SCREEN_WAKE_STOP && top->is_screen)
			break;
		err = scan_and_print(top);
		done++;
		now_ns = time_monotonic_ns();
		while (due_ns <= now_ns)
			due_ns += interval_ns;
	}
	return err;
}

/* Gives up privileges, and then starts the thread that walks through cgroups. */
static int confine(struct top *top, struct error *error)
{
	struct confine_plan plan = { .role = CONFINE_TOP, .user = top->options->user };
	int err = confine_privileges(&plan);
	const char *enforced;

	if (err)
		return error_set(error, err, "cannot give up privileges: %s", strerror(-err));
	enforced = confine_access(&plan);
	if (top->options->verbose)
		log_note("privileges are given up; %s", enforced);
	if (top->cgroups)
		cgroups_start(top->cgroups);
	return 0;
}

static int open_all(struct top *top, struct error *error)
{
	top->table = top_table_new(top->options->filter.pids, top->options->filter.pid_count,
				   TOP_CONNECTIONS_MAX);
	top->out = output_text_stream(NULL);
	if (!top->table || !top->out)
		return error_set(error, -ENOMEM, "out of memory");
	top->cgroups = cgroups_new();
	top->scan = top_scan_open(top->options, top->table, error);
	return top->scan ? confine(top, error) : -EINVAL;
}

static void find_terminal(struct top *top)
{
	top->is_terminal = isatty(STDOUT_FILENO);
	top->is_screen = top->is_terminal && !top->options->no_clear && !top->options->json;
	top->is_color = terminal_has_colour(STDOUT_FILENO);
}

static int start(struct top *top)
{
	int err = top_scan_baseline(top->scan);

	if (err)
		return err;
	if (top_scan_is_refused(top->scan))
		log_warning(
			"other network namespaces may not be entered: their connections that no "
			"process has open are missing; run as root");
	top->scanned_ns = time_monotonic_ns();
	top->block.time_ns = time_realtime_ns();
	if (top->is_screen) {
		screen_open();
		return print(top);
	}
	log_note("counting from now on, every %u s; Ctrl-C ends it", top->options->interval_s);
	return 0;
}

/* It is not a failure if the reader of the pipe has closed it. */
static int report_end(const struct top *top, int err)
{
	uint64_t left_out = top_table_left_out(top->table);

	if (left_out)
		log_warning("there were more than %d connections: the counters of some are missing",
			    TOP_CONNECTIONS_MAX);
	if (!err || err == -EPIPE)
		return EXIT_SUCCESS;
	log_line("cannot read or print the connections: %s", strerror(-err));
	return EXIT_FAILURE;
}

int run_top(const struct options *options, uint64_t rounds)
{
	struct top top = { .options = options };
	struct error error = { 0 };
	int status = EXIT_FAILURE, err;

	signals_catch();
	find_terminal(&top);
	if (open_all(&top, &error)) {
		log_line("%s", error.text);
	} else {
		err = start(&top);
		if (!err)
			err = loop(&top, rounds);
		screen_close();
		status = report_end(&top, err);
	}
	top_scan_close(top.scan);
	top_table_free(top.table);
	cgroups_free(top.cgroups);
	strbuf_free(&top.text);
	free(top.rows);
	return status;
}
