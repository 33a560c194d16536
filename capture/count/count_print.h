/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_PRINT_H
#define COUNT_PRINT_H

/* Formats groups as a table, as JSON or as folded stacks. */

#include "count.h"
#include "report/field.h"
#include "util/hash.h"

#define COUNT_KEYS_MAX 16

struct count_numbers {
	uint64_t count;
	uint64_t sum; /* of the values of the key of --sum; 0 without --sum */
};

/*
 * A group has the values of the keys one after the other: each is '+', the text and NUL, or '-' and
 * NUL if it is absent. So different values never have the same bytes.
 */
struct count_group {
	UT_hash_handle hh; /* by values (util/hash.h); links the groups in their order */
	struct count_numbers numbers;
	char values[];
};

struct count_layout {
	enum count_form form;
	struct field keys[COUNT_KEYS_MAX]; /* in the order of a group's values */
	size_t key_count;
	bool last_is_optional; /* as in struct count_config */
	bool has_sum;
	struct field sum;
};

struct count_page {
	const struct count_layout *layout;
	const struct count_group *groups; /* in the order in which they are printed */
	struct count_numbers total;	  /* of all events */
	struct count_numbers other;	  /* of events whose groups had no room */
	uint64_t lost;
	const struct count_view *view;
};

/* Appends the first groups, in a table with a line of headings, and one line for all others. */
void count_print(const struct count_page *page, struct strbuf *out);

/* Appends all groups as samples of one OpenMetrics counter (count_metrics.c). */
void count_print_metrics(const struct count_page *page, struct strbuf *out);

#endif
