// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "log.h"
#include "run.h"

/* What stands in for run_capture.c in the build without BPF. */
int run_capture(const struct run *run)
{
	(void)run;
	log_line("capturing was left out of this build (make offline); -r reads a file");
	return EXIT_FAILURE;
}
