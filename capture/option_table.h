/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTION_TABLE_H
#define OPTION_TABLE_H

/*
 * The rows of the command lines, and what each does to the options. options.c walks over them; no
 * other module does.
 */

#include <stddef.h>

#include "options.h"

/* Besides the commands, in option_spec.of: only of a capture, not of a file that is read. */
#define OPTION_LIVE (1U << 30)

struct option_spec {
	const char *name;     /* without the dashes */
	char letter;	      /* 0: none */
	unsigned int of;      /* enum option_command, and OPTION_LIVE */
	const char *argument; /* NULL: none */
	const char *help;
	/* Returns 0, or -errno and the error. */
	int (*set)(struct options *options, const char *text, struct error *error);
};

#define OPTION_ROWS_MAX 64

extern const struct option_spec option_table[];
extern const size_t option_count; /* OPTION_ROWS_MAX at most */

#endif
