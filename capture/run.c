// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "anonymize/secret.h"
#include "commands.h"
#include "file/same_file.h"
#include "reason_check.h"
#include "run.h"
#include "unmatched.h"
#include "util/log.h"
#include "util/signals.h"

/* Gives up the privileges before a byte of the files is read. */
static int read_inputs(const struct run *run, struct input_list *inputs, struct error *error)
{
	const struct options *options = run->options;
	int err = 0;

	for (size_t i = 0; !err && i < options->read_count; i++)
		err = input_list_add(inputs, options->read_paths[i], error);
	if (err)
		return err;
	command_drop_privileges(options, (const char *const *)inputs->paths, (int)inputs->count);
	return input_list_sort(inputs, error);
}

/* The key is read, or created, while the process may do so. */
static int load_key(const struct options *options, struct secret *secret, struct error *error)
{
	const char *path = options->anonymize.key_path;
	int err;

	if (path && same_file(path, options->write_path))
		return error_set(error, -EINVAL, "%s: this is the key; choose another file with -w",
				 path);
	err = secret_load(secret, path, error);
	if (!err && path && secret_is_public(path))
		log_warning("%s: others may read this key; chmod 600 it", path);
	if (!err && !path)
		log_note("the key is random and forgotten at the end: no other file will match "
			 "this one; --key FILE keeps it");
	return err;
}

static int read_files(const struct run *run)
{
	const struct options *options = run->options;
	struct secret secret;
	const struct rewrite_config config = {
		.secret = &secret,
		.keep_private = options->anonymize.keep_private,
		.ports = options->anonymize.ports,
	};
	struct input_list inputs = { 0 };
	struct error error;
	int status = EXIT_FAILURE, err = 0;

	if (options->anonymize.asked)
		err = load_key(options, &secret, &error);
	if (err || read_inputs(run, &inputs, &error))
		log_line("%s", error.text);
	else
		status = run_files(run, &inputs, options->anonymize.asked ? &config : NULL);
	input_list_free(&inputs);
	return status;
}

static int capture(struct run *run)
{
	struct error error;

	if (reason_check(run->options, &error)) {
		log_line("%s", error.text);
		return EXIT_USAGE;
	}
	unmatched_print_absent(&run->options->filter);
	return run_capture(run);
}

int run_events(struct run *run)
{
	signals_catch();
	return run->options->read_count ? read_files(run) : capture(run);
}
