// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "count/count.h"
#include "util/log.h"
#include "run.h"
#include "util/time.h"

#define BY_DEFAULT "event,kind,reason"

/* A sink that prints at its end, or at each interval. */
struct sink_count {
	struct sink sink;
	struct counts *counts; /* of the command */
	enum count_form form;
	uint32_t interval_s; /* 0: the end alone */
	time_t next_print;   /* monotonic */
	struct strbuf text;
};

/* The command's own, so that open_sink finds its counts behind the run. */
struct count_run {
	struct run run;
	struct counts *counts;
};

static void print_help(void)
{
	puts("Usage: tcpdropcap count [OPTION]... [EXPRESSION]\n\n"
	     "Counts events by some of their keys, as they happen or (-r) in a file, and prints the\n"
	     "counts, the largest first. KEYS are those of the annotation, and flow, local, remote,\n"
	     "lport, rport, ifname and stack. EXPRESSION is a pcap filter, as of tcpdump.\n");
	options_print(OPTION_COUNT, stdout);
	puts("\nSIGINT and SIGTERM end it.\n"
	     "Exit status: 0, 1 for a failure, 2 for bad usage, 3 with --strict for losses.");
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

static int print(struct sink_count *self, uint64_t lost)
{
	counts_print(self->counts, lost, &self->text);
	if (self->text.failed)
		return -ENOMEM;
	if (fwrite(strbuf_string(&self->text), 1, self->text.length, stdout) != self->text.length ||
	    fflush(stdout))
		return -errno;
	strbuf_clear(&self->text);
	return 0;
}

/* Above each table of several, when it was printed. */
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

static int tick(struct sink *sink)
{
	struct sink_count *self = (struct sink_count *)sink;

	if (!self->interval_s || time_monotonic_s() < self->next_print)
		return 0;
	self->next_print += self->interval_s;
	add_clock(self);
	return print(self, 0);
}

static int end(struct sink *sink, uint64_t lost)
{
	struct sink_count *self = (struct sink_count *)sink;
	int err;

	if (self->interval_s)
		add_clock(self);
	err = print(self, lost);
	strbuf_free(&self->text);
	free(self);
	return err;
}

static struct sink *open_sink(const struct run *run, const char *comment, struct error *error)
{
	struct sink_count *self = calloc(1, sizeof(*self));

	(void)comment;
	if (!self) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	self->sink = (struct sink){ add, tick, end };
	self->counts = ((const struct count_run *)run)->counts;
	self->form = form_of(run->options);
	self->interval_s = run->options->interval_s;
	self->next_print = time_monotonic_s() + self->interval_s;
	return &self->sink;
}

static int count_events(struct options *options, int argc, char **argv)
{
	struct count_run run = { .run = { options, argc, argv, open_sink } };
	const char *by = options->by;
	struct error error;
	int status;

	if (!by && !options->folded)
		by = BY_DEFAULT;
	run.counts = counts_new(by, form_of(options), COUNT_GROUPS_MAX, &error);
	if (!run.counts) {
		status = errno == EINVAL ? EXIT_USAGE : EXIT_FAILURE;
		log_line("%s", error.text);
		return status;
	}
	/* The walk is most of what an event costs. */
	if (!counts_want_stack(run.counts))
		options->stack = EVENT_STACKS_NONE;
	status = run_events(&run.run);
	counts_free(run.counts);
	return status;
}

int cmd_count(int argc, char **argv)
{
	return command_run(OPTION_COUNT, argc, argv, print_help, count_events);
}
