/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTION_OUTPUT_H
#define OPTION_OUTPUT_H

/* The checks of the names of files that options give. */

#include "option_table.h"

/*
 * Refuses what cannot be meant as a file, and the name of an output that promises a compression
 * that it would not have. option is the one that was typed ("-w", "--write"). Returns 0, or -EINVAL
 * and the error.
 */
int option_check_file(enum option_command command, const struct option_spec *spec,
		      const char *option, const char *path, struct error *error);

#endif
