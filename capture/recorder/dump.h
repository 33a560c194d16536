/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DUMP_H
#define DUMP_H

/* The dumps of a recorder: which file is being written, its name, and what became of the events. */

#include <stdbool.h>

#include "sink/file_series.h"

struct dumps {
	const struct sink_files_config *config;
	struct file_series *files;
	struct sink *file;    /* NULL: no dump is being written */
	struct strbuf name;   /* of the last dump */
	struct strbuf base;   /* the same without its number */
	struct strbuf why;    /* of the file */
	uint64_t same_name;   /* dumps before with the same base */
	uint64_t put;	      /* events, in this file */
	uint64_t passed_on;   /* of these, those that the file has for sure */
	uint64_t dumped;      /* events, in all files */
	uint64_t unwritten;   /* events, of dumps that failed */
	uint64_t failed;      /* dumps */
	struct error failure; /* of the first one */
	int error;	      /* the same, -errno */
};

/* *config must outlive it. *dumps must be zero. Returns 0, or -errno and the error. */
int dumps_open(struct dumps *dumps, const struct sink_files_config *config, struct error *error);

/* Waits for the commands; returns the first error of all. No dump is being written. */
int dumps_close(struct dumps *dumps);

/*
 * Begins a dump, and prints so. trigger: why; kept: events in memory. A failure, here and below, is
 * reported and counted, and ends the dump: file is NULL then.
 */
void dump_begin(struct dumps *dumps, const char *trigger, uint64_t kept);

void dump_put(struct dumps *dumps, const struct drop_report *report);

/* Passes on what is buffered. */
void dump_tick(struct dumps *dumps);

/* Ends the dump; lost is as for sink.close. */
void dump_end(struct dumps *dumps, uint64_t lost);

#endif
