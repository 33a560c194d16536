// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "commands.h"
#include "run.h"
#include "util/log.h"
#include "util/signals.h"

/* The privileges are given up before a byte of the files is read. */
static int read_inputs(const struct run *run, struct input_list *inputs, struct error *error)
{
	const struct options *options = run->options;
	int err = 0;

	for (size_t i = 0; !err && i < options->read_count; i++)
		err = input_list_add(inputs, options->read_paths[i], error);
	if (err)
		return err;
	command_drop_privileges(inputs->paths, (int)inputs->count, options->write_path);
	return input_list_sort(inputs, error);
}

int run_events(const struct run *run)
{
	struct input_list inputs = { 0 };
	struct error error;
	int status = EXIT_FAILURE;

	signals_catch();
	if (!run->options->read_count)
		return run_capture(run);
	if (read_inputs(run, &inputs, &error))
		log_line("%s", error.text);
	else
		status = run_files(run, &inputs);
	input_list_free(&inputs);
	return status;
}
