// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "count/count.h"
#include "count/count_interval.h"
#include "count/count_metrics.h"
#include "count/count_screen.h"
#include "file/output.h"
#include "file/replace.h"
#include "util/log.h"
#include "report/metrics.h"
#include "run.h"
#include "util/time.h"

#define BY_DEFAULT "event,kind,reason,cause"

/* A sink that prints when it is closed, or at each interval. */
struct sink_count {
	struct sink sink;
	struct counts *counts; /* the command's */
	enum count_form form;
	struct count_interval interval; /* by the monotonic clock */
	const char *metrics;		/* the file of --openmetrics; NULL: none */
	bool metrics_failed;		/* that has been said */
	uint64_t start_s;		/* of the capture, since the epoch */
	struct capture_health health;
	struct count_screen screen;
	bool is_file;
	size_t top;	   /* 0: all groups */
	bool shares;	   /* of the groups, in a table */
	uint64_t start_ns; /* monotonic, of the counts */
	struct strbuf text;
	FILE *out;
};

/* The run is the first member: open_sink gets it and finds the counts in the same structure. */
struct count_run {
	struct run run;
	struct counts *counts;
};

static void print_help(void)
{
	puts("Usage: tcpdropcap count [OPTION]... [EXPRESSION]\n\n"
	     "Counts events by some of their keys, in a capture or (-r) in a file, and prints\n"
	     "the counts, the largest first. KEYS are those of the annotation, and flow, local,\n"
	     "remote, lport, rport, ifname and stack. EXPRESSION is a filter expression of\n"
	     "tcpdump.\n");
	options_print(OPTION_COUNT, stdout);
	puts("\nSIGINT and SIGTERM end the capture.\n"
	     "Exit status: 0, 1 for a failure, 2 for wrong usage, 3 with --strict for losses.");
}

static enum count_form form_of(const struct options *options)
{
	if (options->folded)
		return COUNT_FOLDED;
	return options->json ? COUNT_JSON : COUNT_TABLE;
}

static int add(struct sink *sink, const struct drop_report *report)
{
	return counts_add(((struct sink_count *)sink)->counts, report);
}

/* Of a file, the seconds are those between its events. A fraction of one makes no rate: 0. */
static double seconds_of(const struct sink_count *self)
{
	double live = (double)(time_monotonic_ns() - self->start_ns) * 1e-9;
	double seconds = self->is_file ? counts_span(self->counts) : live;

	return seconds < 1 ? 0 : seconds;
}

static struct count_view view_of(const struct sink_count *self, uint64_t lost)
{
	return (struct count_view){
		.lost = lost,
		.top = self->top,
		.shares = self->shares,
		.seconds = seconds_of(self),
	};
}

static int draw(struct sink_count *self)
{
	const struct count_view view = view_of(self, 0);

	return count_screen_draw(&self->screen, self->counts, &view, &self->text);
}

static int print(struct sink_count *self, uint64_t lost)
{
	const struct count_view view = view_of(self, lost);

	counts_print(self->counts, &view, &self->text);
	if (self->text.failed)
		return -ENOMEM;
	if (fwrite(strbuf_string(&self->text), 1, self->text.length, self->out) !=
		    self->text.length ||
	    fflush(self->out))
		return -errno;
	strbuf_clear(&self->text);
	return 0;
}

/* SIGUSR1: the counts so far, which go on. */
static int show(struct sink *sink)
{
	struct sink_count *self = (struct sink_count *)sink;

	return self->screen.is_open ? draw(self) : print(self, 0);
}

/* The time, above each of several tables. */
static void add_clock(struct sink_count *self)
{
	time_t now = time(NULL);
	struct tm tm;
	char clock[16];

	if (self->form != COUNT_TABLE)
		return;
	localtime_r(&now, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S\n", &tm);
	strbuf_add(&self->text, clock);
}

/* A capture that cannot write the file goes on: the next time it may. */
static void write_metrics(struct sink_count *self)
{
	struct strbuf text = { 0 };
	int err;

	count_metrics_format(self->counts, &self->health, self->start_s, &text);
	err = text.failed ? -ENOMEM : file_replace(self->metrics, text.data, text.length);
	if (err && !self->metrics_failed)
		log_warning("%s: cannot write it: %s; it is tried again at each interval",
			    self->metrics, strerror(-err));
	self->metrics_failed = err;
	strbuf_free(&text);
}

/* At each tick, so that the file that is written at the end has the last counts. */
static struct capture_health *want_health(struct sink *sink)
{
	struct sink_count *self = (struct sink_count *)sink;

	return self->metrics ? &self->health : NULL;
}

static int tick(struct sink *sink)
{
	struct sink_count *self = (struct sink_count *)sink;
	int err;

	if (self->screen.is_on)
		return count_screen_poll(&self->screen) ? draw(self) : 0;
	if (!count_interval_is_due(&self->interval, (uint64_t)time_monotonic_s()))
		return 0;
	if (self->metrics) {
		write_metrics(self);
		return 0;
	}
	add_clock(self);
	err = print(self, 0);
	counts_clear(self->counts);
	self->start_ns = time_monotonic_ns();
	return err;
}

/* The screen reads the keys. */
static bool needs_ticks(const struct sink *sink)
{
	return ((const struct sink_count *)sink)->screen.is_on;
}

/* q on the screen. */
static enum sink_turn is_over(const struct sink *sink)
{
	return ((const struct sink_count *)sink)->screen.is_over ? SINK_ENDS : SINK_STAYS;
}

static int end(struct sink *sink, uint64_t lost)
{
	struct sink_count *self = (struct sink_count *)sink;
	int err;

	count_screen_close(&self->screen);
	if (self->metrics) {
		write_metrics(self);
	} else if (self->interval.length) {
		add_clock(self);
	}
	err = print(self, lost);
	strbuf_free(&self->text);
	free(self);
	return err;
}

/* Not where the table is printed at other times, as --interval and tcpretrans -c do. */
static struct count_screen screen_for(const struct options *options)
{
	return (struct count_screen){
		.is_on = !options->read_count && !options->interval_s && !options->metrics_path &&
			 !options->retrans.count && form_of(options) == COUNT_TABLE &&
			 count_screen_is_possible(),
		.by = options->by ? options->by : BY_DEFAULT,
	};
}

static struct sink *open_sink(const struct run *run, const char *comment, struct error *error)
{
	struct sink_count *self = calloc(1, sizeof(*self));
	FILE *out = output_text_stream(NULL);

	(void)comment;
	if (!self || !out) {
		free(self);
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	/* Again: with the rights that are left. */
	if (run->options->metrics_path &&
	    file_replace_try(run->options->metrics_path, "--openmetrics", error)) {
		free(self);
		return NULL;
	}
	self->sink = (struct sink){
		.add = add,
		.tick = tick,
		.close = end,
		.show = show,
		.health = want_health,
		.due = is_over,
		.needs_ticks = needs_ticks,
	};
	self->out = out;
	self->counts = ((const struct count_run *)run)->counts;
	self->form = form_of(run->options);
	self->top = run->options->top;
	self->shares = !run->options->retrans.count; /* tcpretrans -c has none */
	self->metrics = run->options->metrics_path;
	self->start_s = time_realtime_ns() / NS_PER_S;
	self->is_file = run->options->read_count > 0;
	self->start_ns = time_monotonic_ns();
	self->screen = screen_for(run->options);
	self->interval = count_interval_start(run->options->interval_s,
					      (uint64_t)time_monotonic_s());
	return &self->sink;
}

int count_with(struct options *options, int argc, char **argv)
{
	struct count_run run = { .run = { options, argc, argv, open_sink, NULL, NULL, NULL } };
	const char *by = options->by;
	struct count_config config;
	struct error error;
	int status = command_check_metrics(options);

	if (status)
		return status;
	if (!by && !options->folded)
		by = BY_DEFAULT;
	config = (struct count_config){
		.by = by,
		.sum = options->sum,
		.form = form_of(options),
		.last_is_optional = by != options->by,
		.groups_max = options->metrics_path ? COUNT_METRICS_GROUPS_MAX : COUNT_GROUPS_MAX,
	};
	if (options->metrics_path && !options->interval_s)
		options->interval_s = METRICS_INTERVAL_S;
	run.counts = counts_new(&config, &error);
	if (!run.counts) {
		status = errno == EINVAL ? EXIT_USAGE : EXIT_FAILURE;
		log_line("%s", error.text);
		return status;
	}
	/* Most of an event's cost is the walk of its stack. */
	if (!counts_need_stack(run.counts))
		options->stack = EVENT_STACKS_NONE;
	status = run_events(&run.run);
	counts_free(run.counts);
	return status;
}

int cmd_count(int argc, char **argv)
{
	return command_run(OPTION_COUNT, argc, argv, print_help, count_with);
}
