// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "filter/netns.h"
#include "option_output.h"
#include "option_recorder.h"
#include "option_table.h"
#include "option_unknown.h"
#include "util/list.h"
#include "util/number.h"

#define LONG_ONLY 256 /* getopt's value for the first row of the table, + 1 for each further row */

/* The arguments of getopt_long. */
struct getopt_tables {
	struct option longs[OPTION_ROWS_MAX + 1];
	char shorts[OPTION_ROWS_MAX * 2 + 2];
};

void options_print(enum option_command command, FILE *out)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option_spec *spec = &option_table[i];
		char names[64];

		if (!(spec->commands & command))
			continue;
		snprintf(names, sizeof(names), "%c%c%s --%s%s%s", spec->letter ? '-' : ' ',
			 spec->letter ? spec->letter : ' ', spec->letter ? "," : " ", spec->name,
			 spec->argument ? " " : "", spec->argument ? spec->argument : "");
		fprintf(out, "  %-26s %s%s\n", names, strlen(names) > 26 ? " " : "", spec->help);
	}
}

static void fill_tables(struct getopt_tables *tables, enum option_command command)
{
	struct option *longs = tables->longs;
	char *shorts = tables->shorts;

	*shorts++ = ':'; /* getopt prints nothing, and returns ':' for a missing argument */
	for (size_t i = 0; i < option_count; i++) {
		if (!(option_table[i].commands & command))
			continue;
		*longs++ = (struct option){
			.name = option_table[i].name,
			.has_arg = option_table[i].argument ? required_argument : no_argument,
			.val = LONG_ONLY + (int)i,
		};
		if (!option_table[i].letter)
			continue;
		*shorts++ = option_table[i].letter;
		if (option_table[i].argument)
			*shorts++ = ':';
	}
	*longs = (struct option){ 0 };
	*shorts = '\0';
}

static const struct option_spec *find_spec(enum option_command command, int value)
{
	if (value >= LONG_ONLY)
		return &option_table[value - LONG_ONLY];
	for (size_t i = 0; i < option_count; i++) {
		if (option_table[i].letter == value && option_table[i].commands & command)
			return &option_table[i];
	}
	return NULL;
}

/*
 * getopt leaves the letter in optopt; for a long option its value or 0, and optind is after the
 * word.
 */
static int bad_option(enum option_command command, int value, char **argv, struct error *error)
{
	char letter[3] = { '-', (char)optopt, '\0' };
	const char *word = optopt && optopt < LONG_ONLY ? letter : argv[optind - 1];
	const struct option_spec *spec = value == ':' ? find_spec(command, optopt) : NULL;

	if (spec)
		return error_set(error, -EINVAL, "%s: needs an argument: %s", word, spec->argument);
	if (optopt >= LONG_ONLY)
		return error_set(error, -EINVAL, "%.*s: takes no argument", (int)strcspn(word, "="),
				 word);
	return option_unknown(command, word, error);
}

/* The context of list_each. */
struct filter_items {
	const struct option_spec *spec;
	struct filter *filter;
};

static int add_item(void *context, const char *item, struct error *error)
{
	const struct filter_items *items = context;

	return items->spec->add_item(items->filter, item, error);
}

static int apply(const struct option_spec *spec, struct options *options, const char *text,
		 struct error *error)
{
	struct filter_items items = { spec, &options->filter };
	char *member = (char *)options + spec->offset;
	char name[32];

	if (spec->set)
		return spec->set(options, text, error);
	if (spec->add_item) {
		snprintf(name, sizeof(name), "--%s", spec->name);
		return list_each(name, text, add_item, &items, error);
	}
	if (spec->argument)
		*(const char **)member = text;
	else
		*(bool *)member = true;
	return 0;
}

/* The option as it was typed: -w or --write. */
static void name_option(const struct option_spec *spec, int value, char *name, size_t size)
{
	if (value < LONG_ONLY)
		snprintf(name, size, "-%c", spec->letter);
	else
		snprintf(name, size, "--%s", spec->name);
}

/* Checks what is the same for all options with an argument. given: by an earlier one, too. */
static int check_argument(enum option_command command, int value, bool given, struct error *error)
{
	const struct option_spec *spec = find_spec(command, value);
	char name[32];

	name_option(spec, value, name, sizeof(name));
	if (given && !spec->add_item && !spec->adds)
		return error_set(error, -EINVAL, "%s: given twice, but it takes one %s", name,
				 spec->argument);
	if (!*optarg)
		return error_set(error, -EINVAL, "%s: its argument (%s) is empty", name,
				 spec->argument);
	if (spec->values == VALUES_FILE)
		return option_check_file(command, spec, name, optarg, error);
	return 0;
}

/* Checks the options of files that follow each other. */
static int check_rotation(const struct options *options, struct error *error)
{
	bool rotates = rotation_is_asked(&options->rotate) || options->recorder.bytes;

	if (!rotates && options->rotate.files)
		return error_set(
			error, -EINVAL,
			"-W: it limits the files of -C or -G, or of --recorder, so give one of these");
	if (!rotates && options->rotate_command)
		return error_set(
			error, -EINVAL,
			"-z: it runs on each finished file of -C or -G, or of --recorder, so give one of these");
	if (rotation_is_asked(&options->rotate) &&
	    (!options->write_path || strcmp(options->write_path, "-") == 0))
		return error_set(error, -EINVAL, "-%c: it needs -w with the name of a file",
				 options->rotate.bytes ? 'C' : 'G');
	return 0;
}

/* Checks the options of --anonymize. */
static int check_anonymize(enum option_command command, const struct options *options,
			   struct error *error)
{
	if (!options->anonymize.asked) {
		const char *alone = options->anonymize.key_path	      ? "key"
				    : options->anonymize.ports	      ? "anonymize-ports"
				    : options->anonymize.keep_private ? "keep-private"
								      : NULL;

		return alone ? error_set(error, -EINVAL,
					 "--%s: it belongs to --anonymize, so give that, too",
					 alone)
			     : 0;
	}
	if (command != OPTION_BUNDLE && (!options->read_path || !options->write_path))
		return error_set(error, -EINVAL,
				 "--anonymize: it reads a file and writes another one, so give -r "
				 "and -w");
	if (options->json)
		return error_set(error, -EINVAL,
				 "--anonymize writes a capture file: --json excludes it; read the "
				 "new file with -r FILE --json");
	return 0;
}

/* Checks the options together. live_option is the last one that -r excludes, or NULL. */
static int check(enum option_command command, const struct options *options,
		 const char *live_option, struct error *error)
{
	if (options->json && options->folded)
		return error_set(error, -EINVAL, "--json and --folded exclude each other");
	if (options->json && options->life.csv)
		return error_set(error, -EINVAL, "--json and --csv exclude each other");
	if (options->read_path && live_option)
		return error_set(
			error, -EINVAL,
			"--%s applies to a live capture only and cannot be combined with -r",
			live_option);
	if (check_anonymize(command, options, error))
		return -EINVAL;
	if (option_check_recorder(command, options, error))
		return -EINVAL;
	return check_rotation(options, error);
}

/* Returns 0 after the last option; getopt has moved the words to the end of argv, from optind. */
static int parse_all(enum option_command command, int argc, char **argv, struct options *options,
		     struct error *error)
{
	const char *live_option = NULL;
	const struct option_spec *spec;
	struct getopt_tables tables = { 0 };
	bool given[OPTION_ROWS_MAX] = { false };
	int value, err = 0;

	fill_tables(&tables, command);
	optind = 0; /* resets getopt, even within a group of letters (getopt(3)) */
	while ((value = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
		if (value == '?' || value == ':')
			return bad_option(command, value, argv, error);
		spec = find_spec(command, value);
		if (spec->argument)
			err = check_argument(command, value, given[spec - option_table], error);
		given[spec - option_table] = true;
		if (!err)
			err = apply(spec, options, optarg, error);
		if (err)
			return err;
		if (spec->commands & OPTION_LIVE)
			live_option = spec->name;
	}
	options->words = argv + optind;
	options->word_count = argc - optind;
	if (options->show_help || options->show_version)
		return 0;
	return check(command, options, live_option, error);
}

/* With -r, the number of a namespace that does not exist any more is a valid argument. */
static int find_netns(struct options *options, struct error *error)
{
	uint64_t inode;

	if (options->netns_number[0] && options->netns)
		return error_set(error, -EINVAL, "--netns and --netns-of exclude each other");
	if (options->netns_number[0])
		options->netns = options->netns_number;
	if (!options->netns)
		return 0;
	if (!options->read_path || !number_parse(options->netns, &inode) || !inode ||
	    inode > UINT32_MAX)
		return netns_find(options->netns, &options->filter.netns, error);
	options->filter.netns = (uint32_t)inode;
	return 0;
}

int options_parse(enum option_command command, int argc, char **argv, struct options *options,
		  struct error *error)
{
	int err;

	*options = (struct options){
		.snaplen = SNAPLEN_MAX,
		.ring_mib = 16,
		.stack = EVENT_STACKS_AUTO,
		.recorder = { .after_s = RECORDER_AFTER_S, .pause_s = RECORDER_PAUSE_S },
	};
	err = parse_all(command, argc, argv, options, error);
	if (!err && !options->show_help && !options->show_version)
		err = find_netns(options, error);
	if (err)
		return err;
	/* The default limits a capture. From a file, all kinds of events are read. */
	if (!options->filter.events && !options->read_path)
		options->filter.events = EVENTS_DEFAULT;
	if (command & (OPTION_COMPARE | OPTION_TOP | OPTION_EXPLAIN | OPTION_REPORT |
		       OPTION_SCHEMA) ||
	    !options->word_count || options->show_help || options->show_version)
		return 0;
	options->filter.expression = expression_new(options->words, options->word_count, error);
	return options->filter.expression ? 0 : -errno;
}

void options_free(struct options *options)
{
	filter_free(&options->filter);
	triggers_free(options->recorder.triggers);
	free(options->read_paths);
	free(options->by_keys);
}
