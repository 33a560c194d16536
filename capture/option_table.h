/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTION_TABLE_H
#define OPTION_TABLE_H

/*
 * The rows of the command lines: the names of each option, the commands that have it, the effect of
 * it, and the values that a shell can offer for it. options.c parses by them, completion.c writes
 * the scripts of the shells from them.
 */

#include <stddef.h>

#include "options.h"
#include "util/strbuf.h"

/* Besides the commands, in option_spec.commands: the option has no meaning for a file (-r). */
#define OPTION_LIVE (1U << 30)

/* The values that a shell can offer after the option. */
enum option_values {
	VALUES_UNKNOWN, /* none: a number, or a name that only the user knows */
	VALUES_FILE,
	VALUES_NETNS, /* names in /run/netns */
	VALUES_ONE,   /* one of add_values */
	VALUES_LIST,  /* some of add_values, with commas between them */
};

struct option_spec {
	const char *name;      /* without the dashes */
	char letter;	       /* 0: none */
	unsigned int commands; /* bitmask of enum option_command, and OPTION_LIVE */
	const char *argument;  /* NULL: the option takes none */
	const char *help;
	/*
	 * The effect: one of these. Functions return 0, or -errno and the error. An option without
	 * a function stores its argument, a const char *, or true, a bool, at offset.
	 */
	int (*set)(struct options *options, const char *text, struct error *error);
	int (*add_item)(struct filter *filter, const char *item, struct error *error);
	bool adds;     /* set adds to what an earlier use has given; add_item always does */
	size_t offset; /* in struct options */
	enum option_values values;
	/* Appends the values, a space between two. Only for VALUES_ONE and VALUES_LIST. */
	void (*add_values)(struct strbuf *values);
};

#define OPTION_ROWS_MAX 128

extern const struct option_spec option_table[];
extern const size_t option_count; /* OPTION_ROWS_MAX at most */

#endif
