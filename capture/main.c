// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "extcap.h"
#include "util/log.h"
#include "util/privilege.h"

const struct command command_table[] = {
	{ "count", cmd_count, OPTION_COUNT, "count events by any of their keys" },
	{ "compare", cmd_compare, OPTION_COMPARE,
	  "find each event in captures of the wire, with a verdict" },
	{ "retrans", cmd_retrans, OPTION_RETRANS,
	  "print a line for each packet that is sent again" },
	{ "life", cmd_life, OPTION_LIFE, "print a line for each connection that ends" },
	{ "top", cmd_top, OPTION_TOP, "connections by the bytes that they move, like top" },
	{ "explain", cmd_explain, OPTION_EXPLAIN, "explain reasons of drops and resets" },
	{ "report", cmd_report, OPTION_REPORT, "make a page with charts of capture files" },
	{ "bundle", cmd_bundle, OPTION_BUNDLE, "make an archive for a bug report" },
	{ "schema", cmd_schema, OPTION_SCHEMA, "print the JSON Schema of the lines of --json" },
	{ "help", cmd_help, 0, "print the help of a command" },
	{ NULL, cmd_capture, OPTION_CAPTURE, "capture, or read a capture file" },
};

/* Help, versions and lists are short: whether they have arrived shows at the end. */
static int finish_stdout(int status)
{
	if ((!fflush(stdout) && !ferror(stdout)) || errno == EPIPE)
		return status;
	log_line("standard output: cannot write it: %s", strerror(errno));
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	const struct command *command;

	privilege_limit_raised();
	signal(SIGPIPE, SIG_IGN); /* a reader that ends early is a write that fails */
	if (extcap_is_call(argc, argv))
		return finish_stdout(cmd_extcap(argc, argv));
	command = command_find(argc > 1 ? argv[1] : NULL);
	return finish_stdout(command->name ? command->run(argc - 1, argv + 1)
					   : command->run(argc, argv));
}
