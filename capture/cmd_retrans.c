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
	puts("Usage: tcpdropcap retrans [OPTION]... [EXPRESSION]\n\n"
	     "Prints a line for each TCP packet that is sent again, in a capture or (-r) in a file.\n"
	     "R> is a retransmission, L> the attempt of a tail loss probe (-l). EXPRESSION is a\n"
	     "filter expression of tcpdump.\n");
	options_print(OPTION_RETRANS, stdout);
	puts("\nSIGINT and SIGTERM end the capture.\n"
	     "Exit status: 0, 1 for a failure, 2 for wrong usage, 3 with --strict for losses.");
}

static struct sink *open_sink(const struct run *run, const char *comment, struct error *error)
{
	struct sink_retrans_view view = {
		.sequence = run->options->retrans.sequence,
		.columns = terminal_columns(STDOUT_FILENO),
	};
	FILE *out = output_text_stream(run->queue);

	(void)comment;
	if (!out) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	return run->options->json ? sink_json_open(out, (struct sink_detail){ 0 }, error)
				  : sink_retrans_open(out, view, error);
}

static int print_retransmissions(struct options *options, int argc, char **argv)
{
	struct run run = { options, argc, argv, open_sink, NULL, NULL, NULL };

	options->filter.events = 1U << EVENT_RETRANSMIT | 1U << EVENT_SYNACK;
	if (options->retrans.tlp)
		options->filter.events |= 1U << EVENT_TLP;
	options->stack = EVENT_STACKS_NONE;
	if (!options->retrans.count)
		return run_events(&run);
	options->by = "local,lport,remote,rport";
	return count_with(options, argc, argv);
}

int cmd_retrans(int argc, char **argv)
{
	return command_run(OPTION_RETRANS, argc, argv, print_help, print_retransmissions);
}
