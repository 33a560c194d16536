// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "account/account_text.h"
#include "anonymize_print.h"
#include "commands.h"
#include "sink/pcapng_copy.h"
#include "file/input.h"
#include "file/same_file.h"
#include "outcome.h"
#include "util/log.h"
#include "report/report_reader.h"
#include "run.h"
#include "unmatched.h"
#include "util/signals.h"

struct read_run {
	const struct run *run;
	const struct input_list *inputs;
	const struct rewrite_config *anonymize; /* NULL: blocks are copied */
	struct input *input;			/* the file that is read now */
	struct pcapng_reader *reader;
	struct report_reader *reports;
	struct drop_report report;
	struct sink *sink;	       /* opened at the first event, or at the end */
	struct pcapng_copy *copy;      /* with -w: opened for the first block */
	struct anonymizer *anonymizer; /* instead of it */
	uint64_t read;
	uint64_t written;
	struct tally *tally; /* the reasons of the written ones; NULL without memory */
	uint64_t plain;	     /* packets without an annotation */
	uint64_t plain_written;
	uint64_t damaged;
	uint64_t lost;		/* sum of the losses that the packets report */
	uint64_t lost_pending;	/* part of it that no written report has yet */
	uint64_t lost_unnamed;	/* by statistics alone, of the files that are read */
	bool failed;		/* a file could not be read to its end */
	bool stopped;		/* while a FIFO waited for its writer */
	int error;		/* of the output */
	struct account account; /* of the files that are read */
	struct unmatched unmatched;
	struct anonymize_counts anonymized;
	struct error open_error; /* the text, if the output could not be opened */
};

/* The file may be a pipe from a capture: before a read that may wait, the output is flushed. */
static ptrdiff_t read_input(void *context, void *bytes, size_t size)
{
	struct read_run *file = context;
	struct pcapng_source inner = input_source(file->input);

	if (file->sink && !file->error)
		file->error = file->sink->tick(file->sink);
	if (file->copy && !file->error)
		file->error = pcapng_copy_flush(file->copy);
	if (file->anonymizer && !file->error)
		file->error = anonymizer_flush(file->anonymizer);
	if (file->error || signals_stop_asked())
		return -ECANCELED;
	return inner.read(inner.context, bytes, size);
}

/* JSON lines are written by a sink. */
static bool copies_blocks(const struct read_run *file)
{
	return file->run->options->write_path && !file->run->options->json;
}

static int open_sink(struct read_run *file)
{
	if (file->sink || copies_blocks(file))
		return 0;
	file->sink = file->run->open_sink(file->run, "", &file->open_error);
	return file->sink ? 0 : -EIO;
}

/* The losses that filtered events reported are added to the next event that is written. */
static int write_report(struct read_run *file, const struct pcapng_item *item)
{
	int err = open_sink(file);

	if (file->lost_pending)
		report_set_number(&file->report, KEY_lost, file->lost_pending);
	if (!err)
		err = file->anonymizer
			      ? anonymizer_packet(file->anonymizer, item, &file->report, true)
		      : file->copy ? pcapng_copy_packet(file->copy, item, &file->report,
							report_reader_shared(file->reports))
				   : file->sink->add(file->sink, &file->report);
	if (err)
		return err;
	file->lost_pending = 0;
	file->written++;
	if (file->tally)
		tally_add(file->tally, &file->report);
	return 0;
}

static int handle_report(struct read_run *file, const struct pcapng_item *item, bool damaged)
{
	uint64_t lost = report_number(&file->report, KEY_lost);

	file->read++;
	file->damaged += damaged;
	file->lost += lost;
	file->lost_pending += lost;
	unmatched_add(&file->unmatched, &file->report);
	if (!filter_matches(&file->run->options->filter, &file->report))
		return 0;
	return write_report(file, item);
}

static int open_copy(struct read_run *file, const struct pcapng_item *item)
{
	if (!copies_blocks(file) || file->copy || file->anonymizer)
		return 0;
	if (file->anonymize) {
		file->anonymizer = anonymizer_open(file->run->options->write_path, file->anonymize,
						   &file->open_error);
		return file->anonymizer ? 0 : -EIO;
	}
	if (!item->raw)
		return 0;
	file->copy = pcapng_copy_open(file->run->options->write_path, file->inputs->paths[0],
				      &file->open_error);
	return file->copy ? 0 : -EIO;
}

static int handle_block(struct read_run *file, const struct pcapng_item *item)
{
	if (file->anonymizer)
		return anonymizer_block(file->anonymizer, item);
	return file->copy && item->raw ? pcapng_copy_block(file->copy, item) : 0;
}

/* A packet of a wire capture is anonymized, so that it matches the events; else it is skipped. */
static int handle_plain(struct read_run *file, const struct pcapng_item *item)
{
	file->plain++;
	if (!file->anonymizer || !filter_matches(&file->run->options->filter, &file->report))
		return 0;
	file->plain_written++;
	return anonymizer_packet(file->anonymizer, item, &file->report, false);
}

/* The account that a capture ended with is in the comments of its statistics. */
static void take_account(struct read_run *file, const struct pcapng_item *item)
{
	struct strbuf text = { 0 };
	struct pcapng_option option;
	size_t at = 0;

	while (item->type == PCAPNG_STATISTICS && pcapng_item_option(item, &at, &option)) {
		if (option.code != PCAPNG_OPT_COMMENT)
			continue;
		strbuf_clear(&text);
		strbuf_add_bytes(&text, option.value, option.length);
		if (account_read_comment(strbuf_string(&text), &file->account) == -EINVAL)
			file->damaged++;
	}
	strbuf_free(&text);
}

static int handle_item(struct read_run *file, const struct pcapng_item *item)
{
	int kind = report_reader_take(file->reports, item, &file->report), err = 0;

	if (kind < 0)
		return kind;
	take_account(file, item);
	if (file->run->watch)
		err = file->run->watch->block(file->run->watch, item);
	if (!err)
		err = open_copy(file, item);
	if (err)
		return err;
	if (kind == REPORT_NONE)
		return handle_block(file, item);
	if (kind == REPORT_PLAIN)
		return handle_plain(file, item);
	return handle_report(file, item, kind == REPORT_DAMAGED);
}

static bool is_over(const struct read_run *file)
{
	uint64_t limit = file->run->options->count;

	return signals_stop_asked() || file->error || (limit && file->written >= limit);
}

/* Returns 0 at the end of the file, or -errno if it cannot be read further. */
static int read_all(struct read_run *file)
{
	struct pcapng_item item;
	int got = 1;

	while (got > 0 && !is_over(file)) {
		got = pcapng_reader_next(file->reader, &item);
		if (got > 0)
			file->error = handle_item(file, &item);
	}
	return is_over(file) || got > 0 ? 0 : got;
}

static int close_anonymizer(struct read_run *file)
{
	anonymizer_count(file->anonymizer, &file->anonymized);
	return anonymizer_close(file->anonymizer);
}

/* Without events, a file of ours still gets the head and the end of the output. */
static void close_output(struct read_run *file, bool whole)
{
	uint64_t lost = file->lost_unnamed + file->lost_pending;
	int closed = 0;

	if (!file->error && whole && !file->plain)
		file->error = open_sink(file);
	if (file->sink && file->sink->account && file->account.count && !file->error)
		file->error = file->sink->account(file->sink, &file->account);
	if (file->sink)
		closed = file->sink->close(file->sink, lost);
	if (file->copy)
		closed = pcapng_copy_close(file->copy);
	if (file->anonymizer)
		closed = close_anonymizer(file);
	file->sink = NULL;
	file->copy = NULL;
	file->anonymizer = NULL;
	if (!file->error)
		file->error = closed;
}

/* Whether the output is complete, as far as anybody reads it. */
static bool is_written(const struct read_run *file)
{
	return !file->error || file->error == -EPIPE;
}

static void print_counts(const struct read_run *file)
{
	const struct outcome outcome = {
		.written = file->written,
		.path = is_written(file) ? file->run->options->write_path : NULL,
		.read = file->read,
		.tally = file->tally,
	};

	outcome_print(&outcome);
	if (file->anonymize)
		anonymize_print(&file->anonymized, file->plain, file->plain_written);
	else if (file->plain)
		log_line("%" PRIu64 " %s no annotation of tcpdropcap and %s skipped", file->plain,
			 file->plain == 1 ? "packet has" : "packets have",
			 file->plain == 1 ? "is" : "are");
	if (file->damaged)
		log_warning("%" PRIu64 " %s keys after the damage are ignored", file->damaged,
			    file->damaged == 1 ? "annotation is damaged: its"
					       : "annotations are damaged: their");
}

/* Returns whether the output is complete. A reader that closes its pipe early is not a failure. */
static bool report_output(const struct read_run *file)
{
	const char *path = file->run->options->write_path;

	if (is_written(file))
		return true;
	if (file->open_error.text[0])
		log_line("%s", file->open_error.text);
	else
		log_line("%s: cannot write it: %s", path ? path : "output", strerror(-file->error));
	return false;
}

static int report_end(struct read_run *file)
{
	bool none = !file->read && file->plain && !file->anonymize;
	uint64_t lost;

	if (none && !file->failed)
		outcome_print_none(file->inputs, file->plain);
	outcome_print_skipped(file->inputs);
	if (file->read || (!file->failed && !none && !file->open_error.text[0]))
		print_counts(file);
	if (file->read && !file->failed && !is_over(file))
		unmatched_print(&file->unmatched);
	outcome_print_account(&file->account, file->run->options->verbose);
	if (!report_output(file) || file->failed || none)
		return EXIT_FAILURE;
	lost = file->lost + file->lost_unnamed + account_unexplained(&file->account);
	return lost && file->run->options->strict ? EXIT_LOST : EXIT_SUCCESS;
}

static int open_file(struct read_run *file, const char *path, struct error *error)
{
	struct pcapng_source source = { read_input, file };

	file->input = input_open(path, error);
	if (!file->input)
		return -EIO;
	file->reader = pcapng_reader_new(source);
	file->reports = report_reader_new();
	if (!file->reader || !file->reports)
		return error_set(error, -ENOMEM, "out of memory");
	return 0;
}

static void close_file(struct read_run *file)
{
	report_reader_free(file->reports);
	pcapng_reader_free(file->reader);
	input_close(file->input);
	file->reports = NULL;
	file->reader = NULL;
	file->input = NULL;
}

/* A file that cannot be read, or only in part, does not keep the others from being read. */
static void read_file(struct read_run *file, const char *path)
{
	struct error error = { 0 };
	int err = open_file(file, path, &error);
	bool is_open = !err;

	if (is_open) {
		err = read_all(file);
		file->lost_unnamed += report_reader_lost(file->reports);
		if (err)
			input_failed(file->input, file->reader, err, &error);
	}
	file->stopped = !is_open && signals_stop_asked();
	if (err && !file->stopped) {
		log_line("%s", error.text);
		if (file->run->watch)
			file->run->watch->failure(file->run->watch, error.text);
		file->failed = true;
	}
	close_file(file);
}

/* An output that is one of the inputs would destroy it. */
static bool is_output_an_input(const struct run *run, const struct input_list *inputs)
{
	const char *path = run->options->write_path;

	for (size_t i = 0; path && i < inputs->count; i++) {
		if (!same_file(path, inputs->paths[i]))
			continue;
		log_line("%s: this is the file that is read; choose another with -w", path);
		return true;
	}
	return false;
}

int run_files(const struct run *run, const struct input_list *inputs,
	      const struct rewrite_config *anonymize)
{
	struct read_run *file;
	int status;

	if (is_output_an_input(run, inputs))
		return EXIT_FAILURE;
	file = calloc(1, sizeof(*file));
	if (!file) {
		log_line("out of memory");
		return EXIT_FAILURE;
	}
	file->run = run;
	file->inputs = inputs;
	file->unmatched.filter = &run->options->filter;
	file->anonymize = anonymize;
	file->tally = tally_new();
	for (size_t i = 0; i < inputs->count && !is_over(file); i++)
		read_file(file, inputs->paths[i]);
	close_output(file, !file->failed && !file->stopped);
	status = file->stopped && !file->read ? EXIT_SUCCESS : report_end(file);
	account_free(&file->account);
	unmatched_free(&file->unmatched);
	tally_free(file->tally);
	free(file);
	return status;
}
