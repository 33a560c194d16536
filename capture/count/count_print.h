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
	uint64_t sum; /* of the key of --sum; 0 without */
};

/*
 * The values of the keys one after the other, each '+', the text and NUL, or '-' and NUL for an
 * absent one: no two lists of values are the same bytes.
 */
struct count_group {
	UT_hash_handle hh; /* in the list of all groups (util/hash.h), by values */
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
	const struct count_group *groups; /* in their order */
	struct count_numbers total;	  /* of all events */
	struct count_numbers other;	  /* of those for whose groups there was no room */
	uint64_t lost;
	const struct count_view *view;
};

/* The same as samples of one counter (count_metrics.c). */
void count_print_metrics(const struct count_page *page, struct strbuf *out);

/* Appends the first groups, in a table below a line of headings, and a line for all others. */
void count_print(const struct count_page *page, struct strbuf *out);

#endif
