/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_H
#define COUNT_H

/*
 * Counts events in groups: those whose values of some keys are equal. Memory is bounded: events of
 * further groups are counted together. Does no I/O.
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
	COUNT_JSON,   /* an object a line */
	COUNT_FOLDED, /* "VALUE;...;root;...;leaf COUNT", as flame graphs take them */
};

struct counts;

struct count_config {
	const char
		*by; /* the keys, separated by commas (field.h); the folded form adds the stack */
	const char *sum; /* a key whose numbers are summed up, as well; NULL: none */
	enum count_form form;
	size_t groups_max;
	bool last_is_optional; /* a table has no column for the last key if no group has it */
};

/* Returns NULL and the error; errno is EINVAL for a key that is unknown, or given twice. */
struct counts *counts_new(const struct count_config *config, struct error *error);
void counts_free(struct counts *counts); /* NULL is accepted */

/* Returns whether the stack is among the keys: if not, it need not be walked. */
bool counts_want_stack(const struct counts *counts);

/* Returns 0 or -ENOMEM. */
int counts_add(struct counts *counts, const struct drop_report *report);

/* What a table shows besides the counts. */
struct count_view {
	uint64_t lost;	/* events, besides those that the counted ones name */
	size_t top;	/* so many groups, and the others in one line; 0: all */
	bool shares;	/* of a table: the percentage of each group, and a line with the total */
	bool metrics;	/* samples of OpenMetrics, instead of the form */
	double seconds; /* in which the events happened: the table has rates; 0: it is not known */
};

/*
 * Appends the groups, the largest first (by the sum, if there is one), and the number of lost
 * events.
 */
void counts_print(struct counts *counts, const struct count_view *view, struct strbuf *out);

/* Sets all counts to 0. */
void counts_clear(struct counts *counts);

/* Returns the seconds from the first event to the last one; 0 if that is not a time. */
double counts_span(const struct counts *counts);

#endif
