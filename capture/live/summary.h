/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SUMMARY_H
#define SUMMARY_H

/* The counts of a capture, and the lines that report them. */

#include <stdint.h>

#include "explain/tally.h"
#include "options.h"
#include "session.h"

/*
 * Counts of the events in user space by their outcome; the kernel side has its own counters
 * (source.h).
 */
struct capture_counts {
	uint64_t written; /* the output has them, or will; at the end, it has them */
	uint64_t filtered;
	uint64_t after_limit; /* events received after the -c limit was reached */
	uint64_t unwritten;   /* because the output had failed */
	uint64_t slow;	      /* not written, because too much waited for the output */
	uint64_t last_ns;     /* CLOCK_BOOTTIME of the latest event; 0: there was none */
	uint64_t damaged;     /* records that could not be decoded */
	uint64_t pending;     /* at the end: counted by the kernel side, and never delivered */
	struct tally *tally;  /* the reasons of the written ones; NULL without memory */
};

/*
 * Prints the counts of this moment. Returns the number of events that were lost, or may have been.
 */
uint64_t summary_print(const struct capture_counts *counts, const struct session *session,
		       const struct options *options);

/*
 * After the last record: prints how many events are unaccounted for, if any are. Returns that
 * number.
 */
uint64_t summary_print_unaccounted(const struct session *session);

/* Events of each kind that happened, but that no account has counted. */
void summary_hidden(const struct capture_counts *counts, const struct session *session,
		    struct account_hidden hidden[EVENT_KIND_COUNT]);

/* Prints the account. Returns what the kernel counted that should have an event, and has none. */
uint64_t summary_print_account(const struct account *account, const struct options *options);

/* The counts of this moment. */
void summary_health(const struct capture_counts *counts, const struct session *session,
		    struct capture_health *health);

/* Prints the cost of each hook, if the kernel counts it. */
void summary_print_costs(const struct session *session);

/*
 * Events that are lost, or could not be written, since the last report that named a loss was
 * written.
 */
uint64_t summary_lost_at_end(const struct capture_counts *counts, const struct session *session);

/* Prints the memory of the process and its buffers, and the age of the last event. */
void summary_print_health(const struct capture_counts *counts, const struct session *session,
			  const struct options *options);

#endif
