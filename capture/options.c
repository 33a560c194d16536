// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "filter/netns.h"
#include "option_table.h"
#include "util/strbuf.h"

#define LONG_ONLY 256 /* getopt value of the first row of the table */

/* What getopt_long wants. A row's value is its index behind LONG_ONLY. */
struct getopt_tables {
	struct option longs[OPTION_ROWS_MAX + 1];
	char shorts[OPTION_ROWS_MAX * 2 + 2];
};

void options_print(enum option_command command, FILE *out)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option_spec *spec = &option_table[i];
		char names[64];

		if (!(spec->of & command))
			continue;
		snprintf(names, sizeof(names), "%c%c%s --%s%s%s", spec->letter ? '-' : ' ',
			 spec->letter ? spec->letter : ' ', spec->letter ? "," : " ", spec->name,
			 spec->argument ? " " : "", spec->argument ? spec->argument : "");
		fprintf(out, "  %-26s %s\n", names, spec->help);
	}
}

static void fill_tables(struct getopt_tables *tables, enum option_command command)
{
	struct option *longs = tables->longs;
	char *shorts = tables->shorts;

	*shorts++ = ':'; /* a missing argument is told apart, and getopt prints nothing */
	for (size_t i = 0; i < option_count; i++) {
		if (!(option_table[i].of & command))
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
		if (option_table[i].letter == value && option_table[i].of & command)
			return &option_table[i];
	}
	return NULL;
}

/*
 * getopt leaves a letter in optopt, of a long option its value or 0, and then has passed the word.
 */
static int bad_option(int value, char **argv, struct error *error)
{
	char letter[3] = { '-', (char)optopt, '\0' };
	const char *word = optopt && optopt < LONG_ONLY ? letter : argv[optind - 1];

	if (value == ':')
		return error_set(error, -EINVAL, "%s: needs an argument", word);
	if (optopt >= LONG_ONLY)
		return error_set(error, -EINVAL, "%.*s: takes no argument", (int)strcspn(word, "="),
				 word);
	return error_set(error, -EINVAL, "%s: unknown option; --help lists the options", word);
}

/* What holds of several options together; given has those that were there. */
static int check(const struct options *options, unsigned int given, const char *live_option,
		 struct error *error)
{
	if (options->json && options->write_path)
		return error_set(error, -EINVAL, "--json is text; it excludes -w");
	if (options->json && options->folded)
		return error_set(error, -EINVAL, "--json and --folded exclude each other");
	if (options->read_path && given & OPTION_LIVE)
		return error_set(error, -EINVAL, "--%s is of a capture; it excludes -r",
				 live_option);
	return 0;
}

/* Returns 0 when all options are through; the words stand behind them in argv from optind on. */
static int parse_all(enum option_command command, int argc, char **argv, struct options *options,
		     struct error *error)
{
	const char *live_option = NULL;
	const struct option_spec *spec;
	struct getopt_tables tables = { 0 };
	unsigned int given = 0;
	int value, err;

	fill_tables(&tables, command);
	optind = 0; /* starts anew, amid a cluster of letters too (getopt(3)) */
	while ((value = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
		if (value == '?' || value == ':')
			return bad_option(value, argv, error);
		spec = find_spec(command, value);
		err = spec->set(options, optarg, error);
		if (err)
			return err;
		given |= spec->of;
		if (spec->of & OPTION_LIVE)
			live_option = spec->name;
	}
	return check(options, given, live_option, error);
}

/* A namespace of a file need not be there any more: its number says enough. */
static int find_netns(struct options *options, struct error *error)
{
	unsigned long long inode;
	char *end;

	if (!options->netns)
		return 0;
	errno = 0;
	inode = strtoull(options->netns, &end, 10);
	if (!options->read_path || *options->netns < '0' || *options->netns > '9' || *end ||
	    errno || !inode || inode > UINT32_MAX)
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
	};
	err = parse_all(command, argc, argv, options, error);
	if (!err)
		err = find_netns(options, error);
	if (err)
		return err;
	/* A file has what its capture was asked for. */
	if (!options->filter.events && !options->read_path)
		options->filter.events = EVENTS_DEFAULT;
	if (optind == argc || options->show_help || options->show_version)
		return 0;
	options->filter.expression = expression_new(argv + optind, argc - optind, error);
	return options->filter.expression ? 0 : -errno;
}

void options_free(struct options *options)
{
	filter_free(&options->filter);
}
