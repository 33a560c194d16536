// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "file/held.h"
#include "file/replace.h"
#include "util/confine.h"
#include "util/edit_distance.h"
#include "util/log.h"
#include "util/strbuf.h"
#include "util/version.h"

#define TYPO_DISTANCE 2 /* letters by which a misspelled command may differ */

const struct command *command_find(const char *name)
{
	const struct command *command = command_table;

	while (command->name && (!name || strcmp(name, command->name) != 0))
		command++;
	return command;
}

/* Appends the names of the commands. Returns the one that the word may be meant for, or NULL. */
static const char *list_commands(const char *word, struct strbuf *names)
{
	unsigned int least = TYPO_DISTANCE + 1;
	const char *similar = NULL;

	for (const struct command *command = command_table; command->name; command++) {
		unsigned int distance = edit_distance(word, command->name);

		strbuf_addf(names, "%s%s", names->length ? ", " : "", command->name);
		if (distance < least) {
			least = distance;
			similar = command->name;
		}
	}
	return similar;
}

static bool is_name(const char *word)
{
	if (!isalpha((unsigned char)*word))
		return false;
	while (isalnum((unsigned char)*word) || *word == '-' || *word == '_')
		word++;
	return !*word;
}

static bool is_file(const char *word)
{
	return access(word, F_OK) == 0 && !expression_may_begin(word);
}

/*
 * The first word of a wrong expression may be meant as a file or as a command: says so in the
 * error. name is that of the command that was given, NULL: none.
 */
static void explain_word(const char *name, const struct options *options, struct error *error)
{
	const char *word = options->words[0], *similar;
	struct strbuf names = { 0 };

	if (!options->read_count && is_file(word))
		error_set(error, -EINVAL,
			  "'%s' is a file, which -r reads: tcpdropcap %s%s-r %s ...", word,
			  name ? name : "", name ? " " : "", word);
	else if (name && strcmp(word, "help") == 0)
		error_set(error, -EINVAL, "'%s help': tcpdropcap %s --help prints the options",
			  name, name);
	if (name || !is_name(word) || is_file(word))
		return;
	similar = list_commands(word, &names);
	if (command_find(word)->name)
		error_set(error, -EINVAL,
			  "'%s' is a command, which comes before all options: tcpdropcap %s ...",
			  word, word);
	else if (!expression_may_begin(word)) /* "tcp" resembles "top" */
		error_set(
			error, -EINVAL,
			"'%s' is neither a command (%s) nor the start of a filter expression%s%s%s; "
			"usage: tcpdropcap [COMMAND] [OPTION]... [EXPRESSION], see --help",
			word, strbuf_string(&names), similar ? "; it resembles '" : "",
			similar ? similar : "", similar ? "'" : "");
	strbuf_free(&names);
}

/* Returns whether parsing failed because libpcap does not understand the words. */
static bool is_syntax_error(int err, const struct error *error)
{
	return err == -EINVAL && strstr(error->text, "syntax error");
}

/* `tcpdropcap --help COMMAND` is `tcpdropcap help COMMAND`. */
static bool asks_for_command(enum option_command command, const struct options *options)
{
	return command == OPTION_CAPTURE && options->word_count == 1 &&
	       command_find(options->words[0])->name;
}

void command_drop_privileges(const struct options *options, const char *const *inputs, int count)
{
	const char *output = options->write_path ? options->write_path : options->page_path;
	struct confine_plan plan = { .role = CONFINE_READER, .user = options->user };
	const char *enforced;
	int err;

	for (int i = 0; i < count; i++)
		held_add_input(inputs[i]);
	if (output)
		confine_add_folder(&plan, output);
	if (output && !plan.user)
		held_add_output(output);
	err = confine_privileges(&plan);
	if (output && plan.user)
		held_add_output(output);
	enforced = confine_access(&plan);
	if (err)
		log_warning("cannot give up privileges: %s; the file is read with all of them",
			    strerror(-err));
	else if (options->verbose)
		log_note("no capabilities; %s", enforced);
}

int command_check_metrics(const struct options *options)
{
	const char *path = options->metrics_path;
	struct error error;

	if (!path)
		return 0;
	if (strcmp(path, "-") == 0) {
		log_line("--openmetrics -: its file is replaced as a whole, which standard output "
			 "cannot be; name a file");
		return EXIT_USAGE;
	}
	/* With -Z, it will be written with the rights of that user, which are tried later. */
	if (options->user || !file_replace_try(path, "--openmetrics", &error))
		return 0;
	log_line("%s", error.text);
	return EXIT_FAILURE;
}

int command_run(enum option_command command, int argc, char **argv, void (*print_help)(void),
		int (*work)(struct options *options, int argc, char **argv))
{
	struct options options;
	struct error error = { 0 };
	char help[] = "--help";
	int err = options_parse(command, argc, argv, &options, &error);
	int status = EXIT_SUCCESS;

	if (err) {
		if (is_syntax_error(err, &error))
			explain_word(command == OPTION_CAPTURE ? NULL : argv[0], &options, &error);
		log_line("%s", error.text);
		status = err == -EINVAL ? EXIT_USAGE : EXIT_FAILURE;
	} else if (options.show_help && asks_for_command(command, &options)) {
		status = command_find(options.words[0])->run(2, (char *[]){ argv[0], help, NULL });
	} else if (options.show_help) {
		print_help();
	} else if (options.show_version) {
		puts(version_of_program());
	} else {
		status = work(&options, argc, argv);
		held_release();
	}
	options_free(&options);
	return status;
}
