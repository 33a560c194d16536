// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands.h"
#include "completion.h"
#include "file/output.h"
#include "recorder/recorder.h"
#include "report/metrics.h"
#include "run.h"
#include "util/log.h"
#include "util/signals.h"
#include "util/terminal.h"

static void print_help(void)
{
	puts("Usage: tcpdropcap [OPTION]... [EXPRESSION]\n"
	     "       tcpdropcap COMMAND [OPTION]...\n\n"
	     "Captures the TCP packets that the kernel drops or retransmits, with the reasons.\n"
	     "Without -w it prints them as text. EXPRESSION is a filter expression of tcpdump.\n");
	options_print(OPTION_CAPTURE, stdout);
	puts("\nCommands:");
	for (const struct command *command = command_table; command->name; command++)
		printf("  %-10s %s\n", command->name, command->help);
	puts("\nSIGINT and SIGTERM end the capture, SIGUSR1 prints its counts.\n"
	     "SIGUSR2 makes a recorder write what it has in memory.\n"
	     "Exit status: 0, 1 for a failure, 2 for wrong usage, 3 with --strict for losses.");
}

static struct sink *open_recorder(const struct options *options,
				  const struct sink_files_config *files, struct error *error)
{
	const struct recorder_config config = {
		.files = *files,
		.bytes = options->recorder.bytes,
		.seconds = options->recorder.seconds,
		.after_s = options->recorder.after_s,
		.pause_s = options->recorder.pause_s,
		.triggers = options->recorder.triggers,
		.metrics = options->metrics_path,
		.interval_s = options->interval_s ? options->interval_s : METRICS_INTERVAL_S,
	};

	return sink_recorder_open(&config, error);
}

static struct sink *open_several(const struct run *run, const struct sink_pcapng_config *pcapng,
				 struct sink_detail detail, struct error *error)
{
	const struct options *options = run->options;
	struct sink_files_config config = {
		.queue = run->queue,
		.limits = options->rotate,
		.command = options->rotate_command,
		.pcapng = *pcapng,
		.json = options->json,
		.detail = detail,
		.warn = log_warning,
		.note = log_note,
		.failure = run->failure,
	};

	config.limits.pattern = options->write_path;
	return options->recorder.bytes ? open_recorder(options, &config, error)
				       : sink_rotate_open(&config, error);
}

static struct sink *open_sink(const struct run *run, const char *comment, struct error *error)
{
	const struct options *options = run->options;
	const struct expression *expression = options->filter.expression;
	struct sink_detail detail = {
		.stack = !options->quiet,
		.resend_stack = options->verbose || options->stack == EVENT_STACKS_ALL,
		.tcp = options->verbose,
		.colour = terminal_has_colour(STDOUT_FILENO),
		.columns = options->wide ? 0 : terminal_columns(STDOUT_FILENO),
		.time = options->time,
	};
	struct sink_pcapng_config config = {
		.path = options->write_path,
		.comment = comment,
		.filter = expression ? expression_text(expression) : NULL,
		.snaplen = options->snaplen,
		.aside = { .queue = run->queue },
	};
	FILE *out;

	if (rotation_is_asked(&options->rotate) || options->recorder.bytes)
		return open_several(run, &config, detail, error);
	if (options->write_path && options->json)
		return sink_json_open_file(options->write_path, false, &config.aside, detail,
					   error);
	if (options->write_path)
		return sink_pcapng_open(&config, error);
	out = output_text_stream(run->queue);
	if (!out) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	return options->json ? sink_json_open(out, detail, error)
			     : sink_text_open(out, detail, error);
}

int capture_with(const struct options *options, int argc, char **argv)
{
	struct error failure = { 0 };
	struct run run = { options, argc, argv, open_sink, &failure, NULL, NULL };
	int status = command_check_metrics(options);

	if (status)
		return status;
	if (options->recorder.bytes)
		signals_catch_dump();
	return run_events(&run);
}

static int print_completion(const char *shell)
{
	struct strbuf script = { 0 };
	bool failed;

	completion_script(shell, &script);
	failed = script.failed || fputs(strbuf_string(&script), stdout) == EOF || fflush(stdout);
	strbuf_free(&script);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run_capture_command(struct options *options, int argc, char **argv)
{
	if (options->completion)
		return print_completion(options->completion);
	if (options->probe)
		return probe_kernel(options->json, options->verbose);
	return capture_with(options, argc, argv);
}

int cmd_capture(int argc, char **argv)
{
	return command_run(OPTION_CAPTURE, argc, argv, print_help, run_capture_command);
}
