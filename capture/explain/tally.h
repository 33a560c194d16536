/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TALLY_H
#define TALLY_H

/*
 * Counts the words of events that need an explanation: the reason of a drop or reset, the kind of
 * a retransmission; of an event without one, the event. Memory is bounded: words beyond TALLY_MAX
 * are counted together.
 */

#include <stdint.h>

#include "explain_print.h"
#include "report/report.h"

#define TALLY_MAX 1024

struct tally;

/* Returns NULL for lack of memory. */
struct tally *tally_new(void);
void tally_free(struct tally *tally);

/* Returns 0 or -ENOMEM. */
int tally_add(struct tally *tally, const struct drop_report *report);

/* Sorts the words, the most frequent first, those of one count by their names. */
void tally_sort(struct tally *tally);

/* Calls visit for each word in this order. */
void tally_visit(const struct tally *tally,
		 void (*visit)(void *context, const struct explain_entry *entry), void *context);

/* The number of events with words beyond TALLY_MAX. */
uint64_t tally_other(const struct tally *tally);

#endif
