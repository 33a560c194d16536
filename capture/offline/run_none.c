// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "commands.h"
#include "util/log.h"
#include "run.h"

/* Takes the place of run_capture.c and cmd_probe.c in the build without BPF. */

static int refuse(void)
{
	log_line("this build cannot capture (make offline); -r reads a file");
	return EXIT_FAILURE;
}

int run_capture(const struct run *run)
{
	(void)run;
	return refuse();
}

int probe_kernel(bool json, bool verbose)
{
	(void)json;
	(void)verbose;
	return refuse();
}
