// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "compare/compare.h"
#include "file/held.h"
#include "file/output.h"
#include "file/same_file.h"
#include "overview/gather.h"
#include "overview/overview_html.h"
#include "overview/overview_json.h"
#include "overview/overview_markdown.h"
#include "run.h"
#include "util/log.h"
#include "util/privilege.h"
#include "util/version.h"

/* The run and its watch: the callbacks get one of these and find the overview beside it. */
struct report_run {
	struct run run;
	struct run_watch watch;
	struct overview overview;
	struct error damage; /* the first one */
	bool ended;	     /* there is something to report on */
};

/* A sink that gathers. */
struct sink_report {
	struct sink sink;
	struct report_run *report;
};

static void print_help(void)
{
	puts("Usage: tcpdropcap report [OPTION]... FILE...\n\n"
	     "Makes one page of capture files or folders: which reason has most of the drops,\n"
	     "where, when and to whom it happened, with charts, tables and explanations. The page\n"
	     "needs no network. It has the addresses, names and command lines of the files.\n");
	options_print(OPTION_REPORT, stdout);
	puts("\nExit status: 0, 1 for a failure, 2 for wrong usage.");
}

static int add(struct sink *sink, const struct drop_report *report)
{
	return gather_report(&((struct sink_report *)sink)->report->overview, report);
}

static int tick(struct sink *sink)
{
	(void)sink;
	return 0;
}

static int end(struct sink *sink, uint64_t lost)
{
	struct report_run *report = ((struct sink_report *)sink)->report;

	report->ended = true;
	free(sink);
	return gather_end(&report->overview, lost);
}

static struct sink *open_sink(const struct run *run, const char *comment, struct error *error)
{
	struct sink_report *self = calloc(1, sizeof(*self));

	(void)comment;
	if (!self) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	self->sink = (struct sink){ .add = add, .tick = tick, .close = end };
	self->report = (struct report_run *)run;
	return &self->sink;
}

static struct report_run *of_watch(struct run_watch *watch)
{
	return (struct report_run *)((char *)watch - offsetof(struct report_run, watch));
}

static int see_block(struct run_watch *watch, const struct pcapng_item *item)
{
	return gather_block(&of_watch(watch)->overview, item);
}

static void see_failure(struct run_watch *watch, const char *text)
{
	struct report_run *report = of_watch(watch);

	if (report->overview.damage)
		return;
	error_set(&report->damage, 0, "%s", text);
	report->overview.damage = report->damage.text;
}

/* Reads the events once more, for the matcher. Returns 0 or -errno and the error. */
static int add_verdicts(struct overview *overview, const struct options *options,
			struct error *error)
{
	struct compare compare = { .keep_events = true };
	struct input_list events = { 0 };
	struct compare_event event;
	char *wire = (char *)options->wire_path;
	int err = 0;

	for (int i = 0; !err && i < options->word_count; i++)
		err = input_list_add(&events, options->words[i], error);
	if (!err)
		err = input_list_sort(&events, error);
	if (!err)
		err = compare_read_event_files(&compare, events.paths, events.count, error);
	if (!err)
		err = compare_read_wires(&compare, &wire, 1, error);
	for (size_t i = 0; !err && i < matcher_events(compare.matcher); i++) {
		err = compare_event(&compare, i, &event);
		if (!err)
			err = gather_verdict(overview, &event.report);
		if (err)
			error_set(error, err, "out of memory");
	}
	compare_free(&compare);
	input_list_free(&events);
	return err;
}

static int write_all(const char *path, const struct strbuf *text, struct error *error)
{
	struct output *output = output_open(path ? path : "-", error);
	struct pcapng_target target;
	ptrdiff_t taken = 0;
	int err, closed;

	if (!output)
		return -EIO;
	target = output_target(output);
	for (size_t at = 0; taken >= 0 && at < text->length; at += (size_t)taken)
		taken = target.write(target.context, text->data + at, text->length - at);
	err = taken < 0 ? (int)taken : 0;
	closed = output_close(output);
	err = err ? err : closed;
	if (err == -EPIPE) /* a reader that closes its pipe early */
		return 0;
	return err ? error_set(error, err, "%s: cannot write it: %s", path ? path : "output",
			       strerror(-err))
		   : 0;
}

static int write_report(struct report_run *report, const struct options *options,
			struct error *error)
{
	const struct overview *overview = &report->overview;
	struct findings findings;
	struct strbuf text = { 0 };
	int err = findings_make(overview, &findings);

	if (options->json)
		overview_add_json(overview, &findings, &text);
	else if (options->markdown)
		overview_add_markdown(overview, &findings, version_of_program(), &text);
	else
		overview_add_html(overview, &findings, version_of_program(), &text);
	strbuf_add(&text, options->json ? "\n" : "");
	if (err || text.failed)
		err = error_set(error, -ENOMEM, "out of memory");
	else
		err = write_all(options->page_path, &text, error);
	strbuf_free(&text);
	findings_free(&findings);
	return err;
}

/* Returns 0, or -EINVAL for wrong usage, which it prints. */
static int check(const struct options *options)
{
	bool page = !options->json && !options->markdown, again = options->wire_path;
	const char *wrong = NULL;

	if (!options->word_count)
		wrong = "report: needs a capture file or a folder of them";
	else if (options->json && options->markdown)
		wrong = "--json and --markdown exclude each other";
	else if (page && !options->page_path && isatty(STDOUT_FILENO))
		wrong = "report: the page is for a browser: name its file (-o report.html), or ask "
			"for text (--markdown)";
	for (int i = 0; i < options->word_count && !wrong; i++) {
		if (again && strcmp(options->words[i], "-") == 0)
			wrong = "report: with --wire the events are read twice, so they cannot come "
				"from standard input";
		else if (options->page_path && same_file(options->page_path, options->words[i]))
			wrong = "report: -o names a file that is read; choose another";
	}
	if (wrong)
		log_line("%s", wrong);
	return wrong ? -EINVAL : 0;
}

/* Outputs that run_events() does not open are opened before it gives up the privileges. */
static void hold_files(const struct options *options)
{
	if (options->wire_path)
		held_add_input(options->wire_path);
}

/* The words are the files, as with -r. */
static int take_words(struct options *options)
{
	options->read_paths = calloc((size_t)options->word_count, sizeof(*options->read_paths));
	if (!options->read_paths)
		return -ENOMEM;
	for (int i = 0; i < options->word_count; i++)
		options->read_paths[i] = options->words[i];
	options->read_count = (size_t)options->word_count;
	options->read_path = options->read_paths[0];
	options->filter.events = 0; /* all, as of every file */
	return 0;
}

static int finish(struct report_run *report, const struct options *options, int status)
{
	struct error error = { 0 };
	int err = 0;

	if (!report->ended)
		return status;
	if (options->wire_path)
		err = add_verdicts(&report->overview, options, &error);
	if (!err)
		err = write_report(report, options, &error);
	if (err)
		log_line("%s", error.text);
	return err ? EXIT_FAILURE : status;
}

static int report_files(struct options *options, int argc, char **argv)
{
	struct report_run *report = calloc(1, sizeof(*report));
	int status;

	if (check(options)) {
		free(report);
		return EXIT_USAGE;
	}
	if (!report || take_words(options)) {
		log_line("out of memory");
		free(report);
		return EXIT_FAILURE;
	}
	report->run = (struct run){ options, argc, argv, open_sink, NULL, &report->watch, NULL };
	report->watch = (struct run_watch){ see_block, see_failure };
	overview_init(&report->overview);
	report->overview.paths = options->read_paths;
	report->overview.path_count = options->read_count;
	hold_files(options);
	status = finish(report, options, run_events(&report->run));
	overview_free(&report->overview);
	free(report);
	return status;
}

int cmd_report(int argc, char **argv)
{
	return command_run(OPTION_REPORT, argc, argv, print_help, report_files);
}
