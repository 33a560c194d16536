// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "commands.h"
#include "sink/json_schema.h"
#include "util/log.h"

static void print_help(void)
{
	puts("Usage: tcpdropcap schema [OPTION]...\n\n"
	     "Prints the JSON Schema of the lines that --json prints: the name, type and meaning\n"
	     "of each value.\n");
	options_print(OPTION_SCHEMA, stdout);
	puts("\nExit status: 0, 1 for a failure, 2 for wrong usage.");
}

static int print_schema(struct options *options, int argc, char **argv)
{
	struct strbuf text = { 0 };
	bool failed;

	(void)argc;
	(void)argv;
	if (options->word_count) {
		log_line("schema: '%s' is one argument too many; usage: tcpdropcap schema "
			 "[OPTION]...",
			 options->words[0]);
		return EXIT_USAGE;
	}
	json_schema_format(&text);
	failed = text.failed;
	if (failed)
		log_line("out of memory");
	else
		fputs(strbuf_string(&text), stdout);
	strbuf_free(&text);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int cmd_schema(int argc, char **argv)
{
	return command_run(OPTION_SCHEMA, argc, argv, print_help, print_schema);
}
