// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "option_amount.h"
#include "option_recorder.h"
#include "recorder/report_ring.h"
#include "util/list.h"

#define BYTES_DEFAULT (64ULL << 20) /* if only a time is given */

static const struct option_unit sizes[] = {
	{ "k", 1ULL << 10 }, { "K", 1ULL << 10 }, { "M", 1ULL << 20 },
	{ "G", 1ULL << 30 }, { "g", 1ULL << 30 }, { NULL, 0 },
};

/* In -C, m is a mebibyte; of a time, others use it for a minute. */
static bool is_ambiguous(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && strcmp(text + digits, "m") == 0;
}

static int set_limit(void *context, const char *text, struct error *error)
{
	struct options *options = context;
	uint64_t amount = 0;
	bool is_time = option_take_amount(text, option_times, OPTION_SECONDS_MAX, &amount);

	if (is_ambiguous(text))
		return error_set(error, -EINVAL,
				 "--recorder: '%s' may be a size or a time: write M for mebibytes, "
				 "min for minutes",
				 text);
	if (!amount && !option_take_amount(text, sizes, INT64_MAX, &amount))
		return error_set(
			error, -EINVAL,
			"--recorder: '%s' is neither a size (64M; k, M, G) nor a time (5min; "
			"s, min, h, d)",
			text);
	if (!is_time && amount < REPORT_RING_MIN)
		return error_set(error, -EINVAL, "--recorder: '%s' is less than 1M", text);
	if (is_time ? options->recorder.seconds : options->recorder.bytes)
		return error_set(error, -EINVAL, "--recorder: '%s' is the second %s", text,
				 is_time ? "time" : "size");
	if (is_time)
		options->recorder.seconds = amount;
	else
		options->recorder.bytes = amount;
	return 0;
}

int option_set_recorder(struct options *options, const char *text, struct error *error)
{
	int err = list_each("--recorder", text, set_limit, options, error);

	if (!err && !options->recorder.bytes)
		options->recorder.bytes = BYTES_DEFAULT;
	return err;
}

int option_add_trigger(struct options *options, const char *text, struct error *error)
{
	options->recorder.option = "trigger";
	return triggers_add(&options->recorder.triggers, text, error);
}

int option_set_after(struct options *options, const char *text, struct error *error)
{
	options->recorder.option = "after";
	return option_take_seconds("--after", text, 0, OPTION_SECONDS_MAX,
				   &options->recorder.after_s, error);
}

int option_set_dump_pause(struct options *options, const char *text, struct error *error)
{
	options->recorder.option = "dump-pause";
	return option_take_seconds("--dump-pause", text, 0, OPTION_SECONDS_MAX,
				   &options->recorder.pause_s, error);
}

/* Without a recorder. The command count has metrics and intervals, too. */
static int check_none(enum option_command command, const struct options *options,
		      struct error *error)
{
	bool is_capture = command == OPTION_CAPTURE;

	if (is_capture && (options->metrics_path || options->interval_s))
		return error_set(error, -EINVAL,
				 "--%s: it belongs to --recorder or the command count, so give "
				 "one of them, too",
				 options->metrics_path ? "openmetrics" : "interval");
	if (options->recorder.option)
		return error_set(error, -EINVAL,
				 "--%s: it belongs to --recorder, so give that, too",
				 options->recorder.option);
	return 0;
}

int option_check_recorder(enum option_command command, const struct options *options,
			  struct error *error)
{
	const struct rotation_limits *rotate = &options->rotate;

	if (!options->recorder.bytes)
		return check_none(command, options, error);
	if (options->interval_s && !options->metrics_path)
		return error_set(
			error, -EINVAL,
			"--interval: a recorder has it for --openmetrics, so give that, too");
	if (rotation_is_asked(rotate))
		return error_set(error, -EINVAL,
				 "--recorder writes a file for each dump: -%c excludes it",
				 rotate->bytes ? 'C' : 'G');
	if (!options->write_path || strcmp(options->write_path, "-") == 0)
		return error_set(error, -EINVAL,
				 "--recorder: it needs -w with the name of the dumps");
	if (options->count)
		return error_set(
			error, -EINVAL,
			"--recorder and -c exclude each other; --duration ends a recorder");
	if (rotate->files && rotation_has_time(options->write_path))
		return error_set(
			error, -EINVAL,
			"-W: with --recorder it is a ring of numbered files, so -w %s must "
			"have no time in it (%%Y, %%H, ...); each dump has another name",
			options->write_path);
	return 0;
}
