// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "explain/explain_print.h"
#include "explain/tally.h"
#include "file/output.h"
#include "kernel_reasons.h"
#include "run.h"
#include "util/log.h"
#include "util/terminal.h"

#define COLUMNS_DEFAULT 80  /* where the output is no terminal */
#define COLUMNS_MAX	100 /* longer lines are hard to read */

/* The output so far; the context of everything that adds an entry. */
struct explain_output {
	struct strbuf text;
	unsigned int columns;
	bool json;
	bool lines; /* a list instead of paragraphs */
};

/* A sink that counts, and prints when it is closed. */
struct sink_explain {
	struct sink sink;
	struct tally *tally;
	struct explain_output output;
};

static void print_help(void)
{
	puts("Usage: tcpdropcap explain [OPTION]... [REASON]...\n\n"
	     "Explains reasons of drops and resets, kinds of retransmissions, events and states:\n"
	     "what they mean, where they usually come from, what to look at next. A REASON is a\n"
	     "name, in upper or lower case, or the number of a drop reason in the running kernel.\n"
	     "Without one, it lists what the running kernel has.\n");
	options_print(OPTION_EXPLAIN, stdout);
	puts("\nExit status: 0, 1 for a failure or an unknown reason, 2 for wrong usage.");
}

static struct explain_output new_output(const struct options *options)
{
	unsigned int columns = terminal_columns(STDOUT_FILENO);

	columns = columns ? columns : COLUMNS_DEFAULT;
	return (struct explain_output){
		.columns = columns < COLUMNS_MAX ? columns : COLUMNS_MAX,
		.json = options->json,
	};
}

static void add_entry(void *context, const struct explain_entry *entry)
{
	struct explain_output *output = context;

	if (output->json) {
		explain_print_json(entry, &output->text);
	} else if (output->lines) {
		explain_print_line(entry, &output->text);
	} else {
		strbuf_add(&output->text, output->text.length ? "\n" : "");
		explain_print_text(entry, output->columns, &output->text);
	}
}

/* Returns 0 or -errno. */
static int write_output(const struct explain_output *output)
{
	FILE *out = output_text_stream(NULL);

	if (!out || output->text.failed)
		return -ENOMEM;
	if (fwrite(strbuf_string(&output->text), 1, output->text.length, out) !=
		    output->text.length ||
	    fflush(out))
		return -errno;
	return 0;
}

/* A reader that closes its pipe early is not a failure. */
static int finish(struct explain_output *output, int status)
{
	int err = write_output(output);

	strbuf_free(&output->text);
	if (!err || err == -EPIPE)
		return status;
	log_line("output: cannot write it: %s", strerror(-err));
	return EXIT_FAILURE;
}

static int add_report(struct sink *sink, const struct drop_report *report)
{
	return tally_add(((struct sink_explain *)sink)->tally, report);
}

static int tick(struct sink *sink)
{
	(void)sink;
	return 0;
}

static int close_sink(struct sink *sink, uint64_t lost)
{
	struct sink_explain *self = (struct sink_explain *)sink;
	uint64_t other = tally_other(self->tally);
	int err;

	(void)lost;
	tally_sort(self->tally);
	tally_visit(self->tally, add_entry, &self->output);
	if (other)
		log_warning("%" PRIu64 " event%s further reasons, which are not explained", other,
			    other == 1 ? " has" : "s have");
	err = write_output(&self->output);
	strbuf_free(&self->output.text);
	tally_free(self->tally);
	free(self);
	return err;
}

static struct sink *open_sink(const struct run *run, const char *comment, struct error *error)
{
	struct sink_explain *self = calloc(1, sizeof(*self));

	(void)comment;
	if (self)
		self->tally = tally_new();
	if (!self || !self->tally) {
		free(self);
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	self->sink = (struct sink){ .add = add_report, .tick = tick, .close = close_sink };
	self->output = new_output(run->options);
	return &self->sink;
}

/* The names of the kernel, with ", " between two. */
static void list_names(struct explain_output *output, enum explain_class class, char *names)
{
	const char *name;

	while (names && (name = strsep(&names, ","))) {
		name += *name == ' ';
		if (*name && !explain_is_marker(name))
			add_entry(output,
				  &(struct explain_entry){ .class = class,
							   .name = name,
							   .text = explain_find(class, name) });
	}
}

static void list_tables(struct explain_output *output, bool reasons)
{
	for (size_t i = 0; i < explain_table_count; i++) {
		const struct explain_table *table = &explain_tables[i];
		bool has_reasons = table->class == EXPLAIN_DROP || table->class == EXPLAIN_RESET;

		for (size_t row = 0; has_reasons == reasons && row < *table->count; row++)
			add_entry(output, &(struct explain_entry){ .class = table->class,
								   .name = table->rows[row].name,
								   .text = &table->rows[row] });
	}
}

/* Kinds and states are the same on every kernel; reasons are those of this one. */
static int list_all(const struct options *options)
{
	struct explain_output output = new_output(options);
	struct strbuf drops = { 0 }, resets = { 0 };
	struct error error;

	output.lines = true;
	if (!output.json)
		explain_print_head(&output.text);
	if (kernel_reasons_list(false, &drops, &error) ||
	    kernel_reasons_list(true, &resets, &error)) {
		log_note("all known reasons are listed: %s", error.text);
		list_tables(&output, true);
	} else {
		list_names(&output, EXPLAIN_DROP, drops.data);
		list_names(&output, EXPLAIN_RESET, resets.data);
	}
	list_tables(&output, false);
	strbuf_free(&drops);
	strbuf_free(&resets);
	return finish(&output, EXIT_SUCCESS);
}

/* Explains the name in each class that has it. Returns 0, or -ENOENT and the error. */
static int explain_name(struct explain_output *output, const char *name, struct error *error)
{
	struct strbuf similar = { 0 };
	bool found = false;

	for (enum explain_class class = 0; class < EXPLAIN_CLASSES; class ++) {
		const struct explanation *text = explain_find(class, name);

		if (text)
			add_entry(output, &(struct explain_entry){
						  .class = class, .name = name, .text = text });
		found = found || text;
	}
	if (!found && explain_is_not_tcp(name)) {
		add_entry(output, &(struct explain_entry){ .class = EXPLAIN_DROP, .name = name });
		found = true;
	}
	if (found)
		return 0;
	explain_suggest(name, &similar);
	error_set(error, -ENOENT, "'%s' is not a known reason; %s%s", name,
		  similar.length ? "similar: " : "tcpdropcap explain lists all",
		  strbuf_string(&similar));
	strbuf_free(&similar);
	return -ENOENT;
}

/* Returns whether the word is a number of 32 bits, decimal or with 0x. */
static bool is_number(const char *word, uint32_t *number)
{
	unsigned long long value;
	char *end;

	if (!isdigit((unsigned char)*word))
		return false;
	errno = 0;
	value = strtoull(word, &end, 0);
	*number = (uint32_t)value;
	return !*end && !errno && value <= UINT32_MAX;
}

static int explain_word(struct explain_output *output, const char *word, struct error *error)
{
	struct strbuf name = { 0 };
	uint32_t number;
	int err;

	if (!is_number(word, &number))
		return explain_name(output, word, error);
	err = kernel_reason_of_number(number, &name, error);
	if (!err)
		add_entry(output,
			  &(struct explain_entry){
				  .class = EXPLAIN_DROP,
				  .name = strbuf_string(&name),
				  .text = explain_find(EXPLAIN_DROP, strbuf_string(&name)) });
	strbuf_free(&name);
	return err;
}

static int explain_words(const struct options *options)
{
	struct explain_output output = new_output(options);
	int status = EXIT_SUCCESS;
	struct error error;

	for (int i = 0; i < options->word_count; i++) {
		if (explain_word(&output, options->words[i], &error)) {
			log_line("%s", error.text);
			status = EXIT_FAILURE;
		}
	}
	return finish(&output, status);
}

static int explain(struct options *options, int argc, char **argv)
{
	struct run run = { options, argc, argv, open_sink, NULL, NULL, NULL };

	if (options->read_path && options->word_count) {
		log_line("explain: -r explains the reasons in a file; give a file or reasons");
		return EXIT_USAGE;
	}
	if (options->read_path)
		return run_events(&run);
	return options->word_count ? explain_words(options) : list_all(options);
}

int cmd_explain(int argc, char **argv)
{
	return command_run(OPTION_EXPLAIN, argc, argv, print_help, explain);
}
