// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"
#include "extcap.h"

const struct command command_table[] = {
	{ "count", cmd_count, OPTION_COUNT, "count events by any of their keys" },
	{ "compare", cmd_compare, OPTION_COMPARE,
	  "find each event in captures of the wire, with a verdict" },
	{ "retrans", cmd_retrans, OPTION_RETRANS,
	  "print a line for each segment that is sent again" },
	{ "life", cmd_life, OPTION_LIFE, "print a line for each connection that ends" },
	{ "top", cmd_top, OPTION_TOP, "connections by the bytes that they move, like top" },
	{ "explain", cmd_explain, OPTION_EXPLAIN, "explain reasons of drops and resets" },
	{ "report", cmd_report, OPTION_REPORT, "make a page with charts of capture files" },
	{ "help", cmd_help, 0, "print the help of a command" },
	{ NULL, cmd_capture, OPTION_CAPTURE, "capture, or read a capture file" },
};

int main(int argc, char **argv)
{
	const struct command *command;

	if (extcap_is_call(argc, argv))
		return cmd_extcap(argc, argv);
	command = command_find(argc > 1 ? argv[1] : NULL);
	return command->name ? command->run(argc - 1, argv + 1) : command->run(argc, argv);
}
