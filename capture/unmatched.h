/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNMATCHED_H
#define UNMATCHED_H

/*
 * Names that a filter has and nothing else: reasons that neither an event of a file nor our table
 * of reasons has, interfaces that no event of a file is on, and interfaces and processes that do
 * not exist when a capture starts. They may be misspelled, but need not be: a file can be of
 * another kernel, and an interface can appear later.
 */

#include <stdint.h>

#include "filter/filter.h"
#include "util/strbuf.h"

struct unmatched {
	const struct filter *filter;
	uint64_t reasons_seen; /* bit N: item N of the filter */
	struct strbuf ifnames; /* of the events, ", " between two; not all of very many */
};

/* Takes each event of the files, before it is filtered. */
void unmatched_add(struct unmatched *unmatched, const struct drop_report *report);

/* Prints a line for each name that nothing had. */
void unmatched_print(const struct unmatched *unmatched);
void unmatched_free(struct unmatched *unmatched);

/* Prints a line for each interface and process of the filter that does not exist at present. */
void unmatched_print_absent(const struct filter *filter);

#endif
