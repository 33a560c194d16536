/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TALLY_H
#define TALLY_H

/*
 * Counts the words of events that are explained: the reason or cause of a drop, the reason of a
 * reset, the kind of a retransmission; if an event has none of these, the event. Memory is bounded:
 * further words than TALLY_MAX are counted together.
 */

#include <stdint.h>

#include "explain_print.h"
#include "report/report.h"

#define TALLY_MAX 1024

struct tally;

/* Returns NULL for lack of memory. */
struct tally *tally_new(void);
void tally_free(struct tally *tally);

/* Counts the word of an event. Returns 0 or -ENOMEM. */
int tally_add(struct tally *tally, const struct drop_report *report);

/* Sorts the words: the most frequent first, those with the same count by their names. */
void tally_sort(struct tally *tally);

/* Calls visit() for each word, in the order of tally_sort(). */
void tally_visit(const struct tally *tally,
		 void (*visit)(void *context, const struct explain_entry *entry), void *context);

/* Returns the number of events whose words had no room. */
uint64_t tally_other(const struct tally *tally);

#endif
