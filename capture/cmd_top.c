// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "commands.h"
#include "run.h"
#include "util/log.h"
#include "util/number.h"

#define INTERVAL_MAX_S 86400

static void print_help(void)
{
	puts("Usage: tcpdropcap top [OPTION]... [INTERVAL [COUNT]]\n\n"
	     "Prints the TCP connections of all network namespaces that have moved bytes in the last\n"
	     "INTERVAL seconds (default: 1), the largest first, COUNT times (default: for ever). It\n"
	     "reads the counters of the sockets; nothing is attached to the path of packets.\n");
	options_print(OPTION_TOP, stdout);
	puts("\nOn a terminal it is a screen: q or SIGINT ends it. Otherwise it prints lines.\n"
	     "Exit status: 0, 1 for a failure, 2 for wrong usage.");
}

static int parse_word(const char *name, const char *text, uint64_t max, uint64_t *number)
{
	struct error error;

	if (number_parse(text, number) && *number && *number <= max)
		return 0;
	error_set(&error, -EINVAL, "%s: '%s' is not a number from 1 to %llu", name, text,
		  (unsigned long long)max);
	log_line("%s", error.text);
	return -EINVAL;
}

static int top(struct options *options, int argc, char **argv)
{
	uint64_t interval_s = 1, rounds = 0;

	(void)argc;
	(void)argv;
	if (options->word_count > 2) {
		log_line("top: '%s' is one argument too many; usage: tcpdropcap top [OPTION]... "
			 "[INTERVAL [COUNT]]",
			 options->words[2]);
		return EXIT_USAGE;
	}
	if (options->word_count > 0 &&
	    parse_word("INTERVAL", options->words[0], INTERVAL_MAX_S, &interval_s))
		return EXIT_USAGE;
	if (options->word_count > 1 && parse_word("COUNT", options->words[1], UINT32_MAX, &rounds))
		return EXIT_USAGE;
	options->interval_s = (uint32_t)interval_s;
	return run_top(options, rounds);
}

int cmd_top(int argc, char **argv)
{
	return command_run(OPTION_TOP, argc, argv, print_help, top);
}
