// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What every row of the table of options does with a bad argument, in every command that has it: it
 * is refused as wrong usage, and the error names the option. A new row is checked without a change
 * here, unless its argument is of a new kind.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "option_table.h"
#include "test.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define WORDS_MAX	8

static struct options options;
static struct error error;
static char names[2][32]; /* of the option that is tried: --name and -n */

static const enum option_command commands[] = {
	OPTION_CAPTURE, OPTION_COUNT,	OPTION_COMPARE, OPTION_LIFE,   OPTION_RETRANS,
	OPTION_TOP,	OPTION_EXPLAIN, OPTION_SCHEMA,	OPTION_REPORT, OPTION_BUNDLE,
};

/* A good argument of each kind, by the word of --help. */
static const struct {
	const char *argument;
	const char *good;
} examples[] = {
	{ "FILE", "file" },
	{ "SIZE", "5" },
	{ "COUNT", "5" },
	{ "COMMAND", "true" },
	{ "TIME", "5s" },
	{ "SIZE|TIME", "5M" },
	{ "N", "5" },
	{ "KEYS", "event" },

	{ "CONDITIONS", "rate=5/s" },
	{ "NAME|INODE", "5" },
	{ "MiB", "4" },
	{ "CONDITION", "kind" },
	{ "BYTES", "5" },
	{ "PATH|PART", "x" },
	{ "USER", "root" },
	{ "KEY", "segs" },
};

static const char *const numeric[] = { "SIZE", "COUNT", "TIME", "SIZE|TIME",
				       "N",    "MiB",	"PID",	"BYTES" };

static const char *const lists_of_numbers[] = { "pid", "uid", "lport", "rport" };

static const char *const no_numbers[] = {
	"-1",
	"+1",
	" 1",
	"1 ",
	"0x10",
	"1e3",
	"1.5",
	"1x",
	"\t1",
	"1,5",
	"ten",
	"\xd9\xa3",
	"--",
	"18446744073709551616",
	"99999999999999999999999999",
};

static bool is_among(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(word, list[i]) == 0)
			return true;
	}
	return false;
}

/* The first of the values that the shells offer, or the example of the argument's kind. */
static const char *good_of(const struct option_spec *spec)
{
	static struct strbuf values;
	static char pid[16];

	if (spec->add_values) {
		strbuf_clear(&values);
		spec->add_values(&values);
		values.data[strcspn(values.data, " ")] = '\0';
		if (strcmp(spec->name, "trigger") == 0)
			return "rate=5/s";
		return values.data;
	}
	if (spec->add_item)
		return "1";
	if (strcmp(spec->argument, "PID") == 0) {
		snprintf(pid, sizeof(pid), "%d", (int)getpid());
		return pid;
	}
	for (size_t i = 0; i < COUNT_OF(examples); i++) {
		if (strcmp(spec->argument, examples[i].argument) == 0)
			return examples[i].good;
	}
	test_failed = true;
	printf("not ok %s: no example of %s\n", test_name, spec->argument);
	return "";
}

static int parse(enum option_command command, const char *const *words)
{
	static char copies[WORDS_MAX][64];
	char *argv[WORDS_MAX + 1];
	int argc = 0;

	error.text[0] = '\0';
	options_free(&options);
	for (; words[argc]; argc++) {
		snprintf(copies[argc], sizeof(copies[argc]), "%s", words[argc]);
		argv[argc] = copies[argc];
	}
	argv[argc] = NULL;
	return options_parse(command, argc, argv, &options, &error);
}

#define PARSE(command, ...) parse(command, (const char *const[]){ "tool", __VA_ARGS__, NULL })

static bool is_named(void)
{
	return strstr(error.text, names[0]) || (names[1][0] && strstr(error.text, names[1]));
}

/* Calls check for each option with an argument, by its name and by its letter. */
static void each(void (*check)(enum option_command command, const struct option_spec *spec,
			       const char *name))
{
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		for (size_t row = 0; row < option_count; row++) {
			const struct option_spec *spec = &option_table[row];

			if (!(spec->commands & commands[i]) || !spec->argument)
				continue;
			snprintf(names[0], sizeof(names[0]), "--%s", spec->name);
			names[1][0] = '\0';
			if (spec->letter)
				snprintf(names[1], sizeof(names[1]), "-%c", spec->letter);
			check(commands[i], spec, names[0]);
			if (spec->letter)
				check(commands[i], spec, names[1]);
		}
	}
}

/* Says which option and value fails, which the line of a CHECK would not. */
static void refused(int err, const char *name, const char *value)
{
	if (err == -EINVAL && is_named() && !strchr(error.text, '\n'))
		return;
	test_failed = true;
	printf("not ok %s: %s '%s': %d, %s\n", test_name, name, value, err, error.text);
}

static void check_missing(enum option_command command, const struct option_spec *spec,
			  const char *name)
{
	refused(PARSE(command, name), name, "(none)");
	CHECK(strstr(error.text, spec->argument));
}

TEST(missing_argument_is_wrong_usage)
{
	each(check_missing);
}

static void check_empty(enum option_command command, const struct option_spec *spec,
			const char *name)
{
	(void)spec;
	refused(PARSE(command, name, ""), name, "");
}

TEST(empty_argument_is_wrong_usage)
{
	each(check_empty);
}

/* With --help, so that options that need each other are not checked together. */
static void check_good(enum option_command command, const struct option_spec *spec,
		       const char *name)
{
	int err = PARSE(command, name, good_of(spec), "--help");

	if (err)
		CHECK_STR(error.text, name);
	CHECK(options.show_help);
}

TEST(good_argument_is_taken)
{
	each(check_good);
}

/* One rule for all: a list adds up, any other option has one value. */
static void check_twice(enum option_command command, const struct option_spec *spec,
			const char *name)
{
	const char *good = good_of(spec);
	int err = PARSE(command, name, good, name, good, "--help");

	if (spec->add_item || spec->adds)
		CHECK(err == 0);
	else
		refused(err, name, good);
	if (err)
		CHECK(strstr(error.text, "given twice"));
}

TEST(second_use_adds_up_or_is_refused)
{
	each(check_twice);
}

static void check_number(enum option_command command, const struct option_spec *spec,
			 const char *name)
{
	bool is_list = is_among(spec->name, lists_of_numbers, COUNT_OF(lists_of_numbers));

	if (!is_list && (!is_among(spec->argument, numeric, COUNT_OF(numeric)) || spec->add_values))
		return;
	for (size_t i = 0; i < COUNT_OF(no_numbers); i++) {
		if (is_list && strcmp(no_numbers[i], "1,5") == 0)
			continue;
		refused(PARSE(command, name, no_numbers[i]), name, no_numbers[i]);
	}
}

TEST(no_number_is_wrong_usage)
{
	each(check_number);
}

/* Reasons are the kernel's, keys are checked by the command that counts. */
static void check_word(enum option_command command, const struct option_spec *spec,
		       const char *name)
{
	static const char *const later[] = { "reason", "by", "sum", "trigger" };
	char misspelled[64];

	if (!spec->add_values || is_among(spec->name, later, COUNT_OF(later)))
		return;
	refused(PARSE(command, name, "?"), name, "?");
	CHECK(strstr(error.text, "'?' is not one of ") && strstr(error.text, good_of(spec)));
	snprintf(misspelled, sizeof(misspelled), "%sx", good_of(spec));
	refused(PARSE(command, name, misspelled), name, misspelled);
	CHECK(strstr(error.text, "; did you mean '"));
}

TEST(unknown_word_is_wrong_usage)
{
	each(check_word);
}

static void check_file(enum option_command command, const struct option_spec *spec,
		       const char *name)
{
	if (spec->values != VALUES_FILE)
		return;
	refused(PARSE(command, name, "-x"), name, "-x");
	CHECK(PARSE(command, name, "-", "--help") == 0);
}

TEST(option_is_no_name_of_a_file)
{
	each(check_file);
}
