// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "commands.h"
#include "util/log.h"
#include "util/version.h"

int command_run(enum option_command command, int argc, char **argv, void (*print_help)(void),
		int (*work)(struct options *options, int argc, char **argv))
{
	struct options options;
	struct error error = { 0 };
	int err = options_parse(command, argc, argv, &options, &error);
	int status = EXIT_SUCCESS;

	if (err) {
		log_line("%s", error.text);
		status = err == -EINVAL ? EXIT_USAGE : EXIT_FAILURE;
	} else if (options.show_help) {
		print_help();
	} else if (options.show_version) {
		puts(version_of_program());
	} else {
		status = work(&options, argc, argv);
	}
	options_free(&options);
	return status;
}
