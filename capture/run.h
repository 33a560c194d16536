/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_H
#define RUN_H

/*
 * The loops of the two sources of events, a capture and a file. They filter the events, give the
 * reports to a sink that the command chooses, and print the counts and the errors.
 */

#include "anonymize/anonymize.h"
#include "file/input_list.h"
#include "util/error.h"
#include "options.h"
#include "pcapng/reader.h"
#include "sink/sink.h"

/* For a command that needs more of a file than its events. */
struct run_watch {
	/* Gets each block before its event, if it is one. Returns 0 or -errno, as a sink. */
	int (*block)(struct run_watch *watch, const struct pcapng_item *item);
	/* Gets the error of each file that cannot be read, or not to its end. */
	void (*failure)(struct run_watch *watch, const char *text);
};

struct run {
	const struct options *options;
	int argc; /* the command line, which is recorded in a file */
	char **argv;
	/*
	 * Opens the sink of the reports, after the source is open. comment describes the capture
	 * and outlives the sink. Returns NULL and the error.
	 */
	struct sink *(*open_sink)(const struct run *run, const char *comment, struct error *error);
	/* Which file of several could not be written; NULL or empty: the one that -w names. */
	struct error *failure;
	struct run_watch *watch; /* of files; NULL: none */
	/*
	 * The queue by which the sink of a capture writes, so that the capture never waits; NULL
	 * when files are read.
	 */
	struct write_queue *queue;
};

/*
 * Each prints its errors and returns the exit status. anonymize: of the file that -w writes; NULL:
 * it is copied as it is.
 */
int run_capture(struct run *run); /* sets the queue */
int run_files(const struct run *run, const struct input_list *inputs,
	      const struct rewrite_config *anonymize);

/* The loop of `top`: a round every interval_s seconds. rounds is their number; 0: no limit. */
int run_top(const struct options *options, uint64_t rounds);

/* Runs the loop that the options request. Files are read without privileges. */
int run_events(struct run *run);

#endif
