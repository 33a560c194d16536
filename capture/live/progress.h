/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROGRESS_H
#define PROGRESS_H

/*
 * The line on the terminal that counts while a capture goes into a file. There is none if standard
 * error is no terminal, or with -q.
 */

#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "session.h"
#include "summary.h"

struct progress {
	bool is_on;
	uint64_t due_ns;   /* monotonic, as the others */
	uint64_t shown_ns; /* the last time */
	uint64_t written;  /* events until then */
};

struct progress progress_start(const struct options *options);

/* At each tick: shows the counts of this moment, once a second. */
void progress_tick(struct progress *progress, const struct capture_counts *counts,
		   const struct session *session);

/* Removes the line. */
void progress_end(struct progress *progress);

#endif
