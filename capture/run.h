/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_H
#define RUN_H

/*
 * The two places that events come from, a capture and a file, each with its loop: they filter, hand
 * the reports to a sink of the command's choice, and print the counts and what is wrong.
 */

#include "util/error.h"
#include "options.h"
#include "sink/sink.h"

struct run {
	const struct options *options;
	int argc; /* the command line, for the head of a file */
	char **argv;
	/*
	 * Opens where the reports go, when all else is open; comment says how they were captured.
	 */
	struct sink *(*open_sink)(const struct run *run, const char *comment, struct error *error);
};

/* Each returns the exit status. */
int run_capture(const struct run *run);
int run_file(const struct run *run);

/* The one that the options ask for. */
int run_events(const struct run *run);

#endif
