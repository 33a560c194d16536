// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "commands.h"
#include "util/log.h"

int cmd_help(int argc, char **argv)
{
	bool asks = argc > 1 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0);
	const char *name = argc > 1 && !asks ? argv[1] : "help";
	const struct command *command = command_find(name);
	char option[] = "--help";
	char *arguments[] = { argv[0], option, NULL };

	if (argc > 2) {
		log_line("help: takes one command: tcpdropcap help [COMMAND]");
		return EXIT_USAGE;
	}
	if (!command->name) {
		log_line("help: '%s' is not a command; tcpdropcap --help lists them", name);
		return EXIT_USAGE;
	}
	if (command->run == cmd_help)
		command = command_find(NULL);
	return command->run(2, arguments);
}
