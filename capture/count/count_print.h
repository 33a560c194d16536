/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COUNT_PRINT_H
#define COUNT_PRINT_H

/* How counted groups are written: as a table, JSON or folded stacks. */

#include "count.h"
#include "count_key.h"

#define COUNT_KEYS_MAX 16

/* Values stand one behind the other: '+', the text, NUL; of an absent one '-' and NUL. */
struct count_group {
	uint64_t count;
	uint64_t hash;
	size_t length;
	char values[];
};

struct count_layout {
	enum count_form form;
	struct count_key keys[COUNT_KEYS_MAX]; /* in the order of a group's values */
	size_t key_count;
};

/* Appends the groups in their order, and what the table has around them. */
void count_print_groups(const struct count_layout *layout, struct count_group *const *groups,
			size_t group_count, struct strbuf *out);

/* Appends what is in no group: events beyond the limit, and lost ones. */
void count_print_rest(enum count_form form, uint64_t other, uint64_t lost, struct strbuf *out);

#endif
