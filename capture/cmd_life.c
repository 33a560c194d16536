// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "file/output.h"
#include "run.h"
#include "util/terminal.h"

static void print_help(void)
{
	puts("Usage: tcpdropcap life [OPTION]... [EXPRESSION]\n\n"
	     "Prints a line for each TCP connection that ends, in a capture or (-r) in a file:\n"
	     "its owner, both ends, KiB sent and received, and how long it was, in ms (after >:\n"
	     "at least). EXPRESSION is a filter expression of tcpdump.\n");
	options_print(OPTION_LIFE, stdout);
	puts("\nSIGINT and SIGTERM end the capture.\n"
	     "Exit status: 0, 1 for a failure, 2 for wrong usage, 3 with --strict for losses.");
}

static struct sink *open_sink(const struct run *run, const char *comment, struct error *error)
{
	const struct options *options = run->options;
	struct sink_detail detail = { .stack = false };
	struct sink_life_view view = options->life;
	FILE *out = output_text_stream(run->queue);

	(void)comment;
	view.terminal = terminal_columns(STDOUT_FILENO) > 0;
	if (!out) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	return options->json ? sink_json_open(out, detail, error)
			     : sink_life_open(out, view, error);
}

/* Drops are counted where they are shown: that needs the hook of all freed packets. */
static int print_lives(struct options *options, int argc, char **argv)
{
	struct run run = { options, argc, argv, open_sink, NULL, NULL, NULL };

	options->filter.events = 1U << EVENT_LIFE;
	options->count_drops = options->json || options->life.wide;
	options->stack = EVENT_STACKS_NONE;
	return run_events(&run);
}

int cmd_life(int argc, char **argv)
{
	return command_run(OPTION_LIFE, argc, argv, print_help, print_lives);
}
