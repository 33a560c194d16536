/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_H
#define COUNT_H

/*
 * Counts events in groups of equal values of some keys. Memory is bounded: if there is no room for
 * a group, its events are counted in one common line. Does no I/O.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/report.h"
#include "util/error.h"
#include "util/strbuf.h"

#define COUNT_GROUPS_MAX 100000

enum count_form {
	COUNT_TABLE,
	COUNT_JSON,   /* one object in each line */
	COUNT_FOLDED, /* "VALUE;...;root;...;leaf COUNT", the input of flame graph tools */
};

struct counts;

struct count_config {
	/* The keys, separated by commas (field.h). The folded form adds the stack. */
	const char *by;
	const char *sum; /* a key whose values are added up; NULL: none */
	enum count_form form;
	size_t groups_max;
	bool last_is_optional; /* the table omits the column of the last key if no group has it */
};

/* Returns NULL and the error; errno is EINVAL for a key that is unknown, or given twice. */
struct counts *counts_new(const struct count_config *config, struct error *error);
void counts_free(struct counts *counts); /* NULL is accepted */

/* Returns whether a key needs the stack. Otherwise, a capture need not walk any. */
bool counts_need_stack(const struct counts *counts);

/* Counts an event. Returns 0 or -ENOMEM. */
int counts_add(struct counts *counts, const struct drop_report *report);

/* How groups are printed. */
struct count_view {
	uint64_t lost;	/* lost events that no counted event has */
	size_t top;	/* groups to print; one line has the rest; 0: all */
	bool shares;	/* table: with the percentage of each group, and a line with the total */
	bool metrics;	/* samples of OpenMetrics instead of the form */
	double seconds; /* the time in which the events happened, for rates; 0: unknown */
};

/*
 * Appends the groups, the largest first (by the sum, if there is one), and the number of lost
 * events.
 */
void counts_print(struct counts *counts, const struct count_view *view, struct strbuf *out);

/* Removes all groups, and sets all counts to 0. */
void counts_clear(struct counts *counts);

/* Returns the seconds from the first event to the last one. */
double counts_span(const struct counts *counts);

#endif
