// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "compare/compare_print.h"
#include "compare/compare_write.h"
#include "file/output.h"
#include "util/log.h"

static void print_help(void)
{
	puts("Usage: tcpdropcap compare [OPTION]... EVENTS WIRE [WIRE]...\n\n"
	     "Finds the drops and retransmissions in EVENTS, a capture file of tcpdropcap, in\n"
	     "captures of the wire by tcpdump or Wireshark, and counts the verdicts on them;\n"
	     "-v prints each event with its verdict and the reason.\n");
	options_print(OPTION_COMPARE, stdout);
	puts("\nExit status: 0, 1 for a failure, 2 for wrong usage.");
}

static int check(const struct options *options)
{
	const char *wrong = NULL;

	if (options->word_count < 2)
		wrong = "compare needs a capture file of tcpdropcap and one or more wire captures";
	else if (options->write_path && options->word_count > 2)
		wrong = "-w copies one wire capture: give only one, which mergecap makes of several";
	else if (options->write_path && strcmp(options->write_path, "-") == 0)
		wrong = "-w -: the verdicts are printed on standard output; name a file";
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
	return error_set(error, -EIO,
			 "%s: some events are missing from it; this is a bug, please report it",
			 path);
}

static int print(struct compare *compare, struct compare_form form)
{
	FILE *out = output_text_stream();
	int err = out ? compare_print(compare, form, out) : -ENOMEM;

	if (err && err != -EPIPE)
		log_line("output: cannot write it: %s", strerror(-err));
	return err == -EPIPE ? 0 : err;
}

static void log_lines(const struct strbuf *lines, void (*log)(const char *format, ...))
{
	const char *line = strbuf_string(lines), *end;

	for (; (end = strchr(line, '\n')); line = end + 1)
		log("%.*s", (int)(end - line), line);
}

static int compare_files(struct options *options, int argc, char **argv)
{
	struct compare_form form = { .json = options->json, .lines = options->verbose };
	struct compare compare = {
		.keep_events = form.json || form.lines || options->write_path,
	};
	struct error error = { 0 };
	int err;

	(void)argc;
	(void)argv;
	if (check(options))
		return EXIT_USAGE;
	command_drop_privileges((const char *const *)options->words, options->word_count,
				options->write_path);
	err = read_files(&compare, options->words, options->word_count, &error);
	if (!err && options->write_path)
		err = write_file(&compare, options->write_path, &error);
	if (err)
		log_line("%s", error.text);
	if (!err) {
		log_lines(&compare.damage, log_line);
		log_lines(&compare.notes, log_warning);
	}
	if (!err && compare.damaged)
		log_warning("%" PRIu64
			    " annotations are damaged: their keys after the damage are ignored",
			    compare.damaged);
	if (!err)
		err = print(&compare, form);
	if (!err && compare.damage.length)
		err = -EINVAL;
	compare_free(&compare);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int cmd_compare(int argc, char **argv)
{
	return command_run(OPTION_COMPARE, argc, argv, print_help, compare_files);
}
