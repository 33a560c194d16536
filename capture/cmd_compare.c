// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "compare/compare_print.h"
#include "compare/compare_write.h"
#include "file/input_list.h"
#include "file/output.h"
#include "util/log.h"
#include "util/plural.h"

static void print_help(void)
{
	puts("Usage: tcpdropcap compare [OPTION]... EVENTS WIRE [WIRE]...\n"
	     "       tcpdropcap compare [OPTION]... -r EVENTS [-r EVENTS]... WIRE [WIRE]...\n\n"
	     "Finds the drops and retransmissions in EVENTS, a capture file of tcpdropcap or a\n"
	     "folder of them, in captures of the wire by tcpdump or Wireshark, and counts the\n"
	     "verdicts on them; -v prints each event with its verdict and the reason.\n");
	options_print(OPTION_COMPARE, stdout);
	puts("\nExit status: 0, 1 for a failure, 2 for wrong usage.");
}

/* The words after the events: all of them with -r. */
static char **wires_of(const struct options *options, size_t *count)
{
	int events = options->read_count ? 0 : 1;

	*count = options->word_count > events ? (size_t)(options->word_count - events) : 0;
	return options->words + events;
}

static int check(const struct options *options)
{
	const char *wrong = NULL;
	size_t wires;

	wires_of(options, &wires);
	if (!wires)
		wrong = "compare needs a capture file of tcpdropcap and one or more wire captures";
	else if (options->write_path && wires > 1)
		wrong = "-w copies one wire capture: give only one, which mergecap makes of several";
	else if (options->write_path && strcmp(options->write_path, "-") == 0)
		wrong = "-w -: the verdicts are printed on standard output; name a file";
	else if (options->headers_only && !options->write_path)
		wrong = "--headers-only: it cuts the frames that -w copies, so give -w";
	else if (options->frames_only && !options->write_path)
		wrong = "--frames-only: it leaves packets out of the copy of -w, so give -w";
	if (wrong)
		log_line("%s", wrong);
	return wrong ? -EINVAL : 0;
}

static int list_events(const struct options *options, struct input_list *events,
		       struct error *error)
{
	int err = 0;

	if (!options->read_count)
		return input_list_add(events, options->words[0], error);
	for (size_t i = 0; !err && i < options->read_count; i++)
		err = input_list_add(events, options->read_paths[i], error);
	return err;
}

static int drop_privileges(const struct options *options, const struct input_list *events,
			   struct error *error)
{
	size_t wire_count, count = events->count;
	char **wires = wires_of(options, &wire_count);
	const char **all = calloc(count + wire_count, sizeof(*all));

	if (!all)
		return error_set(error, -ENOMEM, "out of memory");
	memcpy(all, events->paths, count * sizeof(*all));
	for (size_t i = 0; i < wire_count; i++)
		all[count + i] = wires[i];
	command_drop_privileges(options, all, (int)(count + wire_count));
	free(all);
	return 0;
}

static int read_files(struct compare *compare, const struct options *options,
		      struct input_list *events, struct error *error)
{
	size_t wire_count;
	char **wires = wires_of(options, &wire_count);
	int err = list_events(options, events, error);

	if (!err)
		err = drop_privileges(options, events, error);
	if (!err)
		err = input_list_sort(events, error);
	if (!err)
		err = compare_read_event_files(compare, events->paths, events->count, error);
	return err ? err : compare_read_wires(compare, wires, wire_count, error);
}

static void log_written(uint64_t events, const struct compare_written *written)
{
	log_counts("%" PRIu64 " event%s read; %" PRIu64 " written: %" PRIu64
		   " on their frames, %" PRIu64 " as packets of their own",
		   events, plural(events), written->on_frames + written->own_packets,
		   written->on_frames, written->own_packets);
	if (written->left_out)
		log_note("--frames-only has left out %" PRIu64
			 " %s not on the wire, or on a frame that another event has",
			 written->left_out,
			 written->left_out == 1 ? "event that is" : "events that are");
}

static int write_file(struct compare *compare, const char *path, struct error *error)
{
	uint64_t events = matcher_events(compare->matcher);
	struct compare_written written;
	int err = compare_write(compare, path, &written, error);

	if (err)
		return err;
	log_written(events, &written);
	if (written.has_payload)
		log_note("%s has the payload of the wire capture; --headers-only leaves it out",
			 path);
	if (written.on_frames + written.own_packets + written.left_out == events)
		return 0;
	return error_set(error, -EIO,
			 "%s: some events are missing from it; this is a bug, please report it",
			 path);
}

static int print(struct compare *compare, struct compare_form form)
{
	FILE *out = output_text_stream(NULL);
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
		.headers_only = options->headers_only,
		.frames_only = options->frames_only,
	};
	struct input_list events = { 0 };
	struct error error = { 0 };
	int err;

	(void)argc;
	(void)argv;
	if (check(options))
		return EXIT_USAGE;
	err = read_files(&compare, options, &events, &error);
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
	input_list_free(&events);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int cmd_compare(int argc, char **argv)
{
	return command_run(OPTION_COMPARE, argc, argv, print_help, compare_files);
}
