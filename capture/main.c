// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "commands.h"
#include "extcap.h"

const struct command command_table[] = {
	{ "count", cmd_count, "count events by any of their keys" },
	{ "compare", cmd_compare, "what captures of the wire tell of the events" },
	{ NULL, cmd_capture, "capture, or read a capture" },
};

int main(int argc, char **argv)
{
	const struct command *command = command_table;

	if (extcap_is_call(argc, argv))
		return cmd_extcap(argc, argv);
	while (command->name && (argc < 2 || strcmp(argv[1], command->name) != 0))
		command++;
	return command->name ? command->run(argc - 1, argv + 1) : command->run(argc, argv);
}
