// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "compare/compare_print.h"
#include "compare/compare_write.h"
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
	     "Compares the drops and retransmissions in DROPS, a capture by tcpdropcap, with captures\n"
	     "of the wire, by tcpdump or Wireshark, and prints a verdict on each, and why.\n\n"
	     "  -v, --verbose              a line for each event\n"
	     "      --json                 one JSON object a line instead of text\n"
	     "  -w, --write FILE           write the capture of the wire (there may be one only) with\n"
	     "                             the verdicts as comments of its frames; events that are not\n"
	     "                             on the wire become packets between them\n"
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
		wrong = "compare needs a file of events and one or more captures of the wire";
	else if (options->write_path && files > 2)
		wrong = "-w copies one capture of the wire, but there are several: give one";
	else if (options->write_path && strcmp(options->write_path, "-") == 0)
		wrong = "-w -: the verdicts go to standard output: give the name of a file";
	if (wrong)
		log_line("%s", wrong);
	return wrong ? -EINVAL : 0;
}

static int read_files(struct compare *compare, char **files, int count, struct error *error)
{
	int err = compare_read_events(compare, files[0], error);

	return err ? err : compare_read_wires(compare, files + 1, (size_t)count - 1, error);
}

static int write_file(struct compare *compare, const char *path, struct error *error)
{
	uint64_t events = matcher_events(compare->matcher);
	struct compare_written written;
	int err = compare_write(compare, path, &written, error);

	if (err)
		return err;
	log_counts("%" PRIu64 " events read; %" PRIu64 " written: %" PRIu64
		   " on their frames, %" PRIu64 " as packets of their own",
		   events, written.on_frames + written.own_packets, written.on_frames,
		   written.own_packets);
	if (written.on_frames + written.own_packets == events)
		return 0;
	return error_set(error, -EIO, "%s: some events are missing from it: this is a bug", path);
}

static int print(struct compare *compare, struct compare_form form)
{
	int err = compare_print(compare, form, stdout);

	if (err && err != -EPIPE)
		log_line("output: cannot write it: %s", strerror(-err));
	return err == -EPIPE ? 0 : err;
}

static int run(const struct compare_options *options, char **files, int count)
{
	struct compare compare = {
		.keep_events = options->form.json || options->form.lines || options->write_path,
	};
	struct error error = { 0 };
	int err = read_files(&compare, files, count, &error);

	if (!err && options->write_path)
		err = write_file(&compare, options->write_path, &error);
	if (err)
		log_line("%s", error.text);
	if (!err && compare.damaged)
		log_warning("%" PRIu64
			    " annotations are damaged: the keys after the damage are ignored",
			    compare.damaged);
	if (!err)
		err = print(&compare, options->form);
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
