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

/*
 * by: the keys, separated by commas (field.h); the folded form always has the stack as well.
 * Returns NULL and the error; errno is EINVAL for an unknown key, or one that is given twice.
 */
struct counts *counts_new(const char *by, enum count_form form, size_t groups_max,
			  struct error *error);
void counts_free(struct counts *counts); /* NULL is accepted */

/* Returns whether the stack is among the keys: if not, it need not be walked. */
bool counts_want_stack(const struct counts *counts);

/* Returns 0 or -ENOMEM. */
int counts_add(struct counts *counts, const struct drop_report *report);

/*
 * Appends all groups, the largest first, and the number of lost events: those that the events name
 * and the given ones. All counts are 0 afterwards.
 */
void counts_print(struct counts *counts, uint64_t lost, struct strbuf *out);

#endif
