/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_H
#define COUNT_H

/*
 * Counts events by some of their keys. Memory is bounded: events of groups beyond the limit are
 * counted together. Does no I/O.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"
#include "report/report.h"
#include "util/strbuf.h"

#define COUNT_GROUPS_MAX 100000

enum count_form {
	COUNT_TABLE,
	COUNT_JSON,   /* an object a line */
	COUNT_FOLDED, /* "root;...;leaf count", what else is counted by before the root */
};

struct counts;

/*
 * by: keys, separated by commas (count_key.h); the folded form has the stack in any case. Returns
 * NULL and the error; errno is EINVAL for a key that there is not, or twice.
 */
struct counts *counts_new(const char *by, enum count_form form, size_t groups_max,
			  struct error *error);
void counts_free(struct counts *counts); /* NULL is accepted */

/* Whether a stack decides on the group: it need not be walked else. */
bool counts_want_stack(const struct counts *counts);

/* Returns 0 or -ENOMEM. */
int counts_add(struct counts *counts, const struct drop_report *report);

/* Appends all groups, the largest first, and what was lost; then starts anew. */
void counts_print(struct counts *counts, uint64_t lost, struct strbuf *out);

#endif
