// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "options_case.h"

struct options options;
struct error error;

int parse_next(const char *const *list)
{
	static char copies[16][128];
	char *argv[17] = { copies[0] };
	int argc = 1;

	strcpy(copies[0], "tcpdropcap");
	for (; list[argc - 1]; argc++) {
		argv[argc] = copies[argc];
		snprintf(copies[argc], sizeof(copies[argc]), "%s", list[argc - 1]);
	}
	argv[argc] = NULL;
	error.text[0] = '\0';
	options_free(&options);
	return options_parse(OPTION_CAPTURE, argc, argv, &options, &error);
}

int parse_list(const char *const *list)
{
	char *none[] = { "tcpdropcap", NULL };

	optind = 0; /* getopt is in the state of a new program */
	getopt(1, none, "");
	return parse_next(list);
}

bool says(const char *part)
{
	return strstr(error.text, part) != NULL;
}
