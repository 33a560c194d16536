// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "commands.h"
#include "util/log.h"
#include "run.h"

/* Takes the place of run_capture.c, cmd_probe.c and run_top.c in the build without BPF. */

static int refuse(void)
{
	log_line("this build cannot capture (make offline); -r reads a file");
	return EXIT_FAILURE;
}

int run_capture(struct run *run)
{
	(void)run;
	return refuse();
}

int run_top(const struct options *options, uint64_t rounds)
{
	(void)options;
	(void)rounds;
	log_line("this build cannot read the kernel's sockets (make offline): it has no top");
	return EXIT_FAILURE;
}

int probe_kernel(bool json, bool verbose)
{
	(void)json;
	(void)verbose;
	return refuse();
}
