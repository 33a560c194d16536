// SPDX-License-Identifier: GPL-2.0-or-later
#include "run.h"
#include "util/signals.h"

int run_events(const struct run *run)
{
	signals_catch();
	return run->options->read_path ? run_file(run) : run_capture(run);
}
