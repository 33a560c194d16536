// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.h"
#include "run.h"
#include "util/signals.h"

int run_events(const struct run *run)
{
	const struct options *options = run->options;

	signals_catch();
	if (!options->read_path)
		return run_capture(run);
	command_drop_privileges(&options->read_path, 1, options->write_path);
	return run_file(run);
}
