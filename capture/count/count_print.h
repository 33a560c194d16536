/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_PRINT_H
#define COUNT_PRINT_H

/* Formats groups as a table, as JSON or as folded stacks. */

#include "count.h"
#include "report/field.h"
#include "util/hash.h"

#define COUNT_KEYS_MAX 16

/*
 * The values of the keys one after the other, each '+', the text and NUL, or '-' and NUL for an
 * absent one: no two lists of values are the same bytes.
 */
struct count_group {
	UT_hash_handle hh; /* in the list of all groups (util/hash.h), by values */
	uint64_t count;
	char values[];
};

struct count_layout {
	enum count_form form;
	struct field keys[COUNT_KEYS_MAX]; /* in the order of a group's values */
	size_t key_count;
};

/* Appends the groups in the order of their list, in a table after a line of headings. */
void count_print_groups(const struct count_layout *layout, const struct count_group *groups,
			struct strbuf *out);

/* Appends the events that are in no group: those beyond the limit, and lost ones. */
void count_print_rest(enum count_form form, uint64_t other, uint64_t lost, struct strbuf *out);

#endif
