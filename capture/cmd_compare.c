// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "compare/compare.h"
#include "file/output.h"
#include "util/log.h"

static void print_help(void)
{
	puts("Usage: tcpdropcap compare [OPTION]... EVENTS WIRE [WIRE]...\n\n"
	     "Finds the drops and retransmissions in EVENTS, a capture file of tcpdropcap, in\n"
	     "captures of the wire by tcpdump or Wireshark, and prints a verdict for each event,\n"
	     "with its reason.\n");
	options_print(OPTION_COMPARE, stdout);
	puts("\nExit status: 0, 1 for a failure, 2 for wrong usage.");
}

static int check(const struct options *options)
{
	const char *wrong = NULL;

	if (options->word_count < 2)
		wrong = "compare needs a capture file of tcpdropcap and one or more wire captures";
	else if (options->write_path && options->word_count > 2)
		wrong = "-w copies one wire capture: give only one";
	else if (options->write_path && strcmp(options->write_path, "-") == 0)
		wrong = "-w -: the verdicts are printed on standard output; name a file";
	if (wrong)
		log_line("%s", wrong);
	return wrong ? -EINVAL : 0;
}

static int compare_files(struct options *options, int argc, char **argv)
{
	struct compare_form form = { .json = options->json, .lines = options->verbose };
	char **files = options->words;
	size_t wires = (size_t)options->word_count - 1;
	FILE *out = output_text_stream();
	struct compare compare = { 0 };
	struct error error = { 0 };
	int err;

	(void)argc;
	(void)argv;
	if (check(options))
		return EXIT_USAGE;
	command_drop_privileges((const char *const *)files, options->word_count,
				options->write_path);
	err = compare_read_events(&compare, files[0], &error);
	if (!err)
		err = compare_read_wires(&compare, files + 1, wires, &error);
	if (!err && options->write_path)
		err = compare_write(&compare, options->write_path, &error);
	if (err)
		log_line("%s", error.text);
	if (!err && compare.damaged)
		log_warning("%llu annotations are damaged: keys after the damage are ignored",
			    (unsigned long long)compare.damaged);
	if (!err) {
		err = out ? compare_print(&compare, form, out) : -ENOMEM;
		if (err == -EPIPE)
			err = 0;
		else if (err)
			log_line("output: cannot write it: %s", strerror(-err));
	}
	compare_free(&compare);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int cmd_compare(int argc, char **argv)
{
	return command_run(OPTION_COMPARE, argc, argv, print_help, compare_files);
}
