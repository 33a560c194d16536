/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OPTIONS_H
#define OPTIONS_H

/*
 * The command lines of all commands. One table of options feeds getopt_long and --help. Checks form
 * and range; what only the running kernel knows (reasons) stays text.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "util/error.h"
#include "event/event.h"
#include "filter/filter.h"

#define SNAPLEN_MAX 256 /* the longest headers that an event carries */

/* A bit each: an option may be of several commands. */
enum option_command {
	OPTION_CAPTURE = 1 << 0, /* capture, or read with -r */
	OPTION_COUNT = 1 << 1,
};

struct options {
	const char *read_path;	/* NULL: capture */
	const char *write_path; /* NULL: text on stdout */
	uint64_t count;		/* 0: no limit */
	uint32_t snaplen;
	uint32_t ring_mib;
	const char *netns;    /* as in filter, once it is found; NULL: all */
	bool all;	      /* also frees that are no loss */
	struct filter filter; /* with the expression */
	enum event_stacks stack;
	bool quiet;
	bool verbose;
	bool json;
	bool strict;
	bool probe;
	const char *by; /* of count: comma-separated keys */
	uint32_t interval_s;
	bool folded;
	bool show_help;
	bool show_version;
};

/*
 * Fills *options; free it in either case. What follows the options is a filter expression. Returns
 * 0; -EINVAL for bad usage (exit 2); or another -errno: the option names what is not there.
 */
int options_parse(enum option_command command, int argc, char **argv, struct options *options,
		  struct error *error);
void options_free(struct options *options);

/* The options of one command, a line each. */
void options_print(enum option_command command, FILE *out);

#endif
