// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "file/post_command.h"
#include "file_series.h"
#include "util/plural.h"

#define COMMANDS_WAIT_S 10 /* at the end, for the commands that still run */

struct file_series {
	const struct sink_files_config *config;
	struct post_commands *commands; /* NULL: none */
	struct strbuf comment;		/* of the file that is open */
	_Atomic uint64_t finished;
};

struct file_series *file_series_new(const struct sink_files_config *config, struct error *error)
{
	struct file_series *series = calloc(1, sizeof(*series));

	if (!series) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	series->config = config;
	if (config->command)
		series->commands = post_commands_new(config->command, error);
	if (config->command && !series->commands) {
		free(series);
		return NULL;
	}
	return series;
}

struct sink *file_series_open(struct file_series *series, const char *name, const char *why,
			      const struct output_aside *aside, struct error *error)
{
	struct sink_pcapng_config pcapng = series->config->pcapng;
	struct sink_detail detail = series->config->detail;

	detail.why = why;
	if (series->config->json)
		return sink_json_open_file(name, true, aside, detail, error);
	strbuf_clear(&series->comment);
	strbuf_addf(&series->comment, "%s%s%s", pcapng.comment, why ? "\ndump: " : "",
		    why ? why : "");
	if (series->comment.failed) {
		error_set(error, -ENOMEM, "out of memory");
		return NULL;
	}
	pcapng.path = name;
	pcapng.part = true;
	pcapng.aside = *aside;
	pcapng.comment = strbuf_string(&series->comment);
	return sink_pcapng_open(&pcapng, error);
}

void file_series_has(struct file_series *series, const char *name)
{
	series->finished++;
	if (series->commands)
		post_commands_run(series->commands, name);
}

void file_series_tick(struct file_series *series)
{
	struct error error;

	while (series->commands && post_commands_failure(series->commands, &error))
		series->config->warn("%s", error.text);
}

uint64_t file_series_finished(const struct file_series *series)
{
	return series->finished;
}

static void end_commands(struct file_series *series)
{
	const struct sink_files_config *config = series->config;
	struct post_counts counts = post_commands_wait(series->commands, COMMANDS_WAIT_S);

	file_series_tick(series);
	if (counts.failed + counts.skipped)
		config->warn("-z %s: failed for %" PRIu64 " of %" PRIu64
			     " files, not run for %" PRIu64,
			     config->command, counts.failed, series->finished, counts.skipped);
	if (counts.running)
		config->warn("-z %s: still runs on %" PRIu64 " file%s; its result is not known",
			     config->command, counts.running, plural(counts.running));
	post_commands_free(series->commands);
}

void file_series_free(struct file_series *series)
{
	if (!series)
		return;
	if (series->commands)
		end_commands(series);
	strbuf_free(&series->comment);
	free(series);
}
