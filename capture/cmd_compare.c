// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "compare/compare.h"
#include "util/log.h"

struct compare_options {
	struct compare_form form;
	const char *write_path; /* NULL: none */
	bool show_help;
};

static const struct option long_options[] = {
	{ "verbose", no_argument, NULL, 'v' },
	{ "json", no_argument, NULL, 'j' },
	{ "write", required_argument, NULL, 'w' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void print_help(void)
{
	puts("Usage: tcpdropcap compare [OPTION]... DROPS WIRE [WIRE]...\n\n"
	     "What captures of the wire, by tcpdump or Wireshark, tell of each drop and retransmission\n"
	     "in DROPS, a capture of this tool: a verdict for each, and why.\n\n"
	     "  -v, --verbose              a line for each event\n"
	     "      --json                 one JSON object a line instead of text\n"
	     "  -w, --write FILE           the capture of the wire (one only) with the verdicts as\n"
	     "                             comments, and the events that are not on the wire between\n"
	     "  -h, --help                 print this and end\n\n"
	     "Exit status: 0, 1 for a failure, 2 for bad usage.");
}

static int bad_option(int value, char **argv)
{
	char letter[3] = { '-', (char)optopt, '\0' };
	const char *word = optopt ? letter : argv[optind - 1];

	if (value == ':')
		log_line("%s: needs an argument", word);
	else
		log_line("compare: %s: unknown option, or one that takes no argument; --help "
			 "lists the options",
			 word);
	return -EINVAL;
}

static int parse(int argc, char **argv, struct compare_options *options)
{
	int value;

	optind = 0;
	while ((value = getopt_long(argc, argv, ":vw:h", long_options, NULL)) != -1) {
		if (value == '?' || value == ':')
			return bad_option(value, argv);
		if (value == 'v')
			options->form.lines = true;
		else if (value == 'j')
			options->form.json = true;
		else if (value == 'w')
			options->write_path = optarg;
		else
			options->show_help = true;
	}
	return 0;
}

static int check(const struct compare_options *options, int files)
{
	const char *wrong = NULL;

	if (files < 2)
		wrong = "compare wants a file of events and one or more captures of the wire";
	else if (options->write_path && files > 2)
		wrong = "-w writes one capture of the wire: give one only";
	else if (options->write_path && strcmp(options->write_path, "-") == 0)
		wrong = "-w -: the verdicts go to standard output; give a file";
	if (wrong)
		log_line("%s", wrong);
	return wrong ? -EINVAL : 0;
}

static int run(const struct compare_options *options, char **files, int count)
{
	struct compare compare = { 0 };
	struct error error = { 0 };
	int err = compare_read_events(&compare, files[0], &error);

	if (!err)
		err = compare_read_wires(&compare, files + 1, (size_t)count - 1, &error);
	if (!err && options->write_path)
		err = compare_write(&compare, options->write_path, &error);
	if (err)
		log_line("%s", error.text);
	if (!err && compare.damaged)
		log_warning(
			"%llu annotations are damaged: what stands behind the damage is not used",
			(unsigned long long)compare.damaged);
	if (!err) {
		err = compare_print(&compare, options->form, stdout);
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
	struct compare_options options = { 0 };

	if (parse(argc, argv, &options))
		return EXIT_USAGE;
	if (options.show_help) {
		print_help();
		return EXIT_SUCCESS;
	}
	if (check(&options, argc - optind))
		return EXIT_USAGE;
	return run(&options, argv + optind, argc - optind);
}
