/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUTCOME_H
#define OUTCOME_H

/* Prints the first line at the end, which is the same for a capture and for files. */

#include <stdbool.h>
#include <stdint.h>

#include "account/account.h"
#include "explain/tally.h"
#include "file/input_list.h"

struct outcome {
	uint64_t written;
	const char *path; /* of -w; NULL: text, or counts */
	bool is_live;	  /* lost is known, read is not */
	bool is_recorded; /* in memory; path is that of the dumps */
	uint64_t lost;
	uint64_t read;	     /* from files */
	struct tally *tally; /* of the written events; it is sorted. NULL: it is not known */
};

/*
 * Prints how many events were written where, and the three most frequent reasons:
 * "4 events written to FILE, 0 lost: 3 x NETFILTER_DROP, 1 x NO_SOCKET".
 */
void outcome_print(const struct outcome *outcome);

/* Prints the account, a line for each counter that is not explained; verbose: for each. */
void outcome_print_account(const struct account *account, bool verbose);

/* The files of folders that were not read. */
void outcome_print_skipped(const struct input_list *inputs);

/* Why there are no events: all packets of the files, of which there are so many, are plain. */
void outcome_print_none(const struct input_list *inputs, uint64_t plain);

#endif
