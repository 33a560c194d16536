/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DUMP_H
#define DUMP_H

/*
 * The dumps of a recorder: which file is being written, its name, and what became of the events. A
 * thread writes them (write_queue.h), so that nothing here waits but dumps_wait. Until the thread
 * has ended one, the next one does not begin.
 */

#include <stdbool.h>

#include "file/write_queue.h"
#include "sink/file_series.h"

struct dumps {
	const struct sink_files_config *config;
	struct file_series *files;
	struct write_queue *queue;
	struct sink *file;	/* NULL: no dump takes events */
	_Atomic bool is_opened; /* the thread has tried it */
	bool is_ready;		/* it is open: events need not stay in memory */
	bool is_ending;		/* it takes no more events, and its result is not known */
	int result;		/* of the file, which the thread sets when it ends */
	struct strbuf name;	/* of the last dump */
	struct strbuf base;	/* the same without its number */
	struct strbuf why;	/* of the file */
	uint64_t same_name;	/* dumps before with the same base */
	uint64_t began_ns;	/* the last dump, since the epoch; 0: there was none */
	uint64_t put;		/* events, in this file: written, or waiting for it */
	uint64_t marked;	/* of these (write_queue_mark) */
	uint64_t refused;	/* events that a file did not take, in all */
	uint64_t unwritten;	/* events that could not be written, in the dumps before */
	uint64_t failed;	/* dumps */
	struct error failure;	/* of the first one */
	int error;		/* the same, -errno */
};

/* *config must outlive it. *dumps must be zero. Returns 0, or -errno and the error. */
int dumps_open(struct dumps *dumps, const struct sink_files_config *config, struct error *error);

/* Waits for the commands; returns the first error of all. No dump is being written. */
int dumps_close(struct dumps *dumps);

/* Returns whether a new dump can begin; reports the result of the one before. */
bool dumps_are_idle(struct dumps *dumps);

/*
 * Begins a dump, and prints a line about it. trigger is the reason, kept the number of events in
 * memory. A failure, here and below, is reported and counted, at once or when the thread has
 * detected it, and ends the dump: file is NULL then. Until is_ready, events must stay in memory,
 * because the file may fail to open.
 */
void dump_begin(struct dumps *dumps, const char *trigger, uint64_t kept);

/* Returns whether the dump takes another event now. */
bool dump_has_room(const struct dumps *dumps);

void dump_put(struct dumps *dumps, const struct drop_report *report);

/* Flushes the buffer if the queue has room, and updates the state from what the thread has done. */
void dump_tick(struct dumps *dumps);

/* The same after the thread has done all it has to do. */
void dumps_wait(struct dumps *dumps);

/* The dump has all its events; lost is as for sink.close. */
void dump_end(struct dumps *dumps, uint64_t lost);

/*
 * Returns how many events could not be written, in all dumps; all others that were put are written
 * or wait for it.
 */
uint64_t dumps_unwritten(const struct dumps *dumps);

#endif
