// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "commands.h"
#include "completion.h"
#include "explain/explain.h"
#include "option_table.h"
#include "util/netns_names.h"

/* The names of all commands, a space between two. */
static void add_commands(struct strbuf *script)
{
	for (const struct command *command = command_table; command->name; command++)
		strbuf_addf(script, "%s%s", command == command_table ? "" : " ", command->name);
}

/* The names that can be explained, a space between two. */
static void add_reasons(struct strbuf *script)
{
	const char *separator = "";

	for (size_t i = 0; i < explain_table_count; i++) {
		const struct explain_table *table = &explain_tables[i];

		for (size_t row = 0; row < *table->count; row++) {
			strbuf_addf(script, "%s%s", separator, table->rows[row].name);
			separator = " ";
		}
	}
}

/* Text within single quotes: each quote in it becomes the shell's form of a quote. */
static void add_quoted(struct strbuf *script, const char *text, const char *quote)
{
	for (; *text; text++) {
		if (*text == '\'')
			strbuf_add(script, quote);
		else
			strbuf_add_bytes(script, text, 1);
	}
}

static const char *name_of(const struct command *command)
{
	return command->name ? command->name : "";
}

static bool has_option(const struct command *command, const struct option_spec *spec)
{
	return command->options & spec->commands;
}

/*
 * "count:--read | count:-r | :--read | :-r)", the pattern of a case, for all commands that have the
 * option.
 */
static void add_bash_pattern(struct strbuf *script, const struct option_spec *spec)
{
	const char *separator = "\t";

	for (const struct command *command = command_table;; command++) {
		if (has_option(command, spec)) {
			strbuf_addf(script, "%s%s:--%s", separator, name_of(command), spec->name);
			if (spec->letter)
				strbuf_addf(script, " | %s:-%c", name_of(command), spec->letter);
			separator = " | ";
		}
		if (!command->name)
			break;
	}
	strbuf_add(script, ")\n");
}

static void add_bash_values(struct strbuf *script, const struct option_spec *spec)
{
	static const char *const functions[] = {
		[VALUES_UNKNOWN] = ":",
		[VALUES_FILE] = "_tcpdropcap_files",
		[VALUES_NETNS] = "_tcpdropcap_offer \"$(cd " NETNS_NAMES_DIR
				 " 2>/dev/null && echo *)\"",
		[VALUES_ONE] = "_tcpdropcap_offer '",
		[VALUES_LIST] = "_tcpdropcap_offer_list '",
	};

	add_bash_pattern(script, spec);
	strbuf_addf(script, "\t\t%s", functions[spec->values]);
	if (spec->add_values) {
		spec->add_values(script);
		strbuf_add(script, "'");
	}
	strbuf_add(script, "\n\t\treturn\n\t\t;;\n");
}

static void add_bash_options(struct strbuf *script, const struct command *command)
{
	strbuf_addf(script, "\t%s)\n\t\toptions='", command->name ? command->name : "''");
	for (size_t i = 0; i < option_count; i++) {
		if (has_option(command, &option_table[i]))
			strbuf_addf(script, "--%s ", option_table[i].name);
	}
	strbuf_add(script, "'\n\t\t;;\n");
}

static const char bash_head[] =
	"# Completion of tcpdropcap for bash. Made by: tcpdropcap --completion bash\n"
	"\n"
	"_tcpdropcap_offer() { # WORDS\n"
	"\tmapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$word\")\n"
	"}\n"
	"\n"
	"# The last item of a list; the items before it stay.\n"
	"_tcpdropcap_offer_list() { # WORDS\n"
	"\tlocal before=${word%\"${word##*,}\"}\n"
	"\tmapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$1\" -- \"${word##*,}\")\n"
	"\tcompopt -o nospace 2>/dev/null\n"
	"}\n"
	"\n"
	"# Without words of ours, bash completes names of files.\n"
	"_tcpdropcap_files() {\n"
	"\tcompopt -o default 2>/dev/null\n"
	"}\n"
	"\n"
	"_tcpdropcap() {\n"
	"\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
	"\tlocal command='' options=''\n"
	"\tCOMPREPLY=()\n"
	"\t# For bash, the sign in --option=value is a word.\n"
	"\tif [[ $word == '=' ]]; then\n"
	"\t\tword=''\n"
	"\telif [[ $before == '=' ]]; then\n"
	"\t\tbefore=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"\tfi\n";

static void add_bash(struct strbuf *script)
{
	const struct command *command = command_table;

	strbuf_add(script, bash_head);
	strbuf_add(script, "\tif [[ $COMP_CWORD -gt 1 && ' ");
	add_commands(script);
	strbuf_add(script, " ' == *\" ${COMP_WORDS[1]} \"* ]]; then\n"
			   "\t\tcommand=${COMP_WORDS[1]}\n\tfi\n\tcase $command:$before in\n");
	for (size_t i = 0; i < option_count; i++) {
		if (option_table[i].argument)
			add_bash_values(script, &option_table[i]);
	}
	strbuf_add(script, "\tesac\n\tcase $command in\n");
	for (; command->name; command++)
		add_bash_options(script, command);
	add_bash_options(script, command);
	strbuf_add(
		script,
		"\tesac\n\tif [[ $word == -* ]]; then\n"
		"\t\t_tcpdropcap_offer \"$options\"\n"
		"\telif [[ $command == compare || $command == report ]]; then\n\t\t_tcpdropcap_files\n"
		"\telif [[ $command == explain ]]; then\n\t\t_tcpdropcap_offer '");
	add_reasons(script);
	strbuf_add(script,
		   "'\n"
		   "\telif [[ $COMP_CWORD == 1 || $command == help && $COMP_CWORD == 2 ]]; then\n"
		   "\t\t_tcpdropcap_offer '");
	add_commands(script);
	strbuf_add(script, "'\n\tfi\n}\n\ncomplete -F _tcpdropcap tcpdropcap\n");
}

/* Text within quotes and brackets, where a bracket in it would end it. */
static void add_zsh_text(struct strbuf *script, const char *text)
{
	for (; *text; text++) {
		if (*text == '[' || *text == ']')
			strbuf_add(script, "\\");
		add_quoted(script, (const char[]){ *text, '\0' }, "'\\''");
	}
}

static void add_zsh_values(struct strbuf *script, const struct option_spec *spec)
{
	static const char *const actions[] = {
		[VALUES_UNKNOWN] = " ",
		[VALUES_FILE] = "_files",
		[VALUES_NETNS] = "{compadd - " NETNS_NAMES_DIR "/*(N\\:t)}",
		[VALUES_ONE] = "(",
		[VALUES_LIST] = "_sequence compadd - ",
	};

	strbuf_addf(script, ":%s:%s", spec->argument, actions[spec->values]);
	if (spec->add_values)
		spec->add_values(script);
	if (spec->values == VALUES_ONE)
		strbuf_add(script, ")");
}

/* Such as '(-r --read)'{-r+,--read=}'[help]:FILE:_files'. */
static void add_zsh_option(struct strbuf *script, const struct option_spec *spec)
{
	const char *equals = spec->argument ? "=" : "";

	strbuf_add(script, " \\\n\t\t\t");
	if (spec->letter)
		strbuf_addf(script, "'(-%c --%s)'{-%c%s,--%s%s}", spec->letter, spec->name,
			    spec->letter, spec->argument ? "+" : "", spec->name, equals);
	strbuf_addf(script, "'%s%s%s[", spec->letter ? "" : "--", spec->letter ? "" : spec->name,
		    spec->letter ? "" : equals);
	add_zsh_text(script, spec->help);
	strbuf_add(script, "]");
	if (spec->argument)
		add_zsh_values(script, spec);
	strbuf_add(script, "'");
}

static void add_zsh_command(struct strbuf *script, const struct command *command)
{
	strbuf_addf(script, "\t%s)\n\t\t_arguments -s -S", command->name ? command->name : "*");
	for (size_t i = 0; i < option_count; i++) {
		if (has_option(command, &option_table[i]))
			add_zsh_option(script, &option_table[i]);
	}
	if (command->options & (OPTION_COMPARE | OPTION_REPORT)) {
		strbuf_add(script, " \\\n\t\t\t'*:capture file:_files'");
	} else if (command->options == OPTION_EXPLAIN) {
		strbuf_add(script, " \\\n\t\t\t'*:reason:(");
		add_reasons(script);
		strbuf_add(script, ")'");
	} else if (command->options == OPTION_CAPTURE || !command->options) {
		strbuf_add(script, " \\\n\t\t\t'1:command:(");
		add_commands(script);
		strbuf_add(script, ")' '*: : '");
	}
	strbuf_add(script, "\n\t\t;;\n");
}

static void add_zsh(struct strbuf *script)
{
	const struct command *command = command_table;

	strbuf_add(script,
		   "#compdef tcpdropcap\n"
		   "# Completion of tcpdropcap for zsh. Made by: tcpdropcap --completion zsh\n"
		   "\n_tcpdropcap() {\n\tlocal command=\n\tif (( CURRENT > 2 )) && [[ ' ");
	add_commands(script);
	strbuf_add(script, " ' == *\" $words[2] \"* ]]; then\n\t\tcommand=$words[2]\n"
			   "\t\tshift words\n\t\t(( CURRENT-- ))\n\tfi\n\tcase $command in\n");
	for (; command->name; command++)
		add_zsh_command(script, command);
	add_zsh_command(script, command);
	strbuf_add(script,
		   "\tesac\n}\n\n"
		   "# Autoloaded, this file is the function; sourced, it is not.\n"
		   "if [[ $funcstack[1] == _tcpdropcap ]]; then\n\t_tcpdropcap \"$@\"\nelse\n"
		   "\tcompdef _tcpdropcap tcpdropcap\nfi\n");
}

static void add_fish_option(struct strbuf *script, const struct command *command,
			    const struct option_spec *spec)
{
	static const char *const values[] = {
		[VALUES_UNKNOWN] = " -x",
		[VALUES_FILE] = " -r -F",
		[VALUES_NETNS] = " -x -a '(command ls " NETNS_NAMES_DIR " 2>/dev/null)'",
		[VALUES_ONE] = " -x -a '",
		[VALUES_LIST] = " -x -a '(__fish_append , ",
	};

	strbuf_addf(script, "complete -c tcpdropcap -n \"__tcpdropcap_is '%s'\" -l %s",
		    name_of(command), spec->name);
	if (spec->letter)
		strbuf_addf(script, " -s %c", spec->letter);
	if (spec->argument)
		strbuf_add(script, values[spec->values]);
	if (spec->add_values)
		spec->add_values(script);
	if (spec->add_values)
		strbuf_add(script, spec->values == VALUES_LIST ? ")'" : "'");
	strbuf_add(script, " -d '");
	add_quoted(script, spec->help, "\\'");
	strbuf_add(script, "'\n");
}

static void add_fish_command(struct strbuf *script, const struct command *command)
{
	if (command->name) {
		strbuf_addf(script, "complete -c tcpdropcap -n __tcpdropcap_is_first -a %s -d '",
			    command->name);
		add_quoted(script, command->help, "\\'");
		strbuf_add(script, "'\n");
	}
	for (size_t i = 0; i < option_count; i++) {
		if (has_option(command, &option_table[i]))
			add_fish_option(script, command, &option_table[i]);
	}
}

static void add_fish(struct strbuf *script)
{
	const struct command *command = command_table;

	strbuf_add(script,
		   "# Completion of tcpdropcap for fish. Made by: tcpdropcap --completion fish\n\n"
		   "# Whether the command line has that command, '' for none.\n"
		   "function __tcpdropcap_is\n\tset -l words (commandline -opc)\n"
		   "\tset -l command ''\n\tif set -q words[2]; and contains -- $words[2] ");
	add_commands(script);
	strbuf_add(script,
		   "\n\t\tset command $words[2]\n\tend\n\ttest \"$command\" = \"$argv[1]\"\n"
		   "end\n\nfunction __tcpdropcap_is_first\n"
		   "\ttest (count (commandline -opc)) -eq 1\nend\n\n"
		   "complete -c tcpdropcap -f\n"
		   "complete -c tcpdropcap -n '__tcpdropcap_is compare' -F\n"
		   "complete -c tcpdropcap -n '__tcpdropcap_is report' -F\n"
		   "complete -c tcpdropcap -n '__tcpdropcap_is explain' -a '");
	add_reasons(script);
	strbuf_add(script, "'\n"
			   "complete -c tcpdropcap -n '__tcpdropcap_is help' -a '");
	add_commands(script);
	strbuf_add(script, "'\n");
	for (; command->name; command++)
		add_fish_command(script, command);
	add_fish_command(script, command);
}

void completion_script(const char *shell, struct strbuf *script)
{
	if (strcmp(shell, "bash") == 0)
		add_bash(script);
	else if (strcmp(shell, "zsh") == 0)
		add_zsh(script);
	else
		add_fish(script);
}
