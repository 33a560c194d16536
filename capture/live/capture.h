/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_H
#define CAPTURE_H

/* A capture that runs, and what it does with its output. */

#include <stdbool.h>
#include <sys/types.h>

#include "event/event.h"
#include "file/write_queue.h"
#include "options.h"
#include "progress.h"
#include "report/report.h"
#include "run.h"
#include "session.h"
#include "summary.h"

struct capture {
	const struct run *run;
	const struct options *options;
	struct session session;
	struct drop_event event;
	struct drop_report report;
	struct capture_counts counts;
	struct progress progress;
	struct account account; /* of the whole capture */
	uint64_t accepted;	/* by the sink: written, to be written, or failed since */
	/*
	 * The counts of the queue (write_queue_mark()) for these events, and for the losses that
	 * they report.
	 */
	struct write_mark marked;
	struct write_mark failed; /* as far as it is in the counts */
	dev_t device;		  /* of the file that -w names; inode 0: it is no regular file */
	ino_t inode;
	uint64_t flush_due_ms; /* monotonic */
	uint64_t end_ms;       /* the same, of --duration; UINT64_MAX: none */
	bool is_last_over;     /* the last file has reached its limit */
	int error;	       /* of the sink, -errno */
};

/* Without a terminal, SIGHUP begins the next file, or opens the file again. */
void capture_prepare_turn(struct capture *capture);

/* Writes the report, or counts it as not written. It never waits for the output. */
void capture_write_report(struct capture *capture);

/*
 * Called several times a second: flushes what the sink has, and counts events that could not be
 * written.
 */
void capture_flush(struct capture *capture);

/* Called as often: begins the next file if it is due or SIGHUP has requested it. */
void capture_turn(struct capture *capture, bool is_ring_empty);

/*
 * Ends the output, and waits for it. Afterwards the counts are those of what the output has: events
 * that the sink accepted, but that could not be written, are not written.
 */
void capture_close_output(struct capture *capture);

#endif
